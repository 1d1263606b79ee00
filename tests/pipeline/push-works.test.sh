#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# push-opencti and the works of the platform, over the API: where closing a work could make a worker drop what is still queued,
# the run holds the work open, and waits for the last run's messages first.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"

# start_push OPTION…  a run whose input is descriptor 9; its process is $push_pid.
start_push() {
  mkfifo "$WORK/pipe"
  push-opencti --advance-from "$WORK/state" "$@" <"$WORK/pipe" >"$WORK/receipts" 2>"$WORK/log" &
  push_pid=$!
  exec 9>"$WORK/pipe"
}
# feed FROM TO  bundles for that run; the receipt of the last is waited for.
feed() {
  bundles "$1" "$2" >&9
  wait_until 60 grep -q "\"$2\"" "$WORK/receipts"
}

# worked_off  a run of two bundles. A worker has imported the first before the second is pushed, so that at the end of the run
# everything counted so far is imported, and the second is still queued uncounted; it is worked off after the run.
worked_off() {
  start_push
  feed 1 1
  post "/worker?messages=all"
  bundles 2 2 >&9
  exec 9>&-
  expect_status 0 wait "$push_pid"
  post "/worker?messages=all"
  expect_equal "$(receipts_of)" "1 2 "
}
imported() { control /ledger | jq -c '[.lost_messages, (.ingested | keys)]'; }

held() {
  start --platform-version "$1"
  save_state
  worked_off
  expect_equal "$(imported)" '[0,["1","2"]]'
  expect_equal "$(asked workEdit.addExpectations)" "$2"
  expect_equal "$(asked workEdit.reportExpectation)" "$2"
  expect_equal "$(asked workEdit.toProcessed)" 1
  expect_equal "$(control /state | jq -r '.works[0].status')" complete
}
for version in 6.8.7 6.8.10 6.9.17 7.260318.0 7.260507.0; do
  case_ok "at $version a hold on the work keeps what is queued when the work is closed" held "$version" 1
done
for version in 6.8.6 7.260521.0 7.260817.0; do
  case_ok "at $version, where closing a work drops nothing, there is no hold" held "$version" 0
done

# The same run with the hold taken away: the platform says yes and does not count it.
unheld() {
  start --platform-version 6.9.17
  save_state
  fault '{"service": "opencti", "match": "addExpectations", "times": 0, "body": {"data": {"workEdit": {"addExpectations": "x"}}}}'
  worked_off
  expect_equal "$(imported)" '[1,["1"]]'
}
case_ok "without the hold the same run loses what is queued" unheld

waits_for_last_run() {
  start --platform-version "$1"
  save_state
  post "/queue?connector=$CONNECTOR_ID&messages=5&bytes=1000"
  SENTINEL_INCIDENTS_RETRY_BUDGET=PT1S expect_status "$2" push < <(bundles 1 1)
  expect_equal "$(asked workAdd)" "$3"
}
held_up() {
  waits_for_last_run 6.9.17 75 0
  expect_contains "$WORK/log" "still holds messages of the last run"
  expect_lines "$WORK/receipts" 0
  expect_equal "$(state)" '{}'
}
case_ok "no work is opened while the last run's messages are queued, and the run ends with 75 when they stay" held_up
case_ok "where works do not close one another a run does not wait for the last run's messages" waits_for_last_run 7.260817.0 0 1

queue_unreadable() {
  start --platform-version 6.9.17
  save_state
  control "/queue?connector=$CONNECTOR_ID&messages=5&bytes=1000" '{}' >/dev/null
  fault '{"service": "opencti", "match": "connector_queue_details", "times": 2, "status": 502, "html": true}'
  SENTINEL_INCIDENTS_RETRY_BUDGET=PT5S expect_status 75 push < <(bundles 1 1)
  expect_equal "$(asked workAdd)" 0
}
queue_stays_unreadable() {
  start --platform-version 6.9.17
  save_state
  fault '{"service": "opencti", "match": "connector_queue_details", "times": 0, "status": 502, "html": true}'
  SENTINEL_INCIDENTS_RETRY_BUDGET=PT1S expect_status 69 push < <(bundles 1 1)
  expect_equal "$(asked workAdd)" 0
  expect_status 69 push-opencti --check >"$WORK/report" 2>"$WORK/log"
  grep -qE '^fail(ed)? +OpenCTI queue' "$WORK/report" || fail "$(cat "$WORK/report" "$WORK/log")"
}
case_ok "a queue that could not be read is not taken for an empty one: it is asked again" queue_unreadable
case_ok "a queue that stays unreadable ends the run with 69 before a work is opened, and --check says so" queue_stays_unreadable

# gone VERSION COMMAND…  the command makes the run's work go away in mid-run; the run must not claim what follows.
gone() {
  start --platform-version "$1"
  shift
  save_state
  start_push
  feed 1 1
  post "/worker?messages=all"
  "$@"
  bundles 2 5 >&9
  exec 9>&-
  expect_status 75 wait "$push_pid"
  expect_contains "$WORK/log" "the run's work was deleted or closed at the platform"
  expect_equal "$(state)" '{}'
  # What the run lost comes with the next one.
  post "/worker?messages=all"
  save_state
  bundles 1 5 | push
  post "/worker?messages=all"
  for number in 1 2 3 4 5; do control /ledger | jq -e --arg n "$number" '.ingested | has($n)' >/dev/null || fail "lost: $number"; done
}
delete_work() { post "/delete-work?work=$(control /state | jq -r '.works[0].id')"; }
# What the README calls one incident by hand, while the service's run is under way.
run_by_hand() {
  bundles 100 101 | push-opencti >"$WORK/by-hand" 2>&1
  post "/worker?messages=all"
  post /close-old-works
}
for version in 6.8.7 6.9.17 7.260817.0; do
  case_ok "at $version a work deleted in mid-run leaves the state alone, ends the run with 75, and the next run sends again" gone "$version" delete_work
done
for version in 6.8.7 6.9.17 7.260507.0; do
  case_ok "at $version a run by hand whose work closes that of a run under way does the same to it" gone "$version" run_by_hand
done

# gone_by_hand COMMAND…  the same to a run that does not move the state, and that nothing would repeat.
gone_by_hand() {
  start --platform-version 6.9.17
  mkfifo "$WORK/pipe"
  push-opencti <"$WORK/pipe" >"$WORK/receipts" 2>"$WORK/log" &
  push_pid=$!
  exec 9>"$WORK/pipe"
  feed 1 1
  "$@"
  exec 9>&-
  expect_status 75 wait "$push_pid"
  expect_equal "$(grep -c 'push all of it again' "$WORK/log")" 1
  post "/worker?messages=all"
  expect_equal "$(control /ledger | jq -c '.ingested')" '{}'
}
case_ok "a run by hand whose work is deleted in mid-run says that it has to be pushed again, and ends with 75" gone_by_hand delete_work
case_ok "a run by hand whose connector is reset in mid-run, which empties its queue, says so too" gone_by_hand post "/reset?connector=$TEST_CONNECTOR_ID"

gone_at_signal() {
  start --platform-version 6.9.17
  save_state
  start_push
  feed 1 1
  delete_work
  kill -TERM "$push_pid"
  expect_status 143 wait "$push_pid"
  exec 9>&-
  expect_equal "$(state)" '{}'
  expect_equal "$(asked workEdit.toProcessed)" 0
}
case_ok "a work deleted before a signal leaves the state alone" gone_at_signal

untold() {
  start --platform-version 6.9.17 --capabilities APIACCESS_USETOKEN,CONNECTORAPI,KNOWLEDGE_KNUPDATE_KNDELETE --refuse-bundles-with '"Case 3"'
  save_state
  start_push --rejects "$WORK/rejects"
  feed 1 2
  bundles 3 3 >&9
  wait_until 60 grep -q 'before blaming the bundle' "$WORK/log"
  feed 4 4
  exec 9>&-
  expect_status 65 wait "$push_pid"
  expect_equal "$(asked workAdd)" 1
  post "/worker?messages=all"
  expect_equal "$(control /state | jq -r '.works | map(.status) | join(" ")')" complete
  expect_equal "$(imported)" '[0,["1","2","4"]]'
}
case_ok "where the user may not ask for works, a refused bundle costs no work" untold

# The closing comes to rest at the platform and takes effect after the run.
closed_late() {
  start --platform-version 6.9.17
  save_state
  start_push
  feed 1 1
  post "/worker?messages=all"
  feed 2 2
  fault '{"service": "opencti", "match": "toProcessed", "hang": true}'
  kill -TERM "$push_pid"
  expect_status 143 wait "$push_pid"
  exec 9>&-
  post /release
  processed() { control /state | jq -e '.works[0].processed_time != null'; }
  wait_until 60 processed
  post "/worker?messages=all"
  expect_equal "$(imported)" '[0,["1","2"]]'
}
case_ok "a work whose closing is not answered keeps its hold, so that a late closing loses nothing" closed_late

# merged_case N: incident N was merged into incident 900.
merged_case() { bundles "$1" "$1" 30 | jq -c '.objects[3].x_graph_merged_into = "900"'; }

merged_unknown() {
  start
  save_state
  merged_case 5 | push
  expect_equal "$(jq -r .status "$WORK/receipts")" left-out
  expect_equal "$(arrived)" ""
  expect_equal "$(asked workAdd)" 0
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 5 30)"
}
case_ok "the case of a merged incident that OpenCTI does not hold is left out, and the state moves past it" merged_unknown

merged_known() {
  start --keep-objects --auto-worker
  bundles 5 5 | push-opencti >/dev/null
  merged_case 5 | push-opencti >"$WORK/receipts"
  expect_equal "$(jq -r .status "$WORK/receipts")" sent
  expect_equal "$(arrived)" "5 5 "
}
case_ok "the case of a merged incident that OpenCTI holds is pushed" merged_known

merged_in_one_run() {
  start
  { bundles 5 5; merged_case 5; } | push-opencti >"$WORK/receipts"
  expect_equal "$(jq -r .status "$WORK/receipts" | tr '\n' ' ')" "sent sent "
}
case_ok "the case of a merged incident that the same run pushed is pushed again" merged_in_one_run

merged_may_be_queued() {
  start
  push-opencti </dev/null
  post "/queue?connector=$CONNECTOR_ID&messages=5&bytes=1000"
  merged_case 5 | push-opencti >"$WORK/receipts"
  expect_equal "$(jq -r .status "$WORK/receipts")" sent
}
case_ok "the case of a merged incident that may still be in the queue is pushed" merged_may_be_queued

one_case() {
  start
  bundles 1 3 | jq -c '.objects[3].id = "case-incident--00000001-0000-4000-8000-000000000000"' |
    push-opencti >"$WORK/receipts" 2>"$WORK/log"
  expect_contains "$WORK/log" "incidents 1 and 2 have one case"
  expect_equal "$(grep -c 'have one case' "$WORK/log")" 1
}
case_ok "incidents that share a case are named, once a run" one_case

# verdict SCORE [MEMBERS]  incident 1 with an indicator.
verdict() {
  bundles 1 1 | jq -c --argjson score "$1" --argjson more "${2:-null}" '.objects += [{type: "indicator", spec_version: "2.1",
    id: "indicator--00000001-0000-4000-8000-000000000000", pattern: "[ipv4-addr:value = \u002710.0.0.1\u0027]",
    pattern_type: "stix", valid_from: "2026-01-01T00:00:00Z", x_opencti_score: $score} + $more]'
}
held_indicator() { control /objects | jq -c '.[] | select(.type == "indicator") | [.revoked, .x_opencti_score, (.valid_until // "" | .[:2])]'; }

brought_back() {
  start --keep-objects --auto-worker "$@"
  verdict 90 | push-opencti >/dev/null
  expect_equal "$(held_indicator)" '[null,90,""]'
  verdict 0 '{"revoked": true}' | push-opencti >/dev/null
  expect_equal "$(held_indicator)" '[true,0,""]'
  verdict 90 | push-opencti >"$WORK/receipts"
  expect_equal "$(held_indicator)" '[false,90,"20"]'
  expect_equal "$(wc -l <"$WORK/receipts")" 1
}
for version in 6.4.5 6.8.10 6.9.17 7.260817.0; do
  case_ok "an indicator that was taken back is made valid again when its verdict turns, at $version" brought_back --platform-version "$version"
done

finish
