#!/usr/bin/env bash
# push-opencti and the works of the platform, over the API: where closing a work could make a worker drop what is still queued,
# the run holds the work open, and waits for the last run's messages first.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"

# worked_off  a run of two bundles. A worker has imported the first before the second is pushed, so that at the end of the run
# everything counted so far is imported, and the second is still queued uncounted; it is worked off after the run.
worked_off() {
  mkfifo "$WORK/pipe"
  push-opencti --advance-from "$WORK/state" <"$WORK/pipe" >"$WORK/receipts" 2>"$WORK/log" &
  local pid=$!
  exec 9>"$WORK/pipe"
  bundles 1 1 >&9
  wait_until 60 grep -q '"1"' "$WORK/receipts"
  post "/worker?messages=all"
  bundles 2 2 >&9
  exec 9>&-
  expect_status 0 wait "$pid"
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

finish
