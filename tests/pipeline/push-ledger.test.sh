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
  push-opencti --ledger "$WORK/ledger" --refetch "$WORK/refetch" --summary "$WORK/summary" "$@" "$bundles" >"$WORK/receipts" 2>"$WORK/log"
  post "/worker?messages=all"
}
# sent  the types of the objects that the last request brought.
sent() { tail -n 1 "$STAND_IN_RECORD/bundles.ndjson" | jq -r '[.objects[].type] | join(" ")'; }
requests() { asked stixBundlePush; }
# What OpenCTI has, but for the marking that goes beside a single object.
objects() { control /objects | jq -cS 'map(select(.id != "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"))'; }
statuses() { push-opencti --print-ledger --ledger "$WORK/ledger" | jq -r 'select(.object | test("--613f2e26") | not).status' | sort | uniq -c | awk '{ printf "%s%s %s", sep, $2, $1; sep = ", " }'; }
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

life_of_an_incident() {
  local severity update before
  start_kept
  incident high 4 >"$WORK/input"
  run "$WORK/input"
  for update in 1 2 3 4 5 6 7 8 9; do
    severity=$(sed -n "${update}p" <<<$'medium\nlow\nhigh\nmedium\nlow\nhigh\nmedium\nlow\nhigh')
    before=$([ "$update" -lt 5 ] && echo 4 || echo 5)
    incident "$severity" "$before" >"$WORK/input"
    cat "$WORK/input" >>"$WORK/all"
    run "$WORK/input"
  done
  messages=$(jq -s '[.[].objects | length] | add' "$STAND_IN_RECORD/bundles.ndjson")
  whole=$(jq -s '[.[].objects | length] | add' <(incident high 4) "$WORK/all")
  echo "# $messages messages in place of $whole" >&2
  [ $((messages * 6)) -le "$whole" ] || fail "$messages messages in a life of ten updates, of $whole that all of it would be"
  expect_equal "$(errors)" 0
}
case_ok "a life of ten updates takes less than a sixth of the messages" life_of_an_incident

by_amqp_or_api_the_same() {
  start_kept --platform-version "$1"
  incident high >"$WORK/first"
  incident medium >"$WORK/second"
  run "$WORK/first"
  run "$WORK/second"
  expect_equal "$(sent)" "case-incident marking-definition"
}
for version in 6.5.7 6.8.6 6.9.17 7.260318.0 7.260507.0 7.260818; do
  case_ok "at $version the ledger works as well" by_amqp_or_api_the_same "$version"
done
no_works() {
  start_kept --platform-version 6.4.5
  bundles 1 1 >"$WORK/input"
  run "$WORK/input"
  run "$WORK/input"
  expect_equal "$(requests)" 2
  expect_contains "$WORK/log" "the ledger is not used"
}
case_ok "at 6.4 over the API, which names no works, all is sent" no_works

# An object that the platform refuses is told, asked for again and sent again, and no other.
refused_once() {
  start_kept
  bundles 7 8 >"$WORK/input"
  control /import-error '{"match": "ipv4-addr--00000007", "name": "LOCK_ERROR", "message": "Something was locked"}' >/dev/null
  run "$WORK/input"
  run /dev/null
  expect_contains "$WORK/log" "OpenCTI refused ipv4-addr--00000007-0000-4000-8000-000000000000 of incident 7: Something was locked"
  expect_equal "$(jq -r .id "$WORK/refetch")" 7
  push-opencti --print-ledger --ledger "$WORK/ledger" | jq -c 'select(.status == "refused") | [.incident, .reason]' >"$WORK/refused"
  expect_contains "$WORK/refused" '["7","Something was locked"]'
  run "$WORK/input"
  # The case refers to it, and was refused as well: for a known reason, so that nothing else goes with it.
  expect_equal "$(sent)" "ipv4-addr case-incident"
  run /dev/null
  expect_equal "$(statuses)" "held 6"
  expect_lines "$WORK/refetch" 1
  expect_equal "$(objects | jq length)" 6
}
case_ok "an object that OpenCTI refuses is told, asked for again, and sent again" refused_once

refused_for_ever() {
  start_kept
  bundles 7 7 >"$WORK/input"
  control /import-error '{"match": "\"id\":\"case-incident--00000007", "times": 100, "message": "No such case"}' >/dev/null
  for _ in 1 2 3 4 5 6; do run "$WORK/input"; done
  expect_lines "$WORK/refetch" 3
  expect_contains "$WORK/log" "incident 7 was sent again 3 times"
  expect_equal "$(jq -r .refused <"$WORK/summary")" 1
}
case_ok "what OpenCTI refuses each time is asked for three times, and then only told" refused_for_ever

deletion_stands() {
  start_kept
  incident high >"$WORK/first"
  run "$WORK/first"
  post "/delete-object?id=$(jq -r '.objects[] | select(.type == "relationship") | .id' "$WORK/first" | head -n 1)"
  objects >"$WORK/without"
  run "$WORK/first"
  expect_same "$WORK/without" <(objects)
}
case_ok "what a person deletes in OpenCTI is not sent again while nothing of it changes" deletion_stands

missing_reference_heals() {
  start_kept
  bundles 1 1 >"$WORK/first"
  bundles 1 1 5 >"$WORK/second"
  run "$WORK/first"
  post "/delete-object?id=ipv4-addr--00000001-0000-4000-8000-000000000000"
  run "$WORK/second"
  run /dev/null
  expect_contains "$WORK/log" "OpenCTI refused case-incident--00000001-0000-4000-8000-000000000000 of incident 1: Element(s) not found"
  expect_equal "$(jq -r .id "$WORK/refetch")" 1
  run "$WORK/second"
  expect_equal "$(sent)" "identity marking-definition ipv4-addr case-incident"
  run /dev/null
  expect_equal "$(objects | jq length)" 4
  expect_equal "$(statuses)" "held 4"
}
case_ok "a missing reference brings back all that the object refers to" missing_reference_heals

# emptied REASON COMMAND…  after the command the ledger is emptied for that reason, and all is sent.
emptied() {
  local reason=$1
  shift
  start_kept
  bundles 1 2 >"$WORK/input"
  run "$WORK/input"
  run "$WORK/input"
  expect_equal "$(requests)" 1
  "$@"
  run "$WORK/input"
  expect_equal "$(requests)" 2
  [ -z "$reason" ] || expect_contains "$WORK/log" "$reason"
  run /dev/null
  run "$WORK/input"
  expect_equal "$(requests)" 2
}
press_refresh() { post "/reset?connector=$CONNECTOR_ID"; }
push_by_hand() { push-opencti <(bundles 9 9) >/dev/null 2>&1 && requests_less 1; }
other_host() { push-opencti --ledger "$WORK/other" <(bundles 9 9) >/dev/null 2>&1; requests_less 1; }
requests_less() { eval "requests() { echo \$((\$(asked stixBundlePush) - $1)); }"; }
restore_platform() { post /restore; }
old_ledger() { cp "$WORK/old" "$WORK/ledger"; }
damage() { printf 'x%.0s' {1..8000} >"$WORK/ledger"; }
lose() { rm "$WORK/ledger"; }
case_ok "after the refresh button all is sent" emptied "the connector was reset, or something was pushed without it" press_refresh
case_ok "after a push without the ledger all is sent" emptied "the connector was reset, or something was pushed without it" push_by_hand
case_ok "after a push from another host all is sent" emptied "another process pushed since" other_host
case_ok "a damaged ledger is made anew, and all is sent" emptied "is damaged" damage
case_ok "a ledger that is gone costs nothing but time" emptied "" lose

restored() {
  start_kept
  bundles 1 1 >"$WORK/first"
  bundles 2 2 >"$WORK/second"
  run "$WORK/first"
  run /dev/null
  if [ "$1" = platform ]; then post /backup; else cp "$WORK/ledger" "$WORK/old"; fi
  run "$WORK/second"
  run /dev/null
  if [ "$1" = platform ]; then post /restore; else cp "$WORK/old" "$WORK/ledger"; fi
  run <(cat "$WORK/first" "$WORK/second")
  expect_contains "$WORK/log" "restored from a backup"
  expect_equal "$(objects | jq length)" 6
}
case_ok "after OpenCTI was restored from a backup all is sent" restored platform
case_ok "after the ledger was restored from a backup all is sent" restored ledger

locked() {
  start_kept
  mkfifo "$WORK/pipe"
  push-opencti --ledger "$WORK/ledger" <"$WORK/pipe" >"$WORK/receipts" 2>"$WORK/log" &
  push_pid=$!
  exec 9>"$WORK/pipe"
  bundles 1 1 >&9
  wait_until 30 grep -q sent "$WORK/receipts"
  expect_status 75 push-opencti --ledger "$WORK/ledger" <(bundles 1 1) 2>"$WORK/second-log"
  expect_contains "$WORK/second-log" "another push-opencti uses the ledger"
  expect_equal "$(statuses)" "pending 4"
  exec 9>&-
  expect_status 0 wait "$push_pid"
}
case_ok "a second run does not use the same ledger, and it can be printed meanwhile" locked

works() { control /state | jq -c '[.works[] | [.status, .tracking.import_expected_number, .tracking.import_processed_number]]'; }

answer_lost() {
  start_kept
  fault '{"service": "opencti", "match": "stixBundlePush", "drop": "before-headers", "processed": true}'
  bundles 1 2 >"$WORK/input"
  run "$WORK/input"
  jq -r 'select(.query | test("stixBundlePush")).variables.work_id' "$STAND_IN_RECORD/operations.ndjson" | sort -u >"$WORK/works"
  expect_lines "$WORK/works" 2
  expect_equal "$(works)" '[["complete",6,6],["complete",6,6]]'
  run "$WORK/input"
  expect_equal "$(statuses)" "held 6"
}
case_ok "a push whose answer was lost is repeated under a work of its own" answer_lost

purged() {
  start_kept --platform-version 7.260818
  bundles 1 2 >"$WORK/input"
  push-opencti --ledger "$WORK/ledger" "$WORK/input" >/dev/null 2>"$WORK/log"
  expect_equal "$(works)" '[["progress",6,0]]'
  press_refresh
  run "$WORK/input"
  expect_equal "$(works)" '[["complete",0,0],["complete",6,6]]'
}
case_ok "a work whose messages went with a reset is closed by the next run" purged

killed() {
  start_kept
  mkfifo "$WORK/pipe"
  push-opencti --ledger "$WORK/ledger" <"$WORK/pipe" >"$WORK/receipts" 2>"$WORK/log" &
  push_pid=$!
  exec 9>"$WORK/pipe"
  bundles 1 1 >&9
  wait_until 30 grep -q sent "$WORK/receipts"
  kill -KILL "$push_pid"
  exec 9>&-
  expect_status 137 wait "$push_pid"
  post "/worker?messages=all"
  expect_equal "$(works)" '[["progress",4,4]]'
  run <(bundles 1 1)
  expect_equal "$(requests)" 1
  expect_equal "$(statuses)" "held 4"
  expect_equal "$(works)" '[["complete",4,4]]'
}
case_ok "the work that a killed run left open is closed by the next run, which sends nothing again" killed

everything() {
  start_kept
  bundles 1 2 >"$WORK/input"
  run "$WORK/input"
  SENTINEL_INCIDENTS_SEND=all run "$WORK/input"
  expect_equal "$(requests)" 2
  run "$WORK/input" --send changed
  expect_equal "$(requests)" 2
}
case_ok "SENTINEL_INCIDENTS_SEND=all sends everything, and the ledger learns from it" everything

no_right() {
  start_kept --capabilities CONNECTORAPI
  bundles 1 1 >"$WORK/input"
  run "$WORK/input"
  run "$WORK/input"
  expect_contains "$WORK/log" "does not tell what has become of the last run's objects"
}
case_ok "a user who may not read works is told so" no_right

in_a_folder_whole() {
  start_kept
  mkdir "$WORK/folder"
  export CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$WORK/folder
  bundles 1 1 >"$WORK/input"
  run "$WORK/input"
  run "$WORK/input"
  expect_equal "$(requests)" 1
  expect_equal "$(jq -c '.bundle.objects | length' "$WORK/folder"/*.json | tr '\n' ' ')" "4 4 "
}
case_ok "the folder gets whole bundles all the same" in_a_folder_whole
finish
