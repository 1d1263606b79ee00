#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fetch-incidents against a Graph that changes, fails and misleads: nothing is lost, nothing comes twice, the token goes nowhere else.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=graph_lib.sh
. "$(dirname "$0")/graph_lib.sh"

verbatim() {
  begin 1
  cat >"$WORK/odd" <<'LINES'
{"zeta":1.50,"id":"1","lastUpdateDateTime":"2026-01-01T00:00:01.1Z","big":123456789012345678901234567890,"tiny":1E-400,"alpha":"\u00e9é\/\u001b","empty":{},"alerts":[{"id":"a","n":0.10}],"@odata.etag":"x"}
LINES
  stop_stand_ins
  start_stand_in --incidents "$WORK/odd"
  use_stand_in
  fetch-token >"$WORK/token"
  fetch 0
  expect_same "$WORK/out" "$WORK/odd"
}
case_ok "incidents leave as Graph wrote them: order of members, text of numbers, escapes" verbatim

pages_to_the_end() {
  begin 230
  fetch 0
  expect_everything
  expect_lines "$WORK/out" 230
}
case_ok "every page is read to the end" pages_to_the_end

asked_headers() {
  begin 1
  fetch 0
  jq -e 'select(.service == "graph") | .headers | (.prefer // .Prefer) == "include-unknown-enum-members"' "$STAND_IN_RECORD/requests.ndjson" >/dev/null
  requests | head -n 1 >"$WORK/target"
  expect_contains "$WORK/target" '$expand=alerts'
  expect_contains "$WORK/target" '$top=50'
}
case_ok "Graph is asked for unknown enum members and for alerts" asked_headers

changes_while_reading() {
  begin 160
  control /mutate '[{"op":"update","id":"1003","after_page":1},{"op":"update","id":"1055","after_page":2},
    {"op":"add","id":"new","after_page":2},{"op":"update","id":"1159","after_page":3}]' >/dev/null
  fetch 0
  versions "$WORK/out" >"$WORK/got"
  control /ledger | jq -r '.incidents | to_entries[] | "\(.key) \(.value)"' | while read -r version; do
    expect_contains "$WORK/got" "$version"
  done
}
case_ok "an incident updated while pages are read is not missed, and hides no other" changes_while_reading

equal_times() {
  begin 180 'if $i >= 20 and $i < 150 then .lastUpdateDateTime = "2026-01-01T00:00:30.25Z" else . end'
  fetch 0
  expect_everything
  graph '{"snapshot_paging":true}'
  fetch 0
  expect_everything
}
case_ok "equal timestamps beyond a page are read completely" equal_times

order_refused() {
  begin 230
  graph '{"orderby_refused":true}'
  fetch 0
  expect_everything
}
case_ok "a server that refuses \$orderby is read by windows of time" order_refused

order_ignored() {
  begin 130
  graph '{"orderby_ignored":true}'
  fetch 0
  expect_everything
}
case_ok "a server that ignores \$orderby is found out and read by windows of time" order_ignored

order_wrong_once() {
  begin 180
  fault '{"service":"graph","skip":1,"order":"rotated"}'
  fetch 0
  expect_everything
}
case_ok "a page in the wrong order is not taken" order_wrong_once

expand_limited() {
  begin 60
  graph '{"expand_limit":10}'
  fetch 0
  expect_everything
  requests >"$WORK/targets"
  expect_contains "$WORK/targets" '$top=10&'
}
case_ok "a server error at \$expand=alerts is answered by smaller pages" expand_limited

expand_never() {
  begin 15
  graph '{"expand_limit":0}'
  fetch 0
  expect_everything
  expect_equal "$(jq -s 'map(.alerts | length) | unique' -c "$WORK/out")" '[3]'
}
case_ok "where no page can be had with alerts, incidents are read one by one" expand_never

broken_incident() {
  begin 30
  graph '{"failing_incidents":["1007"]}'
  fetch 65 --failed "$WORK/failed"
  expect_equal "$(jq -r .id "$WORK/out" | grep -c .)" 29
  expect_equal "$(jq -c '[keys_unsorted, .id, .lastUpdateDateTime]' "$WORK/failed")" \
    '[["id","lastUpdateDateTime","error","request_id"],"1007","2026-01-01T00:00:07.1000007Z"]'
  expect_equal "$(stat -c %a "$WORK/failed")" 600
}
case_ok "one incident that can never be fetched goes to --failed and does not hold up the others" broken_incident

broken_incident_alone() {
  begin 30
  graph '{"failing_incidents":["1007"]}'
  fetch 75
  expect_equal "$(jq -r .id "$WORK/out" | tail -n 1)" 1006
  expect_contains "$WORK/log" '--failed'
}
case_ok "without --failed such an incident ends the run with 75, after all that comes before it" broken_incident_alone

failed_by_id() {
  begin 5
  graph '{"failing_incidents":["1003"]}'
  fetch-incidents --id 1003 --id 1004 --failed "$WORK/failed" <"$WORK/token" >"$WORK/out" 2>"$WORK/log" || status=$?
  expect_equal "${status:-0}" 65
  expect_equal "$(jq -r .id "$WORK/out")" 1004
  expect_equal "$(jq -r .id "$WORK/failed")" 1003
  graph '{"failing_incidents":[]}'
  expect_status 0 fetch-incidents --id 1003 <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_equal "$(jq -r '[.id, has("@odata.context")] | join(" ")' "$WORK/out")" '1003 false'
}
case_ok "single incidents are fetched by id, and one that fails is noted" failed_by_id

alerts_pages() {
  begin 4 'if $i == 2 then .alerts = [range(45) | {id: "many-\(.)"}] else . end'
  graph '{"alerts_page_size":10}'
  fetch 0
  expect_everything
  expect_same "$WORK/out" "$WORK/incidents"
}
case_ok "alerts@odata.nextLink is followed, and the incident comes whole" alerts_pages

partial_answer() {
  begin 20
  fault '{"service":"graph","warning":"199 - \"Vendor/Provider/504/10000\"","headers":{"Retry-After":"0"},"times":2}'
  fetch 0
  expect_everything
}
case_ok "a 206 with a Warning is asked again and not written" partial_answer

partial_for_ever() {
  begin 20
  fault '{"service":"graph","warning":true,"times":0}'
  fetch 75 --retry-budget PT1S
  expect_lines "$WORK/out" 0
}
case_ok "a 206 that does not end leads to 75, and nothing of it is written" partial_for_ever

empty_pages() {
  begin 120
  fault '{"service":"graph","empty_page":true,"skip":1}'
  fetch 0
  expect_everything
}
case_ok "an empty page with a nextLink is not taken for the end" empty_pages

repeating_link() {
  begin 20
  fault '{"service":"graph","next_link":"repeat","times":0}'
  fetch 75
  expect_contains "$WORK/log" 'circle'
}
case_ok "a nextLink that repeats stops with an error in place of an endless loop" repeating_link

# The other service of the stand-in is another origin: another port.
foreign_link() {
  begin 20
  fault '{"service":"graph","next_link":"'"$STAND_IN_OPENCTI_URL"'/v1.0/security/incidents?x=1","times":0}'
  fetch 69
  expect_contains "$WORK/log" 'another server'
  expect_equal "$(jq -c 'select(.service == "opencti")' "$STAND_IN_RECORD/requests.ndjson" | wc -l)" 0
}
case_ok "a nextLink to another origin is refused, and the token is never sent there" foreign_link

foreign_redirect() {
  begin 20
  fault '{"service":"graph","redirect":"'"$STAND_IN_OPENCTI_URL"'/v1.0/security/incidents"}'
  fetch 69
  expect_equal "$(jq -c 'select(.service == "opencti")' "$STAND_IN_RECORD/requests.ndjson" | wc -l)" 0
}
case_ok "a redirect to another origin is refused, and the token is never sent there" foreign_redirect

own_redirect() {
  begin 20
  fault '{"service":"graph","status":307,"redirect":"/v1.0/security/incidents?$expand=alerts&$orderby=lastUpdateDateTime%20asc&$top=50"}'
  fetch 0
  expect_everything
}
case_ok "a redirect within Graph is followed" own_redirect

for passing in 429 500 502 503 504; do
  passing_status() {
    begin 70
    fault '{"service":"graph","skip":1,"status":'"$passing"',"headers":{"Retry-After":"0"},"times":2}'
    fetch 0
    expect_everything
  }
  case_ok "a page that fails with $passing comes at a later try" passing_status
done

for cut in '"drop":"before-headers"' '"drop":"reset"' '"drop":"after-headers"' '"truncate":"length"' '"truncate":"chunked"' '"html":true'; do
  cut_off() {
    begin 70
    fault '{"service":"graph","skip":1,'"$cut"'}'
    fetch 0
    expect_everything
  }
  case_ok "an answer that is broken ($cut) is asked for again" cut_off
done

# What Graph saw shows when it was asked again.
waits_until() {
  begin 70
  until=$(($(date +%s) + 2))
  fault '{"service":"graph","skip":1,"status":429,"headers":{"Retry-After":"'"$(date -u -d "@$until" '+%a, %d %b %Y %H:%M:%S GMT')"'"}}'
  fetch 0
  expect_everything
  jq -c 'select(.service == "graph")' "$STAND_IN_RECORD/requests.ndjson" >"$WORK/asked"
  expect_equal "$(sed -n 2p "$WORK/asked" | jq .status)" 429
  again=$(sed -n 3p "$WORK/asked" | jq -r '.at[0:19]')
  [[ ! $again < $(date -u -d "@$until" +%Y-%m-%dT%H:%M:%S) ]] || fail "asked again at $again"
}
case_ok "a Retry-After that is a date is waited for" waits_until

long_wait_by_date() {
  begin 20
  fault '{"service":"graph","status":503,"headers":{"Retry-After":"'"$(date -u -d '+1 hour' '+%a, %d %b %Y %H:%M:%S GMT')"'"}}'
  fetch 75
  expect_contains "$WORK/log" 'Retry-After '
  expect_equal "$(requests | wc -l)" 1
}
case_ok "a Retry-After date beyond the budget ends the run at once with 75" long_wait_by_date

long_wait() {
  begin 20
  fault '{"service":"graph","status":429,"headers":{"Retry-After":"3600"}}'
  fetch 75
  expect_contains "$WORK/log" 'Retry-After 3600'
}
case_ok "a Retry-After beyond the budget ends the run at once with 75" long_wait

graph_down() {
  begin 1
  fault '{"service":"graph","status":503,"times":0}'
  fetch 69 --retry-budget PT1S
  SENTINEL_INCIDENTS_API_BASE_URL=http://127.0.0.1:1 fetch 69 --retry-budget PT0S
}
case_ok "a Graph that is down leads to 69 after its retries" graph_down

no_rights() {
  begin 1
  fault '{"service":"graph","status":403,"body":{"error":{"code":"Forbidden","message":"Missing roles","innerError":{"request-id":"r-1"}}}}'
  fetch 77
  expect_contains "$WORK/log" 'Forbidden: Missing roles'
  expect_contains "$WORK/log" 'SecurityIncident.Read.All'
}
case_ok "a refusal is told in Graph's words, with the permission that is missing" no_rights

hostile_message() {
  begin 1
  fault '{"service":"graph","status":403,"body":{"error":{"code":"x","message":"\u001b]0;title\u0007\nsecond line"}}}'
  fetch 77
  [ -z "$(tr -d '\n\040-\176' <"$WORK/log")" ] || fail "control characters reach the terminal: $(cat -v "$WORK/log")"
}
case_ok "terminal escapes in Graph's text never reach standard error raw" hostile_message

bomb_depth() {
  begin 1
  fault '{"service":"graph","times":0,"body":"{\"value\":[{\"id\":\"1\",\"x\":'"$(printf '[%.0s' $(seq 1 200))$(printf ']%.0s' $(seq 1 200))"'}]}"}'
  fetch 69 --retry-budget PT0S
  expect_contains "$WORK/log" 'nested deeper than 128'
}
case_ok "an answer that nests too deep is rejected" bomb_depth

filter_and_range() {
  begin 60
  fetch 0 --filter "severity eq 'high'" --until 2026-01-01T00:00:20Z
  expect_equal "$(jq -r .id "$WORK/out" | tr '\n' ' ')" "1000 1002 1004 1006 1008 1010 1012 1014 1016 1018 "
}
case_ok "--filter and --until narrow the range" filter_and_range

wrong_filter() {
  begin 5
  fetch 78 --filter 'severity = high'
  expect_contains "$WORK/log" 'correct --filter: Graph refuses it: HTTP status 400'
  expect_lines "$WORK/log" 2
  expect_status 78 fetch-incidents --check --filter 'severity = high' <"$WORK/token" >"$WORK/out"
  expect_contains "$WORK/out" 'failed   Graph incidents: correct --filter: Graph refuses it'
  SENTINEL_INCIDENTS_FILTER='severity = high' fetch 78
  expect_contains "$WORK/log" 'correct SENTINEL_INCIDENTS_FILTER (config.yml: sentinel_incidents.filter)'
  # Where Graph refuses everything, it is not the filter.
  fault '{"service":"graph","status":400,"times":0,"body":{"error":{"code":"BadRequest","message":"no such segment"}}}'
  fetch 78 --filter "severity eq 'high'"
  expect_contains "$WORK/log" 'Graph refuses the request: HTTP status 400, BadRequest: no such segment; check SENTINEL_INCIDENTS_INCIDENT_PATH'
  expect_lacks "$WORK/log" 'windows'
}
case_ok "a filter that Graph refuses ends with 78 and one message that names it, in Graph's words" wrong_filter

filter_without_order() {
  begin 60
  graph '{"orderby_refused":true}'
  fetch 0 --filter "severity eq 'high'"
  expect_lines "$WORK/out" 30
}
case_ok "a filter and a refused \$orderby are read by windows of time" filter_without_order

overlap() {
  begin 30
  fetch 0
  jq -c 'select(.id != "1028")' "$WORK/out" | jq -r '"\(.id) \(.lastUpdateDateTime)"' | while read -r id time; do
    printf '%s\n%s' "$id" "$time" | sha256sum | cut -c 1-16
  done | jq -Rnc '{last_incident_timestamp: 1767225629, last_incident_update: "2026-01-01T00:00:29.1000029Z",
    delivered: [inputs]}' >"$WORK/state"
  control /mutate '[{"op":"update","id":"1002"},{"op":"add","id":"late","last_update":"2026-01-01T00:00:05Z"}]' >/dev/null
  expect_status 0 fetch-incidents --state "$WORK/state" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_equal "$(jq -r .id "$WORK/out" | tr '\n' ' ')" "late 1028 1002 "
}
case_ok "the overlap brings late arrivals, and leaves out what was delivered unchanged" overlap

other_writer() {
  begin 10
  echo '{"last_incident_timestamp":1767225605,"last_incident_update":"2026-01-01T00:00:09.1Z","delivered":["0000000000000000"]}' >"$WORK/state"
  expect_status 0 fetch-incidents --overlap 0 --state "$WORK/state" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_equal "$(jq -r .id "$WORK/out" | tr '\n' ' ')" "1004 1005 1006 1007 1008 1009 "
}
case_ok "after another connector wrote the state, fetching starts a second before its time" other_writer

unusable_state() {
  begin 1
  : >"$WORK/empty"
  expect_status 78 fetch-incidents --state "$WORK/empty" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  echo 'not JSON' >"$WORK/bad"
  expect_status 78 fetch-incidents --state "$WORK/bad" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  for file in "$WORK/missing" "$WORK" /dev/zero; do
    expect_status 78 fetch-incidents --state "$file" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  done
  echo '{}' >"$WORK/none"
  expect_status 0 fetch-incidents --state "$WORK/none" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 1
}
case_ok "an empty, unreadable or missing state file is 78, and {} starts at the import start date" unusable_state

# Of a page the reader takes nothing until the token has run out; Graph closes each connection after its answer.
slow_reader() {
  begin 300 '.text = ("x" * 20000)'
  fault '{"service":"graph","drop":"after-answer","times":0}'
  mkfifo "$WORK/pipe" "$WORK/tokens"
  fetch-incidents --since 2026-01-01 <"$WORK/tokens" >"$WORK/pipe" 2>"$WORK/log" &
  pid=$!
  exec 6>"$WORK/tokens" 5<"$WORK/pipe"
  cat "$WORK/token" >&6
  wait_until 20 sh -c "[ \"\$(jq -c 'select(.service == \"graph\")' '$STAND_IN_RECORD/requests.ndjson' | wc -l)\" -ge 2 ]"
  control '/clock?advance=7200' '' >/dev/null
  fetch-token >&6
  cat <&5 >"$WORK/out"
  exec 5<&- 6>&-
  expect_status 0 wait "$pid"
  expect_everything
  # The first token is worth nothing any more.
  expect_status 77 fetch-incidents --id 1000 <"$WORK/token" >"$WORK/one" 2>"$WORK/log"
}
case_ok "a slow reader does not time the fetch out, even one slower than a token lives" slow_reader

# A pipe holds far less than a page of a megabyte.
next_page_early() {
  begin 300 '.text = ("x" * 20000)'
  mkfifo "$WORK/pipe"
  fetch-incidents --since 2026-01-01 <"$WORK/token" >"$WORK/pipe" 2>"$WORK/log" &
  pid=$!
  exec 5<"$WORK/pipe"
  wait_until 20 sh -c "[ \"\$(jq -c 'select(.service == \"graph\")' '$STAND_IN_RECORD/requests.ndjson' | wc -l)\" -ge 2 ]"
  cat <&5 >"$WORK/out"
  exec 5<&-
  expect_status 0 wait "$pid"
  expect_everything
}
case_ok "the next page is asked for while the last one is written" next_page_early

short_budget() {
  begin 30
  graph '{"failing_incidents":["1007"]}'
  fetch 65 --failed "$WORK/failed" --retry-budget PT1S
  expect_lines "$WORK/out" 29
  expect_equal "$(jq -r .id "$WORK/failed")" 1007
}
case_ok "one incident that can never be fetched goes to --failed under a short retry budget as well" short_budget

reader_gone() {
  begin 300 '.text = ("x" * 20000)'
  set +e
  fetch-incidents --since 2026-01-01 <"$WORK/token" 2>"$WORK/log" | head -n 3 >"$WORK/out"
  status=${PIPESTATUS[0]}
  set -e
  expect_equal "$status" 141
  expect_lines "$WORK/out" 3
}
case_ok "a reader that goes away ends fetching with 141" reader_gone

stopped() {
  begin 120
  fault '{"service":"graph","skip":1,"hang":true}'
  fetch-incidents --since 2026-01-01 <"$WORK/token" >"$WORK/out" 2>"$WORK/log" &
  wait_until 20 sh -c "[ \"\$(wc -l <'$WORK/out')\" -eq 50 ]"
  kill -TERM $!
  expect_status 143 wait $!
  control /release '' >/dev/null
}
case_ok "SIGTERM ends a request in flight at once, and what was written is whole" stopped

finish
