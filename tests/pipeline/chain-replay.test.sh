#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the chain does beside its schedule: what was put aside stays in sight and can be replayed, --status, and imports by hand.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=chain_lib.sh
. "$(dirname "$0")/chain_lib.sh"
use_chain

# run STATUS OPTION…
run() {
  local status=$1
  shift
  expect_status "$status" sentinel-incidents "$@" >"$WORK/receipts" 2>"$WORK/log"
}
# Where the next run starts; pushes move the ledger's mark beside it.
state() { push-opencti --print-state | jq -cS "del(.ledger)"; }

# Two bundles are refused, one line is none that map-stix can read, one incident cannot be fetched.
put_aside() {
  start_examples --refuse-bundles-with "Megan Bowen"
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S
  mkdir -p "$(files)"
  echo 'no incident' >"$(files)/map-stix.rejects.ndjson"
  control /graph '{"failing_incidents": ["4103"]}' >/dev/null
  run 65 --once
}
# Another platform, which takes everything; the chain's files are the same.
accept_all() {
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson"
  use_stand_in
}
pushed() { jq -r .incident "$WORK/receipts" | sort | tr '\n' ' '; }

stays_in_sight() {
  put_aside
  text="1 incident to fetch again (the next run does), 1 line that map-stix rejected, 2 bundles that push-opencti rejected"
  expect_contains "$WORK/log" "put aside in $(files): $text; when the cause is mended, sentinel-incidents --replay-rejects"
  control /graph '{"failing_incidents": []}' >/dev/null
  run 0 --once --metrics-file "$WORK/run.prom"
  text="1 line that map-stix rejected, 2 bundles that push-opencti rejected"
  expect_contains "$WORK/log" "put aside in $(files): $text"
  expect_equal "$(grep '^sentinel_incidents_pending_records' "$WORK/run.prom" | sed 's/.*stage=//')" '"fetch-incidents"} 0
"map-stix"} 1
"push-opencti"} 2'
  run 0 check
  expect_contains "$WORK/receipts" "warning  rejects: put aside in $(files): $text"
  run 0 status
  expect_contains "$WORK/receipts" "put aside:    $(files): $text"
}
case_ok "what was rejected is told after every run, in the metrics, by check and by status until it is dealt with" stays_in_sight

replayed() {
  put_aside
  before=$(state)
  # The platform refuses them still: nothing is forgotten.
  run 65 --replay-rejects
  expect_equal "$(state)" "$before" "the state after a replay"
  expect_lines "$(files)/push-opencti.rejects.ndjson" 2
  expect_lines "$(files)/map-stix.rejects.ndjson" 1
  expect_lines "$(files)/failed.ndjson" 1
  accept_all
  sed -i /./d "$(files)/map-stix.rejects.ndjson"
  head -n 1 "$ROOT/examples/incidents.ndjson" >"$(files)/map-stix.rejects.ndjson"
  run 0 replay
  expect_equal "$(pushed | wc -w)" 4
  expect_equal "$(find "$(files)" -name '*.ndjson' -size +0)" "" "files of what was put aside"
  expect_lacks "$WORK/log" "put aside"
  expect_equal "$(state)" '{}'
  run 0 replay
  expect_lines "$WORK/receipts" 0
}
case_ok "replay pushes, maps and fetches again what was put aside, and empties the files of what works" replayed

# Moments are drawn from the time that an undisturbed replay takes.
replay_killed() {
  put_aside
  control /graph '{"failing_incidents": []}' >/dev/null
  head -n 3 "$ROOT/examples/incidents.ndjson" >>"$(files)/map-stix.rejects.ndjson"
  accept_all
  cp -r "$(files)" "$WORK/kept"
  for ((round = 0; round < 8; round++)); do
    setsid "$WORK/../root/scripts/sentinel-incidents" --replay-rejects >"$WORK/receipts" 2>"$WORK/log" 3>&- &
    chain=$!
    sleep "0.$(printf %03d $((RANDOM % 300)))"
    pkill -KILL -s "$chain" || true
    wait "$chain" || true
    wait_until 60 nothing_runs
  done
  run 65 --replay-rejects
  # The platform has all of them; how often does not matter.
  jq -r '.objects[] | select(.type == "case-incident") | .external_references[0].external_id' "$STAND_IN_RECORD/bundles.ndjson" | sort -u >"$WORK/held"
  { jq -r '.objects[] | select(.type == "case-incident") | .external_references[0].external_id' "$WORK/kept/push-opencti.rejects.ndjson"
    head -n 3 "$ROOT/examples/incidents.ndjson" | jq -r .id
    jq -r .id "$WORK/kept/failed.ndjson"; } | sort -u >"$WORK/wanted"
  expect_same "$WORK/held" "$WORK/wanted"
  expect_equal "$(sort -u "$(files)/map-stix.rejects.ndjson")" "no incident"
  expect_equal "$(find "$(files)" -name '*.ndjson' -size +0 -printf '%f ')" "map-stix.rejects.ndjson " "files that are left"
}
case_ok "a replay that is killed at any moment loses nothing" replay_killed

full_disk() {
  put_aside
  ln -s /dev/full "$(files)/push-opencti.rejects.new.ndjson"
  run 74 replay
  expect_lines "$(files)/push-opencti.rejects.ndjson" 2
  expect_contains "$WORK/log" "cannot write $(files)/push-opencti.rejects.again.ndjson"
}
case_ok "a full disk leaves the rejects where they are" full_disk

waits_for_run() {
  start_examples
  mkdir -p "$(files)"
  exec {held}>"$(files)/lock"
  flock "$held"
  sentinel-incidents --id 4102 >"$WORK/receipts" 2>"$WORK/log" {held}>&- &
  wait_until 60 grep -q 'waiting for the end of the run' "$WORK/log"
  exec {held}>&-
  expect_status 0 wait "$!"
  expect_equal "$(pushed)" "4102 "
}
case_ok "an import by hand waits for the run at work" waits_for_run

by_hand() {
  start_examples
  run 0 --once
  before=$(state)
  cp "$(files)/last-run" "$WORK/last-run"
  run 0 --id 4101 --id 4103
  expect_equal "$(pushed)" "4101 4103 "
  run 0 --since 2026-09-01 --until 2026-09-04
  [ "$(wc -l <"$WORK/receipts")" -gt 0 ] || fail "nothing was pushed: $(cat "$WORK/log")"
  expect_equal "$(state)" "$before" "the state after imports by hand"
  expect_same "$(files)/last-run" "$WORK/last-run"
  run 64 status --since 2026-09-01
}
case_ok "--since, --until and --id import once and move no state" by_hand

dry() {
  start_examples
  run 0 --dry-run
  expect_contains "$WORK/log" "would push 8 bundles"
  [ ! -e "$STAND_IN_RECORD/bundles.ndjson" ] || expect_lines "$STAND_IN_RECORD/bundles.ndjson" 0
  expect_equal "$(state)" '{}'
  run 0 --dry-run --id 4102
  expect_contains "$WORK/log" "would push 1 bundle"
  expect_equal "$(jq -r .status "$WORK/receipts")" dry-run
}
case_ok "--dry-run says what would be pushed, and pushes nothing" dry

status_of_nothing() {
  start_examples
  run 0 --status
  expect_contains "$WORK/receipts" "put aside:    nothing"
  expect_equal "$(sed -n 's/^last run: *//p' "$WORK/receipts")" ""
  [ ! -e "$SENTINEL_INCIDENTS_STATE_DIR" ] || fail "a folder was made"
}
case_ok "status before the first run says so and makes no folder" status_of_nothing

status_shown() {
  start_examples
  run 0 run --once
  run 0 status
  expect_contains "$WORK/receipts" " with status 0"
  expect_contains "$WORK/receipts" "everything up to 2026-09-08T20:44:59Z, "
  expect_contains "$WORK/receipts" "put aside:    nothing"
  run 0 status --log-format json
  expect_equal "$(jq -c '[.running, .status, .watermark, .pending, .next]' "$WORK/receipts")" \
    '[false,0,"2026-09-08T20:44:59Z",{"fetch-incidents":0,"map-stix":0,"push-opencti":0},null]'
  expect_equal "$(jq -c '.watermark_age_seconds > 0 and .ended == .succeeded' "$WORK/receipts")" true
  exec {held}>"$(files)/lock"
  flock "$held"
  run 0 status
  expect_contains "$WORK/receipts" "run at work:  yes"
}
case_ok "status says how the last run ended, how far the import is, and whether a run is at work" status_shown

next_run_told() {
  start_examples
  export CONNECTOR_DURATION_PERIOD=PT1H
  sentinel-incidents >"$WORK/receipts" 2>"$WORK/log" 3>&- &
  chain=$!
  wait_until 60 grep -qE 'next run at 20[0-9T:-]+Z' "$WORK/log"
  next=$(sed -n 's/.*next run at //p' "$WORK/log")
  sentinel-incidents status >"$WORK/status"
  expect_contains "$WORK/status" "next run:     $next"
  # A run by hand goes between two runs of the loop.
  run 0 --id 4102
  kill -TERM "$chain"
  expect_status 143 wait "$chain"
}
case_ok "the loop says when the next run is, in its log and by status, and lets a run by hand come between" next_run_told

finish
