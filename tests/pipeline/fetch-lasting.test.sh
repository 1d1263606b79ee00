#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fetch-incidents where a fault does not pass: it costs the incidents that it meets a place in --failed, and never the others.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=graph_lib.sh
. "$(dirname "$0")/graph_lib.sh"

failed_ids() { jq -r .id "$WORK/failed" | tr '\n' ' '; }

order_ignored_singly() {
  begin 130
  graph '{"orderby_ignored":true,"expand_limit":0}'
  fetch 0
  expect_everything
}
case_ok "a server that ignores \$orderby is found out where incidents are read one by one as well" order_ignored_singly

late_replica() {
  begin 30
  graph '{"expand_limit":0}'
  fault '{"service":"graph","match":"/incidents/1007","status":404,"body":{"error":{"code":"NotFound","message":"not here yet"}}}'
  fetch 65 --failed "$WORK/failed"
  expect_lines "$WORK/out" 29
  expect_equal "$(failed_ids)" "1007 "
  # Asked for by its id, it is there; one that is not there then is not noted again.
  expect_status 0 fetch-incidents --id 1007 --failed "$WORK/failed" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 1
  expect_status 65 fetch-incidents --id no-such --failed "$WORK/failed" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_equal "$(failed_ids)" "1007 "
}
case_ok "an incident that was listed and is then answered with 404 goes to --failed; by its id a 404 is final" late_replica

cut_for_ever() {
  begin 30
  fault '{"service":"graph","match":"$top=50","truncate":"chunked","times":0}'
  fetch 0
  expect_everything
  requests >"$WORK/targets"
  expect_contains "$WORK/targets" '$top=10&'
}
case_ok "a page whose answer is always cut off is asked for in smaller ones" cut_for_ever

for cut in '"truncate":"chunked"' '"drop":"after-headers"' '"html":true,"status":200'; do
  cut_incident() {
    begin 15
    graph '{"expand_limit":0}'
    fault '{"service":"graph","match":"/incidents/1007","times":0,"headers":{"Retry-After":"0"},'"$cut"'}'
    fetch 65 --failed "$WORK/failed" --retry-budget PT2S
    expect_lines "$WORK/out" 14
    expect_equal "$(failed_ids)" "1007 "
  }
  case_ok "one incident whose answer is always cut off ($cut) goes to --failed, and the others come" cut_incident
done

# alerts_lead_to LINK TEXT  the further alerts of incident 1007 lead there; it fails for that reason, and the others come.
alerts_lead_to() {
  begin 30
  graph '{"alerts_page_size":1}'
  link=${1/GRAPH/$STAND_IN_GRAPH_URL}
  fault '{"service":"graph","match":"1007/alerts","times":0,"body":{"value":[{"id":"x"}],"@odata.nextLink":"'"${link/OPENCTI/$STAND_IN_OPENCTI_URL}"'"}}'
  fetch 65 --failed "$WORK/failed"
  expect_lines "$WORK/out" 29
  expect_equal "$(failed_ids)" "1007 "
  expect_contains "$WORK/failed" "$2"
  expect_equal "$(jq -c 'select(.service == "opencti")' "$STAND_IN_RECORD/requests.ndjson" | wc -l)" 0
}
# shellcheck disable=SC2016
case_ok "links to further alerts that go round are that incident's failure alone" \
  alerts_lead_to 'GRAPH/v1.0/security/incidents/1007/alerts?$skip=1' 'in a circle'
case_ok "a link to further alerts at another origin is that incident's failure alone, and the token does not go there" \
  alerts_lead_to 'OPENCTI/v1.0/security/incidents/1007/alerts' 'another server'

# further_alerts FAULT TEXT OPTION…  the request for the further alerts of incident 1007 meets the fault; the incident fails for
# that reason, and the others come.
further_alerts() {
  local fault=$1 text=$2
  shift 2
  begin 30
  graph '{"alerts_page_size":1}'
  fault '{"service":"graph","match":"1007/alerts","times":0,'"${fault//OPENCTI/$STAND_IN_OPENCTI_URL}"'}'
  fetch 65 --failed "$WORK/failed" "$@"
  expect_lines "$WORK/out" 29
  expect_equal "$(failed_ids)" "1007 "
  expect_contains "$WORK/failed" "$text"
  expect_equal "$(jq -c 'select(.service == "opencti")' "$STAND_IN_RECORD/requests.ndjson" | wc -l)" 0
}
case_ok "further alerts that are redirected to another origin are that incident's failure alone" \
  further_alerts '"redirect":"OPENCTI/elsewhere"' 'another server'
case_ok "further alerts that are redirected to garbage are that incident's failure alone" \
  further_alerts '"redirect":"ht!tp:garbage"' '"error"'
case_ok "further alerts that are redirected in a circle are that incident's failure alone" \
  further_alerts '"redirect":"/v1.0/security/incidents/1007/alerts?$skip=1"' '302'
case_ok "further alerts that Graph refuses with 403 are that incident's failure alone" \
  further_alerts '"status":403,"body":{"error":{"code":"Forbidden","message":"no"}}' 'Forbidden: no'
case_ok "further alerts that Graph refuses with 401 are that incident's failure alone" \
  further_alerts '"status":401,"body":{"error":{"code":"InvalidAuthenticationToken","message":"no"}}' 'InvalidAuthenticationToken'
case_ok "further alerts that a proxy refuses with 407 are that incident's failure alone" further_alerts '"status":407' '407'
case_ok "further alerts that ask for a long wait are that incident's failure alone" \
  further_alerts '"status":429,"headers":{"Retry-After":"3600"}' 'Retry-After 3600'
case_ok "further alerts that are never more than a partial answer are that incident's failure alone" \
  further_alerts '"status":206,"body":{"value":[]},"headers":{"Warning":"199 - x","Retry-After":"0"}' 'partial answers only' --retry-budget PT1S
case_ok "further alerts whose connection always breaks are that incident's failure alone" \
  further_alerts '"drop":"before-headers"' 'no answer from Graph' --retry-budget PT1S

# The same for an incident that is read by itself, since no page can be had with alerts.
one_by_one() {
  begin 15
  graph '{"expand_limit":0}'
  fault '{"service":"graph","match":"/incidents/1007?","times":0,'"$1"'}'
  fetch 65 --failed "$WORK/failed"
  expect_lines "$WORK/out" 14
  expect_equal "$(failed_ids)" "1007 "
  # Asked for again by its id, beside another.
  expect_status 65 fetch-incidents --id 1007 --id 1008 --failed "$WORK/failed" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_equal "$(jq -r .id "$WORK/out")" 1008
}
for refusal in '"status":403' '"status":401' '"redirect":"https://elsewhere.example/"'; do
  case_ok "an incident that is read by itself and meets $refusal fails alone, also when it is asked for again" one_by_one "$refusal"
done

# Where Graph does not list incidents either, it is not the incident.
refused_at_large() {
  begin 15
  fault '{"service":"graph","times":0,"status":403}'
  expect_status 77 fetch-incidents --id 1007 --id 1008 --failed "$WORK/failed" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/failed" 0
  control /clear-faults '{}' >/dev/null
  control /revoke '{}' >/dev/null
  expect_status 77 fetch-incidents --id 1007 --failed "$WORK/failed" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/failed" 0
}
case_ok "rights or a token that Graph refuses for all incidents end the run, and no incident is noted" refused_at_large

relative_links() {
  begin 4
  graph '{"alerts_page_size":1}'
  page=$(jq -c --arg link "$1" 'del(.big) | .alerts = .alerts[:1] | ."alerts@odata.nextLink" = $link' "$WORK/incidents" | jq -sc '{value: map(select(.id == "1002"))}')
  fault '{"service":"graph","match":"$top=","body":'"$page"'}'
  fetch 0
  expect_equal "$(jq -r '.alerts[].id' "$WORK/out" | tr '\n' ' ')" "alert-2-0 alert-2-1 alert-2-2 "
}
for link in '/v1.0/security/incidents/1002/alerts?$skip=1' 'incidents/1002/alerts?$skip=1'; do
  case_ok "a relative link to further alerts ($link) leads on from the request" relative_links "$link"
done

list_of_failures() {
  begin 20
  graph '{"failing_incidents":["1000","1001","1002","1003","1004","1005","1006","1007","1008","1009","1010","1011"]}'
  ids=()
  for id in {1000..1012}; do ids+=(--id "$id"); done
  expect_status 65 fetch-incidents "${ids[@]}" --failed "$WORK/failed" --retry-budget PT1S <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_equal "$(jq -r .id "$WORK/out")" 1012
  expect_lines "$WORK/failed" 12
  expect_equal "$(requests | grep -c '/1003?')" 1
  [ "$(requests | grep -c '/1002?')" -gt 1 ] || fail "the third incident was not tried again"
  expect_contains "$WORK/log" '2 more of this kind: rejected: an incident that cannot be fetched'
}
case_ok "of a list of ids that fail again, those after the third get one try, and after ten messages a count" list_of_failures

own_files() {
  begin 5
  cp "$WORK/token" "$WORK/before"
  ln -s "$WORK/token" "$WORK/link"
  expect_status 64 fetch-incidents --since 2026-01-01 --failed "$WORK/link" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" "--failed $WORK/link is the same file as standard input"
  expect_status 64 fetch-incidents --since 2026-01-01 --failed "$WORK/link" --token-file "$WORK/token" </dev/null >"$WORK/out" 2>"$WORK/log"
  expect_same "$WORK/token" "$WORK/before"
  # shellcheck disable=SC2094  # the same file is the point
  expect_status 64 fetch-incidents --since 2026-01-01 --failed "$WORK/out" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" 'is the same file as standard output'
  echo '{}' >"$WORK/state"
  expect_status 64 fetch-incidents --state "$WORK/state" --reading "$WORK/state" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_equal "$(cat "$WORK/state")" '{}'
}
case_ok "a file that is to be written and is read as well, or is standard output, is wrong usage, through links too" own_files

unwritable_failed() {
  begin 5
  expect_status 74 fetch-incidents --check --failed "$WORK/no/such" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/out" 'failed   file of failed incidents: '
  expect_status 74 fetch-incidents --failed "$WORK/no/such" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_status 0 fetch-incidents --check --failed "$WORK/failed" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
}
case_ok "--check tells that the file of --failed cannot be written, with the status of a run" unwritable_failed

torn_failed() {
  begin 5
  graph '{"failing_incidents":["1003"]}'
  printf '{"id":"41","lastUp' >"$WORK/failed"
  fetch 65 --failed "$WORK/failed"
  expect_lines "$WORK/failed" 2
  expect_equal "$(tail -n 1 "$WORK/failed" | jq -r .id)" 1003
}
case_ok "a line that a full disk cut in --failed does not swallow the next one" torn_failed

finish
