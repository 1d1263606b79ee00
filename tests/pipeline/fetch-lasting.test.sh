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
