#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# push-opencti --ledger: only what OpenCTI does not hold is sent; what it refuses is told and sent again; and a ledger that does not
# belong to the platform as it is now is emptied.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"

start_kept() {
  start --keep-objects "$@"
  save_state
}
# run BUNDLES [OPTION…]  one run with the ledger, after which the platform's worker imports what is queued.
run() {
  local bundles=$1
  shift
  push-opencti --ledger "$WORK/ledger" --refetch "$WORK/refetch" "$@" "$bundles" >"$WORK/receipts" 2>"$WORK/log"
  post "/worker?messages=all"
}
# sent  the types of the objects that the last request brought.
sent() { tail -n 1 "$STAND_IN_RECORD/bundles.ndjson" | jq -r '[.objects[].type] | join(" ")'; }
requests() { asked stixBundlePush; }
objects() { control /objects | jq -cS .; }
statuses() { push-opencti --print-ledger --ledger "$WORK/ledger" | jq -r .status | sort | uniq -c | awk '{ printf "%s%s %s", sep, $2, $1; sep = ", " }'; }
errors() { control /state | jq '[.works[].errors[]] | length'; }
# incident SEVERITY [ALERTS]  a bundle of map-stix of one incident, some 90 objects.
incident() {
  [ -s "$WORK/graph" ] || generate-incidents 1 5 8 >"$WORK/graph"
  jq -c --arg severity "$1" --argjson alerts "${2:-4}" \
    '.severity = $severity | .lastUpdateDateTime = "2026-03-0\($alerts)T00:00:0\($severity | length).5Z" | .alerts |= .[:$alerts]' "$WORK/graph" | map-stix --quiet
}

unchanged_is_not_sent() {
  start_kept
  bundles 1 3 >"$WORK/input"
  run "$WORK/input"
  expect_equal "$(statuses)" "pending 8"
  run "$WORK/input"
  expect_equal "$(requests)" 1
  expect_equal "$(jq -r .status "$WORK/receipts" | sort -u)" unchanged
  expect_equal "$(statuses)" "held 8"
  expect_equal "$(asked workAdd)" 1
  expect_equal "$(errors)" 0
}
case_ok "what OpenCTI holds is not sent again, and the receipt says so" unchanged_is_not_sent

one_field() {
  start_kept
  incident high >"$WORK/first"
  incident medium >"$WORK/second"
  run "$WORK/first"
  [ "$(jq '.objects | length' "$WORK/first")" -ge 60 ] || fail "the incident is too small to show something"
  run "$WORK/second"
  expect_equal "$(sent)" "case-incident marking-definition"
  run "$WORK/second"
  expect_equal "$(requests)" 2
  expect_equal "$(errors)" 0
}
case_ok "an update of one field of a large incident brings its case alone" one_field

new_alert() {
  start_kept
  incident high 4 >"$WORK/first"
  incident high 5 >"$WORK/second"
  run "$WORK/first"
  run "$WORK/second"
  jq -r '.objects[].id' "$WORK/first" | sort >"$WORK/old"
  tail -n 1 "$STAND_IN_RECORD/bundles.ndjson" | jq -r '.objects[].id' | sort | comm -12 - "$WORK/old" >"$WORK/again"
  expect_equal "$(sed 's/--.*//' "$WORK/again" | sort -u | tr '\n' ' ')" "case-incident "
  expect_equal "$(errors)" 0
}
case_ok "an alert that is added brings what is new, and the case" new_alert
finish
