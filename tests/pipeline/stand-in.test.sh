#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The stand-in services themselves, as a client meets them: what they break, refuse and record. The rules behind them
# (filters, versions, works) are tested in tests/unit/stand-in.
# The dollars of GraphQL and OData are not the shell's:
# shellcheck disable=SC2016
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

for i in 1 2 3 4 5 6 7; do
  printf '{"id":"%s","lastUpdateDateTime":"2026-01-01T00:00:0%s.5Z","status":"awaitingAction","alerts":[{"id":"a%s"}]}\n' "$i" "$i" "$i"
done >"$WORK/incidents"

web() { curl --noproxy '*' -sS --max-time 20 "$@"; }
# ask_token SECRET  asks login for a token; prints the answer.
ask_token() {
  web "$STAND_IN_LOGIN_URL/$STAND_IN_TENANT_ID/oauth2/v2.0/token" -d grant_type=client_credentials -d "client_id=$STAND_IN_CLIENT_ID" \
    --data-urlencode "scope=$STAND_IN_GRAPH_URL/.default" -d "client_secret=$1"
}
log_in() { TOKEN=$(ask_token "$STAND_IN_CLIENT_SECRET" | jq -r .access_token); }
graph() { web -H "Authorization: Bearer $TOKEN" "$@"; }
graphql() { web -H "Authorization: Bearer $STAND_IN_OPENCTI_TOKEN" -H 'Content-Type: application/json' "$STAND_IN_OPENCTI_URL/graphql" "$@"; }
# expect_curl N ARGUMENT…  curl must end with that exit status of its own.
expect_curl() { expect_status "$1" graph -o /dev/null "${@:2}" 2>/dev/null; }
list() { echo "$STAND_IN_GRAPH_URL/v1.0/security/incidents"; }

login_refuses_in_microsofts_form() {
  start_stand_in
  ask_token wrong >"$WORK/answer"
  expect_equal "$(jq -r '.error, .error_codes[0]' "$WORK/answer")" $'invalid_client\n7000215'
  jq -e '.error_description | test("^AADSTS7000215: .*\r\nTrace ID: .*\r\nCorrelation ID: .*\r\nTimestamp: ")' "$WORK/answer"
  expect_equal "$(web "$STAND_IN_LOGIN_URL/nowhere/oauth2/v2.0/token" -d grant_type=client_credentials | jq '.error_codes[0]')" 90002
  log_in
  expect_equal "$(graph -o /dev/null -w '%{http_code}' "$(list)")" 200
  control /revoke '' >/dev/null
  expect_equal "$(graph -o /dev/null -w '%{http_code}' "$(list)")" 401
}
case_ok "login refuses in Microsoft's form, and Graph takes only tokens that are valid" login_refuses_in_microsofts_form

tokens_expire_by_the_clock() {
  start_stand_in --expires-in 100
  log_in
  control '/clock?advance=99' '' >/dev/null
  expect_equal "$(graph -o /dev/null -w '%{http_code}' "$(list)")" 200
  control '/clock?advance=2' '' >/dev/null
  expect_equal "$(graph -o /dev/null -w '%{http_code}' "$(list)")" 401
}
case_ok "a token expires by the stand-in's clock" tokens_expire_by_the_clock

# all_pages OPTION…  prints the ids over all pages of an ascending list.
all_pages() {
  local url
  start_stand_in --incidents "$WORK/incidents" --page-size 3 "$@"
  log_in
  url="$(list)?%24orderby=lastUpdateDateTime%20asc&%24top=50&%24filter=lastUpdateDateTime%20ge%202026-01-01T00:00:02.5Z"
  while [ "$url" != null ]; do
    graph "$url" >"$WORK/page"
    jq -r '.value[].id' "$WORK/page"
    url=$(jq -r '.["@odata.nextLink"]' "$WORK/page")
  done
}
pages_lead_to_the_end() {
  expect_equal "$(all_pages | tr '\n' ' ')" '2 3 4 5 6 7 '
  expect_equal "$(all_pages --snapshot-paging | tr '\n' ' ')" '2 3 4 5 6 7 '
}
case_ok "nextLink leads to every incident once, by offset and by snapshot" pages_lead_to_the_end

ties_have_no_order() {
  sed 's/T00:00:0[0-9]/T00:00:00/' "$WORK/incidents" >"$WORK/ties"
  start_stand_in --incidents "$WORK/ties"
  log_in
  control /graph '{"unstable_ties":true}' >/dev/null
  graph "$(list)?%24orderby=lastUpdateDateTime%20asc" | jq -r '.value[].id' >"$WORK/first"
  graph "$(list)?%24orderby=lastUpdateDateTime%20asc" | jq -r '.value[].id' >"$WORK/second"
  expect_status 1 cmp -s "$WORK/first" "$WORK/second"
  expect_equal "$(sort "$WORK/first")" "$(sort "$WORK/second")"
}
case_ok "incidents of one time come in another order at each request where that is asked" ties_have_no_order

answers_follow_the_headers() {
  start_stand_in --incidents "$WORK/incidents"
  log_in
  expect_equal "$(graph "$(list)/3?%24expand=alerts" | jq -c '[.status, .alerts[0].id]')" '["unknownFutureValue","a3"]'
  expect_equal "$(graph -H 'Prefer: include-unknown-enum-members' "$(list)/3" | jq -c '[.status, .alerts]')" '["awaitingAction",null]'
  graph -H 'Accept-Encoding: gzip' -D "$WORK/headers" "$(list)" | gzip -d | jq -e '.value | length == 7'
  grep -qi '^content-encoding: gzip' "$WORK/headers"
  expect_equal "$(graph -H 'client-request-id: mine' -o /dev/null -D - "$(list)/none" | tr -d '\r' | grep -ic -e '^client-request-id: mine' -e '^HTTP/1.1 404')" 2
}
case_ok "Graph's answers follow the request's headers" answers_follow_the_headers

connections_break_as_ordered() {
  start_stand_in --incidents "$WORK/incidents"
  log_in
  control /fault '[{"drop":"before-headers"},{"drop":"reset"},{"drop":"after-headers"},{"truncate":"length"},{"truncate":"chunked"}]' >/dev/null
  expect_curl 52 "$(list)"
  expect_curl 56 "$(list)"
  expect_curl 18 "$(list)"
  expect_curl 18 "$(list)"
  expect_curl 18 "$(list)"
  expect_curl 0 "$(list)"
  control /fault '[{"drop":"after-answer"}]' >/dev/null
  # The second request finds the kept connection closed and takes a new one.
  graph "$(list)/1" "$(list)/2" -w '%{num_connects}\n' -o "$WORK/one" -o "$WORK/two" >"$WORK/connects"
  expect_equal "$(tr '\n' ' ' <"$WORK/connects")" '1 1 '
  jq -e '.id == "1"' "$WORK/one"
  jq -e '.id == "2"' "$WORK/two"
}
case_ok "a connection breaks where the fault says" connections_break_as_ordered

requests_hang_until_released() {
  start_stand_in --incidents "$WORK/incidents"
  log_in
  control /fault '[{"hang":true},{"truncate":"stall"}]' >/dev/null
  graph "$(list)/1" >"$WORK/hung" &
  wait_until 20 hanging_is 1
  control /release '' >/dev/null
  wait $!
  jq -e '.id == "1"' "$WORK/hung"
  expect_curl 18 "$(list)" &
  wait_until 20 hanging_is 1
  control /release '' >/dev/null
  wait $!
}
hanging_is() { [ "$(control /hanging | jq .hanging)" -eq "$1" ]; }
case_ok "a request hangs, before the answer or within, until it is released" requests_hang_until_released

graph_errs_as_ordered() {
  start_stand_in --incidents "$WORK/incidents"
  log_in
  control /graph '{"orderby_refused":true,"expand_limit":10,"failing_incidents":["4"]}' >/dev/null
  status_of() { graph -o /dev/null -w '%{http_code}' "$1"; }
  expect_equal "$(status_of "$(list)?%24orderby=lastUpdateDateTime%20asc")" 400
  expect_equal "$(status_of "$(list)?%24expand=alerts&%24top=11")" 500
  expect_equal "$(status_of "$(list)?%24expand=alerts&%24top=3")" 200
  expect_equal "$(status_of "$(list)?%24expand=alerts&%24top=7")" 500
  expect_equal "$(status_of "$(list)/4?%24expand=alerts")" 500
  expect_equal "$(status_of "$(list)/4")" 200
  control /fault '[{"warning":true},{"empty_page":true},{"next_link":"repeat"},{"redirect":"http://localhost:9/"}]' >/dev/null
  expect_equal "$(status_of "$(list)")" 206
  expect_equal "$(graph "$(list)" | jq -c '[(.value | length), (.["@odata.nextLink"] | test("incidents$"))]')" '[0,true]'
  expect_equal "$(graph "$(list)" | jq -c '[(.value | length), (.["@odata.nextLink"] | test("incidents$"))]')" '[7,true]'
  expect_equal "$(status_of "$(list)")" 302
  control /fault '[{"count_off":2},{"fill":3000000},{"depth":500},{"order":"reversed"}]' >/dev/null
  expect_equal "$(graph "$(list)?%24count=true" | jq '.["@odata.count"]')" 9
  expect_equal "$(graph "$(list)" | jq '.value[0].id | length')" 3000000
  expect_equal "$(graph "$(list)" | tr -d -c '[' | wc -c)" 501
  expect_equal "$(graph "$(list)" | jq -r '.value[0].id')" 1
}
case_ok "Graph errs as it was told" graph_errs_as_ordered

opencti_refuses_by_its_rules() {
  start_stand_in --platform-version 6.9.17 --body-limit 3000 --proxy-limit 4000 --refuse-bundles-with poison
  local about='{"query":"query { about { version } }"}'
  expect_equal "$(graphql -d "$about" | jq -r .data.about.version)" 6.9.17
  expect_equal "$(web "$STAND_IN_OPENCTI_URL/graphql" -H 'Authorization: Bearer wrong' -d "$about" -w '%{http_code}' | jq -r 'if type == "object" then .errors[0].name else . end' | tr '\n' ' ')" 'AUTH_REQUIRED 200 '
  head -c 3100 /dev/zero | tr '\0' ' ' >"$WORK/large"
  expect_equal "$(graphql --data-binary "@$WORK/large" -w '%{http_code}')" '{"status":"error","error":"request entity too large"}500'
  head -c 4100 /dev/zero | tr '\0' ' ' >"$WORK/large"
  expect_equal "$(graphql --data-binary "@$WORK/large" -o /dev/null -w '%{http_code} %{content_type}')" '413 text/html'
  control /fault '{"match":"about","error":{"code":"LOCK_ERROR","message":"busy"}}' >/dev/null
  expect_equal "$(graphql -d "$about" | jq -r '.errors[0].extensions.code')" LOCK_ERROR
}
case_ok "OpenCTI refuses by its rules" opencti_refuses_by_its_rules

what_takes_effect_first() {
  start_stand_in
  graphql -d '{"query":"mutation R($i: RegisterConnectorInput) { registerConnector(input: $i) { id } }","variables":{"i":{"id":"c","name":"Test","type":"EXTERNAL_IMPORT"}}}' >/dev/null
  control /fault '[{"match":"stixBundlePush","processed":true,"drop":"before-headers"},{"match":"stixBundlePush","drop":"before-headers"}]' >/dev/null
  local push='{"query":"mutation { stixBundlePush(connectorId: \"c\", bundle: \"{\\\"type\\\":\\\"bundle\\\",\\\"objects\\\":[{\\\"id\\\":\\\"a--1\\\"}]}\") }"}'
  expect_status 52 graphql -d "$push" 2>/dev/null
  expect_status 52 graphql -d "$push" 2>/dev/null
  expect_equal "$(control /ledger | jq .bundles)" 1
  expect_lines "$STAND_IN_RECORD/bundles.ndjson" 1
  expect_equal "$(control /counts | jq .opencti.stixBundlePush)" 2
  expect_lines "$STAND_IN_RECORD/operations.ndjson" 3
}
case_ok "a request whose connection drops has taken effect only where the fault says so" what_takes_effect_first

tls_is_served() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=stand-in -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$WORK/key.pem" -out "$WORK/certificate.pem" 2>/dev/null
  start_stand_in --incidents "$WORK/incidents" --tls-certificate "$WORK/certificate.pem" --tls-key "$WORK/key.pem"
  expect_status 60 web "$STAND_IN_GRAPH_URL/" 2>/dev/null
  expect_equal "$(web --cacert "$WORK/certificate.pem" -o /dev/null -w '%{http_code}' "$STAND_IN_GRAPH_URL/v1.0/security/incidents")" 401
}
case_ok "login, Graph and OpenCTI speak TLS where they have a certificate" tls_is_served

no_secret_is_recorded() {
  start_stand_in --incidents "$WORK/incidents"
  log_in
  graph -o /dev/null "$(list)"
  graphql -d '{"query":"query { about { version } }"}' >/dev/null
  control /state >/dev/null
  expect_lines "$STAND_IN_RECORD/requests.ndjson" 3
  for secret in "$TOKEN" "$STAND_IN_CLIENT_SECRET" "$STAND_IN_OPENCTI_TOKEN" guest; do
    if grep -rqF -e "$secret" "$STAND_IN_RECORD"; then fail "a secret is in the record"; fi
  done
}
case_ok "no secret is recorded" no_secret_is_recorded

wrong_orders_are_refused() {
  expect_status 78 stand-in --incidents "$WORK/none"
  expect_status 78 stand-in --page-size 0
  expect_status 78 stand-in --nonsense
  echo '{"fautls":[]}' >"$WORK/scenario"
  expect_status 78 stand-in --scenario "$WORK/scenario"
  start_stand_in
  expect_equal "$(web -d '{"statsu":1}' "$STAND_IN_CONTROL_URL/fault" | jq -r .error)" 'a fault has no member "statsu"'
}
case_ok "an order that the stand-in does not know is refused" wrong_orders_are_refused

finish
