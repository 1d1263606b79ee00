#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fetch-token and fetch-incidents among people who wish them ill: on the wire, in the answers, in the settings, on the same machine.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=fetch_lib.sh
. "$(dirname "$0")/fetch_lib.sh"
# shellcheck source=certificate_lib.sh
. "$(dirname "$0")/certificate_lib.sh"

requests_of() { jq -c --arg service "$1" 'select(.service == $service)' "$STAND_IN_RECORD/requests.ndjson"; }

# begin_tls NAMES  begins with a certificate for these, from an authority of the case: $certificates/ca.pem.
begin_tls() {
  certificates=$(mktemp -d "$WORK/certificates.XXXXXX")
  authority
  certificate server ca "subjectAltName=$1"
  begin --tls-certificate "$certificates/server.pem" --tls-key "$certificates/server.key"
}

private_ca() {
  begin_tls 'IP:127.0.0.1'
  HTTPS_CA_CERTIFICATES=$certificates/ca.pem fetch-token >"$WORK/token"
  HTTPS_CA_CERTIFICATES=$certificates/ca.pem fetch-incidents <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 60
  HTTPS_CA_CERTIFICATES=$(cat "$certificates/ca.pem") fetch-incidents <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 60
}
case_ok "a private authority is trusted by its file or by its PEM text" private_ca

graph_requests() { jq -r "select(.service == \"graph\") | $1" "$STAND_IN_RECORD/requests.ndjson"; }

one_connection() {
  begin_tls 'IP:127.0.0.1'
  export HTTPS_CA_CERTIFICATES=$certificates/ca.pem
  fetch-token >"$WORK/token"
  fetch-incidents <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 60
  [ "$(graph_requests .target | wc -l)" -ge 2 ] || fail "there was one page only"
  expect_equal "$(graph_requests .connection | sort -u | wc -l)" 1 "connections"
  expect_equal "$(graph_requests .tls | sort -u)" new
}
case_ok "all pages come over one connection" one_connection

session_again() {
  begin_tls 'IP:127.0.0.1'
  export HTTPS_CA_CERTIFICATES=$certificates/ca.pem
  fetch-token >"$WORK/token"
  control /fault '{"service": "graph", "skip": 1, "times": 1, "drop": "reset"}' >/dev/null
  fetch-incidents <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 60
  expect_equal "$(graph_requests .tls | tail -n 1)" resumed
}
case_ok "when a connection is lost, the next one resumes its TLS session" session_again

unknown_ca() {
  begin_tls 'IP:127.0.0.1'
  expect_status 69 fetch-token >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" 'HTTPS_CA_CERTIFICATES'
  expect_contains "$WORK/log" 'certificate'
  echo some-token | expect_status 69 fetch-incidents >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" 'HTTPS_CA_CERTIFICATES'
  [ ! -s "$STAND_IN_RECORD/requests.ndjson" ] || fail "a request was sent over an unverified connection"
}
case_ok "an unknown authority is 69 at once, with a word on how to trust it, and nothing is sent" unknown_ca

other_host() {
  begin_tls 'DNS:login.example'
  export HTTPS_CA_CERTIFICATES=$certificates/ca.pem
  expect_status 69 fetch-token >"$WORK/out" 2>"$WORK/log"
  echo some-token | expect_status 69 fetch-incidents >"$WORK/out" 2>"$WORK/log"
  [ ! -s "$STAND_IN_RECORD/requests.ndjson" ] || fail "a request was sent to a host of another name"
}
case_ok "a certificate for another host is refused, and nothing is sent" other_host

verification_stays() {
  begin_tls 'IP:127.0.0.1'
  OPENCTI_SSL_VERIFY=false expect_status 69 fetch-token >"$WORK/out" 2>"$WORK/log"
  echo some-token | OPENCTI_SSL_VERIFY=false expect_status 69 fetch-incidents >"$WORK/out" 2>"$WORK/log"
}
case_ok "OPENCTI_SSL_VERIFY=false does not reach login and Graph" verification_stays

old_tls() {
  own_folder
  authority
  certificate server ca subjectAltName=IP:127.0.0.1
  # The server's own choice of port is in its first line of output: "ACCEPT [::]:40001" or "ACCEPT 0.0.0.0:40001".
  openssl s_server -accept 127.0.0.1:0 -cert "$WORK/server.pem" -key "$WORK/server.key" -tls1_1 -cipher 'ALL:@SECLEVEL=0' -www \
    >"$WORK/server" 2>&1 </dev/null &
  # shellcheck disable=SC2031
  stand_in_pids+=("$!")  # ended with the case
  wait_until 20 grep -q '^ACCEPT' "$WORK/server"
  port=$(sed -n 's/^ACCEPT.*:\([0-9]*\).*/\1/p' "$WORK/server")
  echo some-token | HTTPS_CA_CERTIFICATES=$certificates/ca.pem SENTINEL_INCIDENTS_API_BASE_URL=https://127.0.0.1:$port \
    expect_status 69 fetch-incidents --retry-budget PT0S >"$WORK/out" 2>"$WORK/log"
}
case_ok "a server that speaks nothing newer than TLS 1.1 is refused" old_tls

in_the_clear() {
  own_folder
  for address in http://graph.example http://10.0.0.1 http://127.0.0.1.example 'http://127.0.0.1@graph.example' \
    ftp://127.0.0.1 'https://graph.example?x=' 'https://graph.example/#x' $'https://graph.example/\r\nX-Evil: 1'; do
    SENTINEL_INCIDENTS_API_BASE_URL=$address expect_status 78 fetch-incidents <<<some-token >"$WORK/out" 2>"$WORK/log"
    expect_contains "$WORK/log" SENTINEL_INCIDENTS_API_BASE_URL
  done
}
case_ok "Graph is spoken to in the clear on loopback addresses only" in_the_clear

header_injection() {
  begin
  for setting in SENTINEL_INCIDENTS_INCIDENT_PATH SENTINEL_INCIDENTS_API_BASE_URL; do
    env "$setting"=$'http://127.0.0.1/x HTTP/1.1\r\nX-Evil: 1' bash -c \
      'fetch-incidents; [ $? -eq 78 ]' <<<some-token >"$WORK/out" 2>"$WORK/log"
  done
  # Within an OData condition a line break is encoded, like everything else.
  fetch-token >"$WORK/token"
  SENTINEL_INCIDENTS_FILTER=$'severity eq \'x\'\r\nX-Evil: 1&$top=1' fetch-incidents <"$WORK/token" >"$WORK/out" 2>"$WORK/log" || true
  fetch-incidents --id $'1\r\nX-Evil: 1?/../..' <"$WORK/token" >"$WORK/out" 2>"$WORK/log" || true
  requests_of graph >"$WORK/asked"
  expect_lacks "$WORK/asked" 'x-evil'
  expect_lacks "$WORK/asked" '/../'
  printf 'token\tX-Evil: 1\n' | expect_status 65 fetch-incidents >"$WORK/out" 2>"$WORK/log"
  jq -nc '{access_token: "token\r\nX-Evil: 1"}' | expect_status 65 fetch-incidents >"$WORK/out" 2>"$WORK/log"
}
case_ok "neither a setting, an option nor a token can add a header or leave the path" header_injection

token_with_line_break() {
  begin
  fault '{"service":"login","status":200,"times":0,"body":{"token_type":"Bearer","access_token":"a\r\nX-Evil: 1","expires_in":3599}}'
  expect_status 69 fetch-token >"$WORK/out" 2>"$WORK/log"
  [ ! -s "$WORK/out" ] || fail "a record was written: $(cat "$WORK/out")"
}
case_ok "a token that no header can hold is not handed on" token_with_line_break

bomb_size() {
  begin --page-size 50
  # 300 MB, which gzip makes small on the way.
  { printf '{"id":"huge","lastUpdateDateTime":"2026-06-01T00:00:00Z","alerts":[{"x":"'; head -c 300000000 /dev/zero | tr '\0' x; printf '"}]}\n'; } >"$WORK/huge"
  stop_stand_ins
  start_stand_in --incidents "$WORK/incidents" --incidents "$WORK/huge"
  use_stand_in
  fetch-token >"$WORK/token"
  expect_status 65 fetch-incidents --failed "$WORK/failed" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 60
  expect_equal "$(jq -r .id "$WORK/failed")" huge
  expect_contains "$WORK/failed" 'larger than'
}
case_ok "an incident beyond the limit of an answer goes to --failed, and the others come" bomb_size

bomb_login() {
  begin
  jq -nc '{service: "login", status: 200, times: 0, body: ("{\"access_token\":\"" + ("x" * 2000000) + "\"}")}' >"$WORK/fault"
  control /fault @"$WORK/fault" >/dev/null
  expect_status 69 fetch-token --retry-budget PT0S >"$WORK/out" 2>"$WORK/log"
  control /clear-faults '' >/dev/null
  jq -nc '{service: "login", status: 200, times: 0, body: ("[" * 100000)}' >"$WORK/fault"
  control /fault @"$WORK/fault" >/dev/null
  expect_status 69 fetch-token --retry-budget PT0S >"$WORK/out" 2>"$WORK/log"
  [ ! -s "$WORK/out" ] || fail "a record was written"
}
case_ok "a login answer that is too large or nests too deep is no token" bomb_login

bomb_token() {
  begin
  jq -nr '"x" * 3000000' >"$WORK/long"
  jq -nr '"{" * 3000000' >"$WORK/open"
  jq -nr '"{\"a\":" * 500 + "1" + "}" * 500' >"$WORK/deep"
  for input in long open deep; do expect_status 65 fetch-incidents <"$WORK/$input" >"$WORK/out" 2>"$WORK/log"; done
}
case_ok "token input without end or bottom is refused" bomb_token

command_lines() {
  begin
  fault '[{"service":"login","hang":true},{"service":"graph","hang":true}]'
  fetch-token 2>"$WORK/log" | fetch-incidents >"$WORK/out" 2>>"$WORK/log" &
  pid=$!
  for hanging in login graph; do
    wait_until 20 sh -c "curl --noproxy '*' -fsS '$STAND_IN_CONTROL_URL/hanging' | grep -q 1"
    for process in /proc/[0-9]*; do
      tr '\0' '\n' <"$process/cmdline" >>"$WORK/cmdlines" 2>/dev/null || true
    done
    expect_lacks "$WORK/cmdlines" "$SENTINEL_INCIDENTS_CLIENT_SECRET"
    expect_contains "$WORK/cmdlines" "fetch-incidents"
    control /release '' >/dev/null
    [ "$hanging" = graph ] || wait_until 20 sh -c "jq -e 'select(.service == \"login\")' '$STAND_IN_RECORD/requests.ndjson'"
  done
  expect_status 0 wait "$pid"
  expect_lines "$WORK/out" 60
  for option in --client-secret --token --access-token; do
    expect_status 64 fetch-token "$option" x 2>"$WORK/log"
    expect_status 64 fetch-incidents "$option" x <<<some-token 2>"$WORK/log"
  done
}
case_ok "no secret is ever in a command line, and no option takes one" command_lines

echoed_secrets() {
  begin
  fetch-token >"$WORK/token"
  token=$(jq -r .access_token "$WORK/token")
  # A proxy that quotes what it was sent.
  fault "$(jq -nc --arg token "$token" --arg secret "$SENTINEL_INCIDENTS_CLIENT_SECRET" \
    '[{service: "graph", status: 403, times: 0, body: {error: {code: "x", message: "Authorization: Bearer \($token) is refused"}}},
      {service: "login", status: 400, times: 0, body: {error: "invalid_client", error_description: "client_secret=\($secret) is wrong"}}]')"
  expect_status 77 fetch-incidents --log-level debug <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lacks "$WORK/log" "$token"
  expect_status 77 fetch-token --log-level debug >"$WORK/out" 2>"$WORK/log"
  expect_lacks "$WORK/log" "$SENTINEL_INCIDENTS_CLIENT_SECRET"
  expect_status 77 fetch-token --log-format json >"$WORK/out" 2>"$WORK/log"
  expect_lacks "$WORK/log" "$SENTINEL_INCIDENTS_CLIENT_SECRET"
}
case_ok "a peer that quotes the secret or the token back does not bring it into the log" echoed_secrets

echoed_form() {
  begin
  export SENTINEL_INCIDENTS_CLIENT_SECRET='a+b/c=d e"f&hijklmnop'
  fault "$(jq -nc --arg form "grant_type=client_credentials&client_secret=$(jq -rn 'env.SENTINEL_INCIDENTS_CLIENT_SECRET | @uri')" \
    '{service: "login", status: 403, times: 0, content_type: "text/html", body: "<p>Blocked: \($form)</p>"}')"
  expect_status 69 fetch-token >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" 'Blocked'
  expect_lacks "$WORK/log" 'hijklmnop'
}
case_ok "a proxy that quotes the request for a token back does not bring the encoded secret into the log" echoed_form

proxy_password() {
  local proxy
  begin
  export SENTINEL_INCIDENTS_API_BASE_URL=https://graph.example SENTINEL_INCIDENTS_LOGIN_URL=https://login.example
  for proxy in http://user:hijklmnop@127.0.0.1:99999 'http://user:hijkl mnop@127.0.0.1:1' ftp://user:hijklmnop@127.0.0.1 user:hijkl/mnop@127.0.0.1:1; do
    for option in --retry-budget=PT0S --check; do
      https_proxy=$proxy expect_status 69 fetch-token "$option" >"$WORK/log" 2>&1
      https_proxy=$proxy expect_status 69 fetch-incidents "$option" <<<some-token >>"$WORK/log" 2>&1
      expect_contains "$WORK/log" '***@127.0.0.1'
      expect_lacks "$WORK/log" 'mnop'
    done
  done
}
case_ok "the password of a proxy whose address cannot be read does not come into the log" proxy_password

failed_echo() {
  begin
  fetch-token >"$WORK/token"
  token=$(jq -r .access_token "$WORK/token")
  fault "$(jq -nc --arg token "$token" '{service: "graph", status: 500, times: 0, body: {error: {code: "x", message: "Bearer \($token)"}}}')"
  expect_status 65 fetch-incidents --id 1 --failed "$WORK/failed" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lacks "$WORK/failed" "$token"
  expect_lacks "$WORK/log" "$token"
}
case_ok "a token that Graph quotes back does not reach --failed either" failed_echo

no_files() {
  begin
  mkdir "$WORK/tmp" "$WORK/cwd"
  cd "$WORK/cwd"
  fetch-token >"$WORK/token"
  control /graph '{"orderby_refused":true}' >/dev/null
  TMPDIR=$WORK/tmp fetch-incidents --failed "$WORK/failed" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 60
  expect_equal "$(find "$WORK/tmp" "$WORK/cwd" -mindepth 1)" '' 'what was left'
}
case_ok "no temporary file is left behind" no_files

failed_link() {
  begin
  fetch-token >"$WORK/token"
  control /graph '{"failing_incidents":["7"]}' >/dev/null
  expect_status 74 fetch-incidents --failed /dev/full <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  jq -en '[inputs.id | tonumber] | all(. < 7)' "$WORK/out" >/dev/null || fail "incidents after the lost one were written"
}
case_ok "a --failed file that cannot be written stops the run before the next incident" failed_link

closed_streams() {
  begin
  fetch-token >"$WORK/token"
  expect_status 74 fetch-token <&- >&- 2>"$WORK/log"
  expect_status 74 fetch-incidents --token-file "$WORK/token" <&- >&- 2>"$WORK/log"
  expect_contains "$WORK/log" 'standard output'
  echo '{"id":"1","createdDateTime":"2026-03-02T08:00:00Z","lastUpdateDateTime":"2026-03-02T08:00:00Z"}' >"$WORK/incident"
  expect_status 74 map-stix "$WORK/incident" <&- >&- 2>"$WORK/log"
  # Messages that go nowhere end nothing, not even where the pipe that a signal comes through could have taken them.
  expect_status 0 fetch-incidents --log-level debug --token-file "$WORK/token" <&- 2>&- >"$WORK/out"
  expect_lines "$WORK/out" "$held"
}
case_ok "records never go elsewhere where standard output is closed" closed_streams

redirect_loop() {
  begin
  fault '{"service":"graph","redirect":"/v1.0/security/incidents?x=1","times":0}'
  fetch-token >"$WORK/token"
  expect_status 69 fetch-incidents --retry-budget PT0S <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  [ "$(requests_of graph | wc -l)" -le 7 ] || fail "redirects are followed without end"
}
case_ok "redirects that go round end the run" redirect_loop

foreign_alerts_link() {
  begin
  jq -nc --arg url "$STAND_IN_OPENCTI_URL" '{id: "a", lastUpdateDateTime: "2026-06-01T00:00:00Z", alerts: [],
    "alerts@odata.nextLink": "\($url)/alerts"}' >"$WORK/incidents"
  stop_stand_ins
  start_stand_in --incidents "$WORK/incidents"
  use_stand_in
  fetch-token >"$WORK/token"
  expect_status 65 fetch-incidents --failed "$WORK/failed" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" 'another server'
  expect_lines "$WORK/out" 0
}
case_ok "an alerts@odata.nextLink to another origin is refused" foreign_alerts_link

finish
