#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# push-opencti and the connector's state: what moves it, and what never does.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"

first_and_second_run() {
  start --platform-version "$1" --auto-worker
  save_state
  expect_equal "$(cat "$WORK/state")" '{}'
  bundles 1 3 | push
  expect_equal "$(receipts_of)" "1 2 3 "
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 3)"
  expect_equal "$(state | jq -c .last_incident_timestamp)" 1767225780
  save_state
  works=$(asked workAdd) pushes=$(asked stixBundlePush)
  : | push
  expect_lines "$WORK/receipts" 0
  expect_equal "$(asked workAdd)" "$works"
  expect_equal "$(asked stixBundlePush)" "$pushes"
  expect_same <(state) "$WORK/state"
  bundles 2 2 300 | push
  expect_equal "$(receipts_of)" "2 "
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 2 300)"
  expect_equal "$(control /ledger | jq -r '.ingested["2"]')" "$(updated 2 300)"
  expect_equal "$(control /ledger | jq .lost_messages)" 0
}
versions=(6.4.5 6.8.10 6.9.17 7.260318.0 7.260817.0 7.260901.0)
for version in "${versions[@]}"; do
  case_ok "at $version a first run moves the state, an empty one asks for no work and no push, an update is pushed" first_and_second_run "$version"
done

replay_leaves_it() {
  start
  save_state
  bundles 5 5 | push
  save_state
  bundles 1 9 >"$WORK/dump"
  push-opencti "$WORK/dump" >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(receipts_of)" "1 2 3 4 5 6 7 8 9 "
  expect_same <(state) "$WORK/state"
}
case_ok "a replayed dump leaves the state alone" replay_leaves_it

by_hand_leaves_it() {
  start
  save_state
  bundles 5 5 | push
  save_state
  bundles 1 9 | jq -c 'select(.objects[3].external_references[0].external_id == "7")' | push-opencti >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(receipts_of)" "7 "
  expect_same <(state) "$WORK/state"
}
case_ok "a stream filtered by hand leaves the state alone" by_hand_leaves_it

never_back() {
  start
  save_state
  bundles 5 5 | push
  save_state
  bundles 3 3 | push
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 5)"
  expect_equal "$(state | jq '.delivered | length')" 2
}
case_ok "an incident that arrives late is listed, and the watermark does not go back" never_back

reset_between() {
  start --platform-version "$1" --auto-worker
  save_state
  bundles 5 5 | push
  save_state
  post "/reset?connector=$CONNECTOR_ID"
  expect_status 75 push < <(bundles 6 6)
  expect_equal "$(receipts_of)" "6 "
  expect_contains "$WORK/log" "state is left alone"
  expect_equal "$(state)" '{}'
  save_state
  bundles 1 6 | push
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 6)"
}
for version in "${versions[@]}"; do
  case_ok "at $version a reset between --print-state and the push costs the claim, and the next run starts from nothing" reset_between "$version"
done

reset_before() {
  start --platform-version "$1"
  save_state
  bundles 5 5 | push
  post "/reset?connector=$CONNECTOR_ID"
  save_state
  expect_equal "$(cat "$WORK/state")" '{}'
  bundles 1 6 | push
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 6)"
}
for version in "${versions[@]}"; do
  case_ok "at $version a reset before the run is used up by its first ping, and the run's state is kept" reset_before "$version"
done

# feed: bundles go in while the test watches; >&9 is the run's input.
start_push() {
  mkfifo "$WORK/pipe"
  push-opencti "$@" <"$WORK/pipe" >"$WORK/receipts" 2>"$WORK/log" &
  push_pid=$!
  exec 9>"$WORK/pipe"
}
end_push() {
  exec 9>&-
  wait "$push_pid"
}

reset_during() {
  start --platform-version "$1"
  save_state
  start_push --advance-from "$WORK/state"
  bundles 1 2 >&9
  wait_until 20 grep -q '"2"' "$WORK/receipts"
  post "/reset?connector=$CONNECTOR_ID"
  bundles 3 3 >&9
  expect_status 75 end_push
  expect_equal "$(receipts_of)" "1 2 3 "
  expect_equal "$(state)" '{}'
}
for version in "${versions[@]}"; do
  case_ok "at $version a reset during a run empties the state, and the run does not fill it again" reset_during "$version"
done

deleted_during() {
  start --platform-version "$1"
  save_state
  start_push --advance-from "$WORK/state"
  bundles 1 2 >&9
  wait_until 20 grep -q '"2"' "$WORK/receipts"
  post "/delete?connector=$CONNECTOR_ID"
  bundles 3 3 >&9
  expect_status 75 end_push
  expect_equal "$(receipts_of)" "1 2 3 "
  expect_equal "$(state)" '{}'
  post "/worker?messages=all"
  expect_equal "$(control /ledger | jq '[.lost_messages, .ingested["3"] != null]' -c)" '[0,true]'
}
for version in "${versions[@]}"; do
  case_ok "at $version a connector deleted during a run is registered again with a new work, and what follows is not lost" deleted_during "$version"
done

second_process() {
  start --platform-version "$1" --auto-worker
  save_state
  cp "$WORK/state" "$WORK/first"
  start_push --advance-from "$WORK/first"
  bundles 1 1 >&9
  wait_until 20 grep -q '"1"' "$WORK/receipts"
  push-opencti --advance-from "$WORK/state" >/dev/null 2>&1 < <(bundles 1 8)
  bundles 2 2 >&9
  expect_status 75 end_push
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 8)"
}
for version in "${versions[@]}"; do
  case_ok "at $version of two processes with one id the one that stores later notices and leaves the state alone" second_process "$version"
done

not_stored_ahead() {
  start --refuse-bundles-with 'Case 2'
  save_state
  expect_status 65 push < <(bundles 1 3)
  expect_equal "$(receipts_of)" "1 3 "
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 1)"
}
case_ok "without --rejects a refused bundle holds the watermark before it" not_stored_ahead

settled_by_rejects() {
  start --refuse-bundles-with 'Case 2'
  save_state
  expect_status 65 push --rejects "$WORK/rejects" < <(bundles 1 3)
  expect_equal "$(receipts_of)" "1 3 "
  expect_same "$WORK/rejects" <(bundles 2 2)
  expect_equal "$(stat -c %a "$WORK/rejects")" 600
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 3)"
}
case_ok "a refused bundle that lies in the rejects file is settled" settled_by_rejects

# The platform says nothing of the connector and names no error.
nothing_said() {
  start
  save_state
  bundles 1 3 | push
  save_state
  fault "{\"service\": \"opencti\", \"match\": \"$1\", \"times\": 0, \"body\": {\"data\": {\"$1\": null}}}"
  expect_status "$2" push-opencti --print-state >"$WORK/out" 2>"$WORK/log"
  expect_status 69 push-opencti < <(bundles 4 4) >"$WORK/receipts" 2>"$WORK/log"
  post /clear-faults
  expect_same <(state) "$WORK/state"
}
case_ok "an answer that tells nothing of the connector is not taken for one without a state, and does not erase it" nothing_said registerConnector 69
case_ok "a ping whose answer tells nothing of the connector is not taken for a reset" nothing_said pingConnector 0

state_needs_platform() {
  start
  fault '{"service": "opencti", "times": 0, "status": 503}'
  SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S expect_status 69 push-opencti --print-state >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 0
  : >"$WORK/empty"
  expect_status 78 push-opencti --advance-from "$WORK/empty" </dev/null 2>"$WORK/log"
  expect_status 66 push-opencti --advance-from "$WORK/missing" </dev/null 2>"$WORK/log"
}
case_ok "--print-state prints nothing when the platform does not answer, and --advance-from takes no empty or missing file" state_needs_platform

# store_state STATE  as another program with the connector's id does: by a ping.
store_state() {
  push-opencti --print-state >/dev/null 2>&1 || true  # registers the connector
  jq -nc --arg id "$CONNECTOR_ID" --arg state "$1" '{query: "mutation Ping($id: ID!, $state: String) { pingConnector(id: $id, state: $state) { id } }",
    variables: {id: $id, state: $state}}' >"$WORK/ping"
  curl --noproxy '*' -fsS -H "Authorization: Bearer $OPENCTI_TOKEN" -H 'Content-Type: application/json' --data-binary "@$WORK/ping" "$OPENCTI_URL/graphql" >/dev/null
}

every_form() {
  start
  for form in 1767225780 1767225780.6 '"1767225780"' '"2026-01-01T00:03:00Z"'; do
    store_state "{\"last_incident_timestamp\": $form, \"theirs\": [1]}"
    save_state
    bundles 4 4 | push
    expect_equal "$(state | jq -c '[.last_incident_timestamp, .last_incident_update, .theirs]')" "[1767225840,\"$(updated 4)\",[1]]"
  done
}
case_ok "a state is taken over in each form that a connector has written, and goes on as an integer; other keys stay" every_form

unreadable_state() {
  start
  for form in true '"soon"' 1767225780000 -1e300 '{"a":1}'; do
    store_state "{\"last_incident_timestamp\": $form}"
    expect_status 78 push-opencti --print-state >"$WORK/out" 2>"$WORK/log"
    expect_lines "$WORK/out" 0
    expect_contains "$WORK/log" "last_incident_timestamp is $form, not a time"
    expect_contains "$WORK/log" 'Integrations > Deployed > the connector > menu > Reset'
    expect_contains "$WORK/log" 'deletes what is still queued'
    expect_status 78 push-opencti --check >"$WORK/out" 2>"$WORK/log"
  done
  store_state 'NaN'
  expect_status 78 push-opencti --print-state >"$WORK/out" 2>"$WORK/log"
  export CONNECTOR_SEND_TO_QUEUE=false CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$WORK SENTINEL_INCIDENTS_APPLICANT_ID=someone
  echo '{"last_incident_timestamp": "soon"}' >"$WORK/file"
  expect_status 78 push-opencti --state-file "$WORK/file" --print-state >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" "in $WORK/file cannot be used"
  expect_contains "$WORK/log" 'write {"last_incident_timestamp": UNIX-SECONDS} into it'
}
case_ok "a state that is no time is 78, and the message says what it was, how to mend it and what that costs" unreadable_state

# lost_queue: what bundles 1 to 3 brought waits in the queue, and the queue is then gone.
lost_queue() {
  start --platform-version "${1:-6.9.17}"
  save_state
  bundles 1 3 | push
  save_state
  expect_equal "$(state | jq -c '.pending_works | [.works[].objects, .from, .resent]')" '[8,"",false]'
  post "/queue?connector=$CONNECTOR_ID&messages=0&bytes=0"
}

sent_again() {
  lost_queue
  expect_status 75 push </dev/null
  expect_contains "$WORK/log" "the connector's queue is empty: it was deleted or emptied. The state goes back"
  expect_equal "$(state | jq -c '[.last_incident_timestamp, .last_incident_update]')" '[null,null]'
  save_state
  bundles 1 3 | push
  expect_equal "$(receipts_of)" "1 2 3 "
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 3)"
  post "/worker?messages=all"
  save_state
  bundles 4 4 | push
  expect_lacks "$WORK/log" "queue is empty"
  expect_equal "$(state | jq -c '.pending_works | [.from, (.works | length), .resent]')" "[\"$(updated 3)\",1,false]"
}
case_ok "what RabbitMQ lost while no run looked is noticed, and the state goes back to where all was ingested" sent_again

goes_back_to_position() {
  start --platform-version 6.9.17
  save_state
  bundles 1 1 | push
  post "/worker?messages=all"
  save_state
  bundles 2 3 | push
  post "/queue?connector=$CONNECTOR_ID&messages=0&bytes=0"
  save_state
  expect_status 75 push < <(bundles 4 4)
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 1)"
  expect_equal "$(receipts_of)" "4 "
}
case_ok "the state goes back to the last position that was ingested, whatever is pushed meanwhile" goes_back_to_position

lost_twice() {
  lost_queue
  expect_status 75 push </dev/null
  save_state
  bundles 1 3 | push
  save_state
  push </dev/null
  expect_contains "$WORK/log" "again not ingested"
  expect_equal "$(state | jq -c .pending_works)" null
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 3)"
}
case_ok "what is lost a second time is told and not sent for ever" lost_twice

still_queued() {
  start --platform-version 6.9.17
  save_state
  bundles 1 3 | push
  save_state
  push </dev/null
  expect_lacks "$WORK/log" "queue is empty"
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 3)"
}
case_ok "what still waits in the queue is not lost" still_queued

resend_off() {
  export SENTINEL_INCIDENTS_RESEND_LOST=false
  start --platform-version 6.9.17
  save_state
  bundles 1 3 | push
  post "/queue?connector=$CONNECTOR_ID&messages=0&bytes=0"
  save_state
  push </dev/null
  expect_equal "$(state | jq -c .pending_works)" null
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 3)"
}
case_ok "SENTINEL_INCIDENTS_RESEND_LOST=false leaves it at that" resend_off

may_be_overtaken() {
  start --platform-version 7.260817.0
  save_state
  bundles 1 1 | push
  save_state
  expect_equal "$(state | jq '.delivered | length')" 1
  fault '{"service": "opencti", "match": "stixBundlePush", "hang": true}'
  bundles 2 3 | push --request-timeout 1
  expect_equal "$(receipts_of)" "2 3 "
  expect_equal "$(state | jq '.delivered | length')" 1
  post /release
}
case_ok "an incident whose push was not answered, and so may arrive late, is not listed as delivered" may_be_overtaken

finish
