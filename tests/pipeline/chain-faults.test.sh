#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The whole chain when something around it breaks: whatever it is, after the next clean run the platform has acknowledged every
# incident at its last version, and the state was never ahead of that.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=chain_lib.sh
. "$(dirname "$0")/chain_lib.sh"
use_chain

# Sixty incidents, a second apart, so large that they take several requests; FILTER (jq, the number is $i) changes each.
incidents() {
  jq -nc 'range(60) as $i | {id: "\($i + 1000)", lastUpdateDateTime: (1767225600 + $i | todate | sub("Z$"; ".5Z")),
    createdDateTime: "2026-01-01T00:00:00Z", severity: "low", status: "active", displayName: "Incident \($i)",
    description: ("text " * 10000),
    alerts: [{id: "alert-\($i)", title: "An alert", createdDateTime: "2026-01-01T00:00:00Z", evidence: [
      {"@odata.type": "#microsoft.graph.security.ipEvidence", ipAddress: "198.51.100.\($i)"}]}]} | '"${1:-.}"
}

# start [FILTER] [STAND-IN OPTION…]
start() {
  local filter=${1:-.}
  shift $(($# > 0 ? 1 : 0))
  own_folder
  incidents "$filter" >"$WORK/incidents"
  start_stand_in --incidents "$WORK/incidents" --page-size 10 "$@"
  use_stand_in
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT1S
}

# run STATUS  one run of the chain that ends with it; the state must not have passed anything that the platform has not taken.
run() {
  local status=0
  sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log" || status=$?
  [ "$status" -eq "$1" ] || fail "the run ended with $status, not $1: $(cat "$WORK/log")"
  state_is_not_ahead
}

state_is_not_ahead() {
  local watermark
  watermark=$(push-opencti --print-state | jq -r '.last_incident_update // ""')
  control /ledger | jq -r --arg watermark "$watermark" '.missing as $missing | .incidents | to_entries[]
    | select(.value < $watermark and (.key | IN($missing[]))) | .key' >"$WORK/ahead"
  [ ! -s "$WORK/ahead" ] || fail "the state ($watermark) has passed $(tr '\n' ' ' <"$WORK/ahead")"
}

# clean_run [STATUS]  brings what was missing, and moves the state to the last incident.
clean_run() {
  control /clear-faults '' >/dev/null
  run "${1:-0}"
  expect_equal "$(control /ledger | jq -c .missing)" '[]' 'incidents without their last version'
  expect_equal "$(push-opencti --print-state | jq -r .last_incident_update)" 2026-01-01T00:00:59.5Z
}

platform_stopped() {
  start
  fault '{"service": "opencti", "match": "stixBundlePush", "skip": 1, "times": 0, "status": 503}'
  run 69
  clean_run
}
case_ok "a platform that stops in mid-run costs the run and no incident" platform_stopped

platform_stopped_for_all() {
  start
  fault '{"service": "opencti", "skip": 5, "times": 0, "drop": "reset"}'
  status=0
  sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log" || status=$?
  expect_equal "$status" 69 'exit status'
  control /clear-faults '' >/dev/null
  state_is_not_ahead
  clean_run
}
case_ok "a platform that resets every connection in mid-run costs the run and no incident" platform_stopped_for_all

# Nothing answers any more, neither Graph nor the platform, while the run goes on.
network_lost() {
  start
  fault '[{"service": "graph", "skip": 3, "times": 0, "drop": "before-headers"},
    {"service": "opencti", "match": "stixBundlePush", "skip": 1, "times": 0, "drop": "before-headers"},
    {"service": "login", "skip": 1, "times": 0, "drop": "before-headers"}]'
  run 69
  clean_run
}
case_ok "a network that is lost in mid-run costs the run and no incident" network_lost

network_back() {
  start
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT1M
  fault '[{"service": "graph", "skip": 3, "times": 2, "drop": "reset"}, {"service": "opencti", "match": "stixBundlePush", "times": 2, "drop": "reset"}]'
  clean_run_keeping_faults
}
clean_run_keeping_faults() {
  run 0
  expect_equal "$(control /ledger | jq -c .missing)" '[]' 'incidents without their last version'
}
case_ok "a network that comes back within the retry budget costs nothing at all" network_back

# Graph hands out something that is hardly an incident, which map-stix cannot take.
mapper_rejects_full() {
  start
  jq -sc '{service: "graph", times: 0, status: 200, body: {value: [.[28], (.[29] | {lastUpdateDateTime}), .[30]]}}' "$WORK/incidents" >"$WORK/fault"
  fault @"$WORK/fault"
  mkdir -p "$(files)"
  ln -s /dev/full "$(files)/map-stix.rejects.ndjson"
  sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log" || status=$?
  expect_equal "${status:-0}" 74 'exit status'
  expect_contains "$WORK/log" 'No space left on device'
  [ "$(push-opencti --print-state | jq -r '.last_incident_update // ""')" \< 2026-01-01T00:00:29.5Z ] || fail "the state has passed the lost line"
  rm "$(files)/map-stix.rejects.ndjson"
  expect_status 65 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$(files)/map-stix.rejects.ndjson" 1
  expect_equal "$(push-opencti --print-state | jq -r .last_incident_update)" 2026-01-01T00:00:30.5Z
}
case_ok "a full disk under map-stix's --rejects stops the run before what could not be kept" mapper_rejects_full

pusher_rejects_full() {
  start . --refuse-bundles-with 'Incident 30'
  mkdir -p "$(files)"
  ln -s /dev/full "$(files)/push-opencti.rejects.ndjson"
  run 74
  [ "$(push-opencti --print-state | jq -r '.last_incident_update // ""')" \< 2026-01-01T00:00:30.5Z ] || fail "the state has passed the lost bundle"
  rm "$(files)/push-opencti.rejects.ndjson"
  status=0
  sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log" || status=$?
  expect_equal "$status" 65 'exit status'
  expect_equal "$(control /ledger | jq -c .missing)" '["1030"]'
  expect_lines "$(files)/push-opencti.rejects.ndjson" 1
}
case_ok "a full disk under push-opencti's --rejects stops the run before what could not be kept" pusher_rejects_full

failed_full() {
  start
  control /graph '{"failing_incidents": ["1030"]}' >/dev/null
  mkdir -p "$(files)"
  ln -s /dev/full "$(files)/failed.ndjson"
  run 74
  rm "$(files)/failed.ndjson"
  control /graph '{"failing_incidents": []}' >/dev/null
  clean_run
}
case_ok "a full disk under --failed stops the run before what could not be noted" failed_full

folder_full() {
  start
  mkdir -p "$(files)"
  mount -t tmpfs -o size=4k none "$(files)"
  trap 'umount "$(files)"; stop_stand_ins' EXIT
  head -c 4096 /dev/zero >"$(files)/filler" || true
  status=0
  sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log" || status=$?
  expect_equal "$status" 74 'exit status'
  expect_equal "$(push-opencti --print-state | jq -c "del(.ledger)")" '{}'
  rm "$(files)/filler"
  mount -o remount,size=1m "$(files)"
  clean_run
}
if [ "$(id -u)" -eq 0 ] && mkdir "$WORK/try" && mount -t tmpfs none "$WORK/try" 2>/dev/null && umount "$WORK/try"; then
  case_ok "a full disk under the chain's own folder ends the run with 74, and costs no incident" folder_full
else
  skip "a full disk under the chain's own folder ends the run with 74, and costs no incident" "no file system can be mounted here"
fi

receipts_closed() {
  start
  set +e
  sentinel-incidents --once 2>"$WORK/log" | head -n 1 >"$WORK/receipts"
  set -e
  expect_lines "$WORK/receipts" 1
  state_is_not_ahead
  clean_run
}
case_ok "a reader of the receipts that goes away costs no incident" receipts_closed

# The stage's death closes its pipes on both sides, while the second page is on its way.
stage_dies() {
  start
  fault '{"service": "graph", "match": "/incidents", "skip": 2, "hang": true}'
  hit_chain "$1"
  [ "$1" = zstd ] || [ "$status" -ne 0 ] || fail "the run ended as if all were well: $(cat "$WORK/log")"
  state_is_not_ahead
  clean_run
}
# hit_chain PROCESS [COMMAND…]  kills those of that name in a run that waits for Graph, and lets it end; leaves its $status. The
# command starts the run.
hit_chain() {
  setsid "${@:2}" "$WORK/../root/scripts/sentinel-incidents" --once --dump "$WORK/dumps" >"$WORK/receipts" 2>"$WORK/log" 3>&- &
  chain=$!
  wait_until 60 hanging
  pkill -KILL -s "$chain" -x "$1" || fail "$1 was not there"
  control /release '' >/dev/null
  status=0
  wait "$chain" || status=$?
  wait_until 60 nothing_runs
}
for stage in fetch-token fetch-incidents map-stix push-opencti tee zstd; do
  case_ok "a pipe closed in mid-run by the end of $stage costs no incident" stage_dies "$stage"
done

pipes_ignored() {
  start
  fault '{"service": "graph", "match": "/incidents", "skip": 2, "hang": true}'
  hit_chain map-stix env --ignore-signal=PIPE
  expect_equal "$status" 137 'exit status'
  expect_lacks "$WORK/log" ' 60 incidents fetched'
  expect_lacks "$WORK/log" 'roken pipe'
  clean_run
}
case_ok "nor does it read on for the dump where SIGPIPE is ignored, as systemd has it" pipes_ignored

# fails_to_fetch IDS  a run that cannot fetch these and lists them; the state passes them, as it may.
fails_to_fetch() {
  control /graph "{\"failing_incidents\": [$1]}" >/dev/null
  expect_status 65 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(jq -r .id "$(files)/failed.ndjson" | sort | tr '\n' ' ')" "$(tr -d '",' <<<"$1") "
}

dump_dies_in_retry() {
  start
  fails_to_fetch '"1010", "1011"'
  control /graph '{"failing_incidents": []}' >/dev/null
  fault '{"service": "graph", "match": "/incidents/1010", "hang": true}'
  hit_chain tee
  expect_equal "$status" 75 "status of the run whose dump died"
  expect_equal "$(jq -r .id "$(files)/failed.again.ndjson" | sort | tr '\n' ' ')" "1010 1011 "
  clean_run
}
case_ok "a dump that dies while failed incidents are asked for again does not make them forgotten" dump_dies_in_retry

torn_list() {
  start
  fails_to_fetch '"1010"'
  control /graph '{"failing_incidents": []}' >/dev/null
  printf '{"id":"1044","lastUp' >"$(files)/failed.again.ndjson"
  run 0
  expect_equal "$(control /ledger | jq -c .missing)" '[]' 'incidents without their last version'
  printf 'no id in this line\n{"id":"1011"}\n' >"$(files)/failed.again.ndjson"
  run 0
  expect_equal "$(cat "$(files)/failed.again.ndjson")" 'no id in this line'
}
case_ok "a torn line in the list of failed incidents swallows none of them, and a line without an id is kept" torn_list

zeros_in_list() {
  start
  fails_to_fetch '"1010"'
  control /graph '{"failing_incidents": []}' >/dev/null
  # What a file system may leave of a line that was being added when the power failed.
  printf '{"id":"1011","lastUpdate\0\0\0\0' >>"$(files)/failed.ndjson"
  run 0
  expect_contains "$WORK/log" 'asking again for 2 incidents'
  expect_equal "$(control /ledger | jq -c .missing)" '[]' 'incidents without their last version'
}
case_ok "zeros in the list of failed incidents, as a loss of power may leave them, make none of them forgotten" zeros_in_list

durable_list() {
  start
  fails_to_fetch '"1010"'
  control /graph '{"failing_incidents": []}' >/dev/null
  mkdir "$WORK/bin"
  for command in sync mv rm; do
    printf '#!/bin/sh\necho "%s ${*##*/}" >>%q\nexec %q "$@"\n' "$command" "$WORK/commands" "$(type -P "$command")" >"$WORK/bin/$command"
    chmod +x "$WORK/bin/$command"
  done
  PATH=$WORK/bin:$PATH run 0
  expect_equal "$(grep -E '^(sync|mv|rm) (failed|'"$CONNECTOR_ID"')' "$WORK/commands" | head -n 4)" "sync failed.new.ndjson
mv failed.again.ndjson
sync $CONNECTOR_ID
rm failed.ndjson"
}
case_ok "the list of failed incidents is durable before what it was made of is removed" durable_list

list_disk_full() {
  start
  mkdir -p "$(files)"
  printf 'no id in this line\n{"id":"1011"}\n' >"$(files)/failed.again.ndjson"
  cp "$(files)/failed.again.ndjson" "$WORK/before"
  ln -s /dev/full "$(files)/failed.new.ndjson"
  run 0
  expect_same "$(files)/failed.again.ndjson" "$WORK/before"
  expect_contains "$WORK/log" 'is the disk full?'
}
case_ok "a disk that is full when failed incidents have come keeps the list of them" list_disk_full

# run_with_descriptors N  a run of its own session with at most N open files, and what it must leave: no token in sight, and nobody.
run_with_descriptors() {
  status=0
  rm -rf "$(files)"
  setsid bash -c 'ulimit -n "$0" && exec "$@"' "$1" "$WORK/../root/scripts/sentinel-incidents" --once --dump "$WORK/dumps" >"$WORK/receipts" 2>"$WORK/log" 3>&- &
  chain=$!
  wait "$chain" || status=$?
  (wait_until 8 nothing_runs) || fail "with $1 descriptors there is left: $(pgrep -a -s "$chain")"
  cat "$WORK/log" "$WORK/receipts" >"$WORK/all"
  expect_lacks "$WORK/all" eyJ
  if find "$SENTINEL_INCIDENTS_STATE_DIR" -type f -exec grep -l eyJ {} + 2>/dev/null; then fail "a file holds the token"; fi
}
few_descriptors() {
  start
  for descriptors in 17 18 19 20 21 22 23 24 25 26 27 28 39; do
    run_with_descriptors "$descriptors"
    expect_equal "$status" 74 "exit status with $descriptors descriptors"
    expect_contains "$WORK/log" 'ulimit -n'
  done
  run_with_descriptors 40
  expect_equal "$status" 0 "exit status with 40 descriptors"
}
case_ok "where few files may be open the chain ends with 74, shows no token and leaves nobody behind" few_descriptors

# Descriptors may run out at any place, though they were enough at the start.
descriptors_run_out() {
  start
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S
  cp -r "$WORK/../root" "$WORK/root"
  sed -i 's/^  die 74 "only .*/  true/' "$WORK/root/scripts/sentinel-incidents"
  mkdir "$WORK/inner"
  WORK=$WORK/inner
  for descriptors in 6 9 12 13 14 15 16 17 18 19 20 22; do
    run_with_descriptors "$descriptors"
    case $status in 0 | 69 | 74) ;; *) fail "exit status $status with $descriptors descriptors: $(cat "$WORK/log")" ;; esac
    state_is_not_ahead
  done
}
if [ -n "${SANITIZE:-}" ]; then
  skip "nor does it where descriptors run out in the midst of a run, wherever that is" "a sanitizer needs descriptors of its own"
else
  case_ok "nor does it where descriptors run out in the midst of a run, wherever that is" descriptors_run_out
fi

finish
