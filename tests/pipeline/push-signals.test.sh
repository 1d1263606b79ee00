#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How a run of push-opencti ends: signals, closed output, a dead stage in front of it; and what keeps the connector active.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"

# The run's input is descriptor 9. A shell without job control starts background commands with SIGINT ignored, which
# push-opencti would leave so.
start_push() {
  mkfifo "$WORK/pipe"
  env --default-signal=INT push-opencti "$@" <"$WORK/pipe" >"$WORK/receipts" 2>"$WORK/log" &
  push_pid=$!
  exec 9>"$WORK/pipe"
}
hangs() { [ "$(control /hanging | jq .hanging)" -gt 0 ]; }
pings() { control /counts | jq '.opencti.pingConnector // 0'; }

stops() {
  start
  save_state
  start_push --advance-from "$WORK/state"
  bundles 1 3 >&9
  wait_until 60 grep -q '"3"' "$WORK/receipts"
  before=$(pings)
  kill -"$1" "$push_pid"
  expect_status "$2" wait "$push_pid"
  expect_equal "$(pings)" "$((before + 1))" "the pings after the signal"
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 3)"
  expect_equal "$(asked workEdit.toProcessed)" 1
}
case_ok "SIGTERM stores the state by one ping, closes the work and ends with 143" stops TERM 143
case_ok "SIGINT does the same and ends with 130" stops INT 130

unanswered() {
  start
  save_state
  start_push --advance-from "$WORK/state"
  bundles 1 1 >&9
  wait_until 60 grep -q '"1"' "$WORK/receipts"
  fault '{"service": "opencti", "match": "stixBundlePush", "hang": true}'
  bundles 2 2 >&9
  wait_until 60 hangs
  kill -TERM "$push_pid"
  expect_status 143 wait "$push_pid"
  expect_equal "$(receipts_of)" "1 "
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 1)"
  expect_equal "$(asked workEdit.toProcessed)" 0
  control /release '{}' >/dev/null
}
case_ok "what is unanswered at a signal has no receipt and is not in the state, and the work stays open" unanswered

# while_ending MATCH SKIP FAULT LOG  the signal comes when all is pushed, while the run closes its work or stores its state.
while_ending() {
  start
  save_state
  fault "$(jq -nc --arg match "$1" --argjson skip "$2" --argjson fault "$3" '{service: "opencti", $match, $skip, times: 1} + $fault')"
  start_push --advance-from "$WORK/state"
  bundles 1 3 >&9
  exec 9>&-
  if [ -n "$4" ]; then wait_until 60 grep -q "$4" "$WORK/log"; else wait_until 60 hangs; fi
  kill -TERM "$push_pid"
  expect_status 143 wait "$push_pid"
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 3)"
  post /release
}
case_ok "a signal while the work is closed stores the state all the same" while_ending toProcessed 0 '{"hang": true}' ''
case_ok "a signal while the closing of the work waits to be tried again does so too" while_ending toProcessed 0 '{"status": 503, "headers": {"Retry-After": "20"}}' toProcessed
case_ok "a signal while the platform is silent to the last ping stores the state by another" while_ending pingConnector 1 '{"hang": true}' ''

# at_start MATCH OPTION…  the signal comes while the platform is asked what everything else depends on.
at_start() {
  start
  fault "{\"service\": \"opencti\", \"match\": \"$1\", \"hang\": true}"
  shift
  start_push "$@"
  wait_until 60 hangs
  kill -TERM "$push_pid"
  expect_status 143 wait "$push_pid"
  exec 9>&-
  post /release
}
case_ok "a signal before the run has registered ends it with 143" at_start registerConnector
case_ok "a signal while the queue is looked at does the same" at_start connector_queue_details
case_ok "a signal ends --print-state with 143" at_start about --print-state
case_ok "a signal ends --check with 143" at_start registerConnector --check

all_hangs() {
  start
  save_state
  start_push --advance-from "$WORK/state"
  bundles 1 1 >&9
  wait_until 60 grep -q '"1"' "$WORK/receipts"
  fault '{"service": "opencti", "times": 0, "hang": true}'
  kill -TERM "$push_pid"
  expect_status 143 wait "$push_pid"
  expect_contains "$WORK/log" "could not be stored"
  control /release '{}' >/dev/null
}
case_ok "a signal ends a run whose platform has stopped answering" all_hangs

stop_during_retries() {
  start
  save_state
  fault '{"service": "opencti", "match": "stixBundlePush", "times": 0, "status": 503, "headers": {"Retry-After": "20"}}'
  start_push --advance-from "$WORK/state"
  bundles 1 1 >&9
  wait_until 60 grep -q 'HTTP status 503' "$WORK/log"
  kill -TERM "$push_pid"
  expect_status 143 wait "$push_pid"
  expect_lines "$WORK/receipts" 0
  expect_equal "$(state)" '{}'
}
case_ok "a signal ends a run that waits to try again" stop_during_retries

closed_output() {
  start
  save_state
  mkfifo "$WORK/pipe" "$WORK/out"
  push-opencti --advance-from "$WORK/state" <"$WORK/pipe" >"$WORK/out" 2>"$WORK/log" &
  push_pid=$!
  exec 9>"$WORK/pipe"
  bundles 1 2 >&9
  # The reader takes what there is and goes; only then comes more.
  head -n 1 "$WORK/out" >"$WORK/receipts"
  bundles 3 4 >&9
  exec 9>&-
  expect_status 141 wait "$push_pid"
  # Everything that the platform took is stored, receipt or not.
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated "$(arrived | tr ' ' '\n' | sort -n | tail -n 1)")"
  expect_equal "$(asked workEdit.toProcessed)" 1
}
case_ok "when the reader of the receipts goes away the run settles and stores first, then ends with 141" closed_output

# blocked_output STAGE…  the stage's reader stays and reads nothing: more than a pipe holds is ready to be written.
blocked_output() {
  start --platform-version 7.260817.0
  mkfifo "$WORK/out"
  exec 8<>"$WORK/out"
  bundles 1 8000 >"$WORK/input"
  "$@" "$WORK/input" >"$WORK/out" 2>"$WORK/log" 8>&- &
  pid=$!
  # It has begun to write, and the rest is more than the pipe holds.
  head -c 1 <&8 >"$WORK/first"
  kill -TERM "$pid"
  began=$SECONDS
  expect_status 143 wait "$pid"
  [ $((SECONDS - began)) -le 10 ] || fail "ended only after $((SECONDS - began)) s"
  exec 8>&-
}
case_ok "SIGTERM ends a run whose receipts nobody reads" blocked_output push-opencti
case_ok "SIGTERM ends a dry run whose receipts nobody reads" blocked_output push-opencti --dry-run

dead_stage() {
  start
  save_state
  push < <(bundles 1 2; exit 1)
  expect_equal "$(receipts_of)" "1 2 "
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 2)"
  expect_status 65 push-opencti < <(bundles 3 3; bundles 4 4 | head -c 200) >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(receipts_of)" "3 "
}
case_ok "behind a stage that died a run sees the end of its input, and a broken last line is rejected" dead_stage

partial_batch() {
  start
  save_state
  start_push --advance-from "$WORK/state"
  bundles 1 1 >&9
  # The input stays open: what is gathered goes after two seconds without more.
  wait_until 60 grep -q '"1"' "$WORK/receipts"
  exec 9>&-
  wait "$push_pid"
}
case_ok "a batch that is not full goes when the input pauses" partial_batch

keeps_alive() {
  start
  save_state
  bundles 1 2 | push
  save_state
  before=$(pings)
  registered=$(asked registerConnector)
  push-opencti --keep-alive 2>"$WORK/log" &
  pid=$!
  again() { [ "$(asked registerConnector)" -gt "$registered" ]; }
  wait_until 60 again
  kill -TERM "$pid"
  expect_status 143 wait "$pid"
  expect_equal "$(pings)" "$before"
  expect_same <(state) "$WORK/state"
}
case_ok "--keep-alive registers and never pings, so the state stays, and ends at a signal" keeps_alive

keep_alive_refused() {
  start
  OPENCTI_TOKEN=wrong expect_status 77 push-opencti --keep-alive 2>"$WORK/log"
}
case_ok "--keep-alive ends with 77 when the token is refused" keep_alive_refused

keep_alive_patient() {
  start
  fault '{"service": "opencti", "match": "registerConnector", "status": 503}'
  push-opencti --keep-alive 2>"$WORK/log" &
  pid=$!
  wait_until 60 grep -q 'trying again' "$WORK/log"
  kill -TERM "$pid"
  expect_status 143 wait "$pid"
}
case_ok "--keep-alive outlasts a platform that is away" keep_alive_patient

threshold() {
  start
  save_state
  export CONNECTOR_QUEUE_THRESHOLD=1
  post "/queue?connector=$CONNECTOR_ID&messages=5&bytes=2500000"
  expect_status 75 push < <(bundles 1 1)
  expect_lines "$WORK/receipts" 0
  expect_contains "$WORK/log" CONNECTOR_QUEUE_THRESHOLD
  expect_equal "$(control "/state?connector=$CONNECTOR_ID" | jq -c '.connectors[0].connector_info | [.buffering, .queue_messages_size, .queue_threshold]')" '[true,2.5,1]'
  expect_equal "$(asked stixBundlePush)" 0
  post "/queue?connector=$CONNECTOR_ID&messages=1&bytes=900000"
  bundles 1 1 | push
  expect_equal "$(control "/state?connector=$CONNECTOR_ID" | jq -c '.connectors[0].connector_info.buffering')" false
}
case_ok "above CONNECTOR_QUEUE_THRESHOLD a run is skipped, says so and is shown as buffering" threshold

queue_not_told() {
  start
  fault '{"service": "opencti", "match": "connector_queue_details", "times": 0, "error": {"code": "FORBIDDEN_ACCESS", "message": "You are not allowed to do this."}}'
  bundles 1 1 | push-opencti >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(receipts_of)" "1 "
}
case_ok "a user without the right to read the queue pushes all the same" queue_not_told

dry() {
  start
  bundles 1 2 >"$WORK/input"
  echo 'not json' >>"$WORK/input"
  mkdir "$WORK/empty"
  OPENCTI_URL='' OPENCTI_TOKEN='' CONNECTOR_ID='' expect_status 65 push-opencti --dry-run --rejects "$WORK/empty/rejects" "$WORK/input" >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(jq -r .status "$WORK/receipts" | sort -u)" dry-run
  expect_equal "$(receipts_of)" "1 2 "
  expect_contains "$WORK/log" "would push 2 bundles"
  expect_equal "$(ls "$WORK/empty")" ''
  expect_equal "$(control /counts | jq -c '.opencti // {}')" '{}'
}
case_ok "--dry-run touches no network and no file, and needs no settings" dry

finish
