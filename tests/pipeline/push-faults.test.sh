#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# push-opencti against a platform that fails: what was sent, what the receipts say, what the state is.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"

# passing FAULT PUSHES  the fault meets the first push; then everything arrives, PUSHES requests in all.
passing() {
  start --platform-version 6.9.17
  save_state
  fault "$1"
  bundles 1 3 | push
  expect_equal "$(receipts_of)" "1 2 3 "
  expect_equal "$(asked stixBundlePush)" "$2"
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 3)"
  expect_equal "$(control /ledger | jq '.acknowledged | length')" 3
}
push_fault() { jq -nc --argjson more "$1" '{service: "opencti", match: "stixBundlePush"} + $more'; }
case_ok "after HTTP 500 a push is sent again" passing "$(push_fault '{"status": 500, "body": {"status": "error", "error": "boom"}}')" 2
case_ok "after a proxy's 502 with HTML a push is sent again" passing "$(push_fault '{"status": 502, "html": true}')" 2
case_ok "after 429 with Retry-After a push is sent again" passing "$(push_fault '{"status": 429, "headers": {"Retry-After": "1"}}')" 2
case_ok "after a connection closed before the answer a push is sent again" passing "$(push_fault '{"drop": "before-headers"}')" 2
case_ok "after a connection closed by reset a push is sent again" passing "$(push_fault '{"drop": "reset"}')" 2
case_ok "after a connection closed once the push had taken effect it is sent again" passing "$(push_fault '{"drop": "before-headers", "processed": true}')" 2
case_ok "after a truncated answer a push is sent again" passing "$(push_fault '{"truncate": "length", "processed": true}')" 2
case_ok "after LOCK_ERROR a push is sent again" passing "$(push_fault '{"error": {"code": "LOCK_ERROR", "message": "Execution timeout, too many concurrent call on the same entities"}}')" 2
case_ok "after DATABASE_ERROR a push is sent again" passing "$(push_fault '{"error": {"code": "DATABASE_ERROR", "message": "Search engine seems down"}}')" 2
case_ok "after one AUTH_REQUIRED, as a starting platform says it, a push is sent again" passing "$(push_fault '{"error": {"code": "AUTH_REQUIRED", "message": "You must be logged in to do this."}}')" 2

hanging() {
  start
  save_state
  fault "$(push_fault '{"hang": true}')"
  bundles 1 3 | push --request-timeout 1
  expect_equal "$(receipts_of)" "1 2 3 "
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 3)"
}
case_ok "a push that is never answered ends by its time limit and is sent again" hanging

# lasting FAULT STATUS  the fault meets every push but the first; incident 1 is safe, nothing else is claimed.
lasting() {
  start --platform-version 6.9.17
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT1S
  save_state
  fault "$1"
  mkfifo "$WORK/pipe"
  push-opencti --advance-from "$WORK/state" <"$WORK/pipe" >"$WORK/receipts" 2>"$WORK/log" &
  pid=$!
  exec 9>"$WORK/pipe"
  bundles 1 1 >&9
  wait_until 20 grep -q '"1"' "$WORK/receipts"
  bundles 2 5 >&9
  exec 9>&-
  expect_status "$2" wait "$pid"
  expect_equal "$(receipts_of)" "1 "
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 1)"
  expect_equal "$(control /state | jq -r '.works[0].status')" complete
  expect_equal "$(asked workEdit.toProcessed)" 1
}
case_ok "a platform that stays away ends the run with 69, and only what it took is in receipts and state" lasting "$(push_fault '{"skip": 1, "times": 0, "status": 503}')" 69
case_ok "a token that is refused in mid-run ends the run with 77" lasting "$(push_fault '{"skip": 1, "times": 0, "error": {"code": "AUTH_REQUIRED", "message": "You must be logged in to do this."}}')" 77
case_ok "a missing right ends the run with 77" lasting "$(push_fault '{"skip": 1, "times": 0, "error": {"code": "FORBIDDEN_ACCESS", "message": "You are not allowed to do this."}}')" 77
case_ok "a platform that asks for an hour's patience ends the run with 75" lasting "$(push_fault '{"skip": 1, "times": 0, "status": 503, "headers": {"Retry-After": "3600"}}')" 75
case_ok "a platform that asks for patience until a date an hour ahead ends the run with 75" lasting "$(push_fault '{"skip": 1, "times": 0, "status": 429, "headers": {"Retry-After": "'"$(date -u -d '+1 hour' '+%a, %d %b %Y %H:%M:%S GMT')"'"}}')" 75

work_in_error() {
  start
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S
  save_state
  fault "$(push_fault '{"times": 0, "status": 503}')"
  expect_status 69 push < <(bundles 1 1)
  jq -c 'select(.query | contains("toProcessed")) | .variables.inError' "$STAND_IN_RECORD/operations.ndjson" >"$WORK/closed"
  expect_equal "$(cat "$WORK/closed")" true
  expect_equal "$(state)" '{}'
}
case_ok "when push itself failed the work is closed in error" work_in_error

refused_at_once() {
  start
  fault '{"service": "opencti", "match": "about", "times": 0, "error": {"code": "AUTH_REQUIRED", "message": "You must be logged in to do this."}}'
  expect_status 77 push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  expect_contains "$WORK/log" "OPENCTI_TOKEN"
  expect_lines "$WORK/receipts" 0
}
case_ok "a wrong token is refused with 77 and a hint" refused_at_once

too_old() {
  start
  fault '{"service": "opencti", "match": "about", "status": 200, "body": {"data": {"about": {"version": "6.3.9"}}}}'
  expect_status 78 push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  expect_contains "$WORK/log" "too old"
  expect_equal "$(asked registerConnector)" 0
}
case_ok "a platform older than 6.4 is refused before anything is registered" too_old

proxy_limit() {
  start --proxy-limit 20000
  save_state
  bundles 1 60 | push
  expect_equal "$(receipts_of | wc -w)" 60
  expect_equal "$(arrived | wc -w)" 60
  [ "$(asked stixBundlePush)" -gt 2 ] || fail "nothing was divided"
}
case_ok "a proxy's 413 makes the batches smaller, and nothing is lost" proxy_limit

body_limit() {
  start --body-limit 20000
  save_state
  bundles 1 60 | push
  expect_equal "$(arrived | wc -w)" 60
}
case_ok "the platform's own HTTP 500 \"request entity too large\" makes the batches smaller" body_limit

large_incident() {
  start --body-limit 30000
  save_state
  bundles 1 1 | jq -c '.objects = ([range(300) as $n | {type: "url", spec_version: "2.1", id: "url--\($n)", value: "https://example.com/\($n)"}] + .objects)' |
    push
  expect_equal "$(receipts_of)" "1 "
  expect_equal "$(pushed_bundles | jq -r '.objects[] | select(.type == "url") | .id' | sort -u | wc -l)" 300
  # The case comes last, since it refers to the others.
  expect_equal "$(pushed_bundles | tail -n 1 | jq '[.objects[] | select(.type == "case-incident")] | length')" 1
}
case_ok "an incident larger than a request may be arrives in pieces" large_incident

large_object() {
  start --body-limit 30000
  expect_first_too_large 40000
  expect_equal "$(arrived)" "1 2 "
}
case_ok "a single object over the limit is rejected visibly, and the rest of its incident is pushed" large_object

all_refused() {
  start --refuse-bundles-with bundle
  save_state
  expect_status 69 push --rejects "$WORK/rejects" < <(bundles 1 9)
  expect_lines "$WORK/receipts" 0
  expect_lines "$WORK/rejects" 0
  expect_equal "$(state)" '{}'
}
case_ok "three bundles refused in a row with none taken end the run with 69, nothing rejected, the state unmoved" all_refused

bad_lines() {
  start
  save_state
  { echo 'not json'; bundles 1 1; echo '{"type": "report"}'; bundles 2 2; } >"$WORK/input"
  expect_status 65 push --rejects "$WORK/rejects" "$WORK/input"
  expect_equal "$(receipts_of)" "1 2 "
  printf '%s\n' 'not json' '{"type": "report"}' >"$WORK/expected"
  expect_same "$WORK/rejects" "$WORK/expected"
  expect_contains "$WORK/log" "line 1: not a JSON object"
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 2)"
  expect_status 65 push-opencti --strict "$WORK/input" >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" 0
}
case_ok "a line that is no bundle goes to the rejects, and --strict stops there" bad_lines

# lost_answer SKIP  the answer to a ping is lost after it took effect. Sent again alone it would undo a reset that came in between.
lost_answer() {
  start
  save_state
  fault "{\"service\": \"opencti\", \"match\": \"pingConnector\", \"skip\": $1, \"times\": 1, \"processed\": true, \"drop\": \"before-headers\"}"
  bundles 1 3 | push
  jq -r '.query | if contains("registerConnector") then "register" elif contains("pingConnector") then "ping" else empty end' \
    "$STAND_IN_RECORD/operations.ndjson" >"$WORK/order"
  expect_equal "$(grep -c ping "$WORK/order")" 3
  expect_equal "$(uniq -d "$WORK/order" | grep -c ping || true)" 0 "pings without a registration before them"
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 3)"
}
case_ok "when the answer to the first ping is lost, the connector registers before the next" lost_answer 0
case_ok "when the answer to the last ping is lost, no kept connection repeats it, and the connector registers before the next" lost_answer 1

# Refused, with none taken before, the first bundle is doubtful: it waits, and with it more lines than a run holds.
flood_behind_doubt() {
  start --refuse-bundles-with '"Case 1"'
  save_state
  mkfifo "$WORK/pipe"
  push-opencti --advance-from "$WORK/state" --rejects "$WORK/rejects" <"$WORK/pipe" >"$WORK/receipts" 2>"$WORK/log" &
  pid=$!
  exec 9>"$WORK/pipe"
  bundles 1 1 >&9
  refused() { [ "$(asked stixBundlePush)" -ge 2 ]; }
  wait_until 60 refused
  yes garbage | head -n 70000 >&9 || true
  bundles 2 3 >&9
  exec 9>&-
  expect_status 65 wait "$pid"
  expect_equal "$(receipts_of)" "2 3 "
  expect_lines "$WORK/rejects" 70001
}
case_ok "more bad lines than a run holds behind a doubtful bundle neither stop it nor go missing" flood_behind_doubt

escaped_names() {
  start
  save_state
  bundles 1 2 | sed 's/"objects"/"obj\\u0065cts"/; s/"id"/"\\u0069d"/g' >"$WORK/input"
  grep -qF 'obj\u0065cts' "$WORK/input"
  push "$WORK/input"
  expect_equal "$(receipts_of)" "1 2 "
  expect_equal "$(arrived)" "1 2 "
}
case_ok "member names written with escapes are read as what they stand for" escaped_names

no_secrets() {
  start
  export OPENCTI_CUSTOM_HEADERS="X-Gate:gate-secret-1"
  fault "$(push_fault '{"times": 1, "status": 503}')"
  bundles 1 1 | push-opencti --log-level debug >"$WORK/receipts" 2>"$WORK/log"
  for file in "$WORK/receipts" "$WORK/log"; do
    expect_lacks "$file" "$OPENCTI_TOKEN"
    expect_lacks "$file" gate-secret-1
  done
  : >"$WORK/missing"
  OPENCTI_URL='' OPENCTI_TOKEN='' CONNECTOR_ID=x expect_status 78 push-opencti </dev/null 2>"$WORK/log"
  for name in OPENCTI_URL OPENCTI_TOKEN CONNECTOR_ID; do expect_contains "$WORK/log" "$name"; done
}
case_ok "no secret is in receipts or messages, and every missing setting is named at once" no_secrets

finish
