#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fetch-token against the login stand-in: records, refusals, retries, --follow; and how its tokens reach fetch-incidents.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=fetch_lib.sh
. "$(dirname "$0")/fetch_lib.sh"
# shellcheck disable=SC2034  # read by begin
held=120

logins() { jq -c 'select(.service == "login")' "$STAND_IN_RECORD/requests.ndjson" | wc -l; }

one_record() {
  begin
  fetch-token >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 1
  expect_equal "$(jq -c keys_unsorted "$WORK/out")" '["token_type","access_token","expires_at"]'
  expect_equal "$(jq -r '.token_type' "$WORK/out")" Bearer
  jq -e '(.expires_at | fromdate) - now | . > 3500 and . < 3600' "$WORK/out" >/dev/null
}
case_ok "one token is one record, with its expiry" one_record

wrong_secret() {
  begin
  SENTINEL_INCIDENTS_CLIENT_SECRET='not the & secret' expect_status 77 fetch-token >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 0
  expect_contains "$WORK/log" 'invalid_client: AADSTS7000215'
  expect_contains "$WORK/log" "often the secret's id was copied"
  expect_lacks "$WORK/log" 'not the & secret'
  expect_equal "$(logins)" 1
  expect_equal "$(grep -c . "$WORK/log")" 2
  sed -n 1p "$WORK/log" | grep -qF 'SECRET is wrong; often' || fail "the advice does not come first: $(cat "$WORK/log")"
  # One cause is one error, of the tool that met it.
  (SENTINEL_INCIDENTS_CLIENT_SECRET=wrong fetch-token | fetch-incidents || [ $? -eq 77 ]) >"$WORK/out" 2>"$WORK/log"
  expect_equal "$(grep -c 'error: ' "$WORK/log")" 1
  : | expect_status 77 fetch-incidents --check >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/out" 'skipped  Graph token: no token came'
  expect_lacks "$WORK/out" failed
}
case_ok "a wrong secret is 77: first what to do, then the service's words, one error, asked once only" wrong_secret

unresolved_name() {
  begin
  SENTINEL_INCIDENTS_LOGIN_URL=https://login.invalid SENTINEL_INCIDENTS_RETRY_BUDGET=PT1S \
    expect_status 69 fetch-token >"$WORK/out" 2>"$WORK/log"
  sed -n 1p "$WORK/log" >"$WORK/first"
  expect_contains "$WORK/first" 'fetch-token: warning: no token from https://login.invalid, next try '
  expect_contains "$WORK/first" 'Could not resolve host: login.invalid; check the name in the settings'
}
case_ok "a name that does not resolve is told at the first try" unresolved_name

proxy_down() {
  begin
  https_proxy=http://me:word@127.0.0.1:1 SENTINEL_INCIDENTS_LOGIN_URL=https://login.invalid \
    expect_status 69 fetch-token --retry-budget PT0S >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" 'the proxy of https_proxy cannot be reached: Failed to connect to 127.0.0.1 port 1'
  expect_lacks "$WORK/log" 'word@'
}
case_ok "a proxy that refuses the connection is named as the proxy" proxy_down

wrong_tenant() {
  begin
  SENTINEL_INCIDENTS_TENANT_ID=other.example expect_status 77 fetch-token >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" AADSTS90002
  SENTINEL_INCIDENTS_CLIENT_ID=other expect_status 77 fetch-token >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" AADSTS700016
}
case_ok "an unknown tenant or application is 77" wrong_tenant

all_faults() {
  own_folder
  SENTINEL_INCIDENTS_LOGIN_URL=http://login.example SENTINEL_INCIDENTS_TENANT_ID=common expect_status 78 fetch-token 2>"$WORK/log"
  for name in SENTINEL_INCIDENTS_CLIENT_ID SENTINEL_INCIDENTS_CLIENT_SECRET SENTINEL_INCIDENTS_LOGIN_URL SENTINEL_INCIDENTS_TENANT_ID; do
    expect_contains "$WORK/log" "$name"
  done
}
case_ok "missing and wrong settings are told all at once, a plain http login among them" all_faults

secret_file() {
  begin
  printf '%s\n' "$SENTINEL_INCIDENTS_CLIENT_SECRET" >"$WORK/secret"
  unset SENTINEL_INCIDENTS_CLIENT_SECRET
  SENTINEL_INCIDENTS_CLIENT_SECRET_FILE=$WORK/secret fetch-token >"$WORK/out"
  expect_lines "$WORK/out" 1
}
case_ok "the secret may come from a file" secret_file

header_injection() {
  begin
  SENTINEL_INCIDENTS_TENANT_ID=$'a\r\nX-Evil: 1' expect_status 78 fetch-token >"$WORK/out" 2>"$WORK/log"
  expect_equal "$(logins)" 0
}
case_ok "a line break in a setting is refused" header_injection

passing_trouble() {
  begin
  fault '[{"service":"login","status":503,"headers":{"Retry-After":"0"},"times":2},{"service":"login","drop":"reset"},
    {"service":"login","truncate":"length"}]'
  fetch-token >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 1
  fault '{"service":"login","status":503,"times":0}'
  expect_status 69 fetch-token --retry-budget PT1S >"$WORK/out" 2>"$WORK/log"
}
case_ok "passing trouble is retried, lasting trouble is 69" passing_trouble

long_wait() {
  begin
  for wait in 3600 "$(date -u -d '+1 hour' '+%a, %d %b %Y %H:%M:%S GMT')"; do
    fault '{"service":"login","status":429,"headers":{"Retry-After":"'"$wait"'"}}'
    expect_status 75 fetch-token >"$WORK/out" 2>"$WORK/log"
    [ ! -s "$WORK/out" ] || fail "a record was written"
  done
  expect_equal "$(logins)" 2
}
case_ok "a Retry-After beyond the budget, in seconds or as a date, ends with 75 at once" long_wait

redirected() {
  begin
  fault '{"service":"login","status":307,"redirect":"'"$STAND_IN_OPENCTI_URL"'/x"}'
  expect_status 78 fetch-token >"$WORK/out" 2>"$WORK/log"
  expect_equal "$(jq -c 'select(.service == "opencti")' "$STAND_IN_RECORD/requests.ndjson" | wc -l)" 0
}
case_ok "a redirect is not followed: the secret goes to the login service only" redirected

follow_ends() {
  begin
  mkfifo "$WORK/pipe"
  fetch-token --follow >"$WORK/pipe" 2>"$WORK/log" &
  head -n 1 "$WORK/pipe" >"$WORK/out"
  expect_status 0 wait $!
  expect_lines "$WORK/out" 1
}
case_ok "--follow ends at once, with 0, when its reader goes away" follow_ends

follow_renews() {
  begin --expires-in 2
  # A token of two seconds is renewed after one.
  { fetch-token --follow 2>"$WORK/log" || true; } | head -n 3 >"$WORK/out"
  expect_equal "$(jq -r .access_token "$WORK/out" | sort -u | wc -l)" 3
}
case_ok "--follow writes a fresh record before each expiry" follow_renews

follow_stopped() {
  begin
  fetch-token --follow >"$WORK/out" 2>"$WORK/log" &
  wait_until 20 test -s "$WORK/out"
  kill -TERM $!
  expect_status 143 wait $!
}
case_ok "--follow ends at SIGTERM" follow_stopped

follow_hanging() {
  begin
  fault '{"service":"login","hang":true}'
  mkfifo "$WORK/pipe"
  fetch-token --follow >"$WORK/pipe" 2>"$WORK/log" &
  pid=$!
  exec 5<"$WORK/pipe"
  wait_until 20 sh -c "curl --noproxy '*' -fsS '$STAND_IN_CONTROL_URL/hanging' | grep -q 1"
  exec 5<&-
  expect_status 0 wait "$pid"
  control /release '' >/dev/null
}
case_ok "--follow ends at once even while the login service does not answer" follow_hanging

token_forms() {
  begin
  token=$(fetch-token | jq -r .access_token)
  run() { fetch-incidents --id 7 2>"$WORK/log" | jq -r .id; }
  expect_equal "$(printf '%s' "$token" | run)" 7 'bare token'
  expect_equal "$(printf '%s\r\n' "$token" | run)" 7 'bare token with CR LF'
  expect_equal "$(printf '"%s"\n' "$token" | run)" 7 'JSON string'
  expect_equal "$(jq -n --arg t "$token" '{accessToken: $t, expiresOn: "2026-01-01 00:00:00.000000", tokenType: "Bearer"}' | run)" 7 "az's object"
  expect_equal "$(jq -nc --arg t "$token" '{access_token: "old"}, {access_token: $t}' | run)" 7 'the last of two records'
  printf '%s' "$token" >"$WORK/token"
  expect_equal "$(fetch-incidents --token-file "$WORK/token" --id 7 2>/dev/null | jq -r .id)" 7 '--token-file'
}
case_ok "a token record, az's JSON, a JSON string and a bare token are all taken" token_forms

no_token() {
  begin
  expect_status 77 fetch-incidents </dev/null >"$WORK/out" 2>"$WORK/log"
  echo '{"error":"x"}' | expect_status 65 fetch-incidents >"$WORK/out" 2>"$WORK/log"
  echo 'two words' | expect_status 65 fetch-incidents >"$WORK/out" 2>"$WORK/log"
  for file in "$WORK/missing" "$WORK" /dev/zero; do
    expect_status 66 fetch-incidents --token-file "$file" >"$WORK/out" 2>"$WORK/log"
  done
  echo refused | expect_status 77 fetch-incidents >"$WORK/out" 2>"$WORK/log"
}
case_ok "no token, something that is none, and a refused one each have their exit status" no_token

expired_in_mid_run() {
  begin
  fetch-token >"$WORK/token"
  fault '{"service":"graph","skip":1,"status":401,"times":0,"body":{"error":{"code":"InvalidAuthenticationToken","message":"expired"}}}'
  expect_status 75 fetch-incidents <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" '--follow'
  expect_lines "$WORK/out" 50
}
case_ok "a 401 in mid-run with no further token ends with 75, a hint and whole lines" expired_in_mid_run

next_token_in_mid_run() {
  begin
  mkfifo "$WORK/pipe"
  fault '{"service":"graph","skip":1,"hang":true}'
  fetch-incidents <"$WORK/pipe" >"$WORK/out" 2>"$WORK/log" &
  pid=$!
  exec 5>"$WORK/pipe"
  fetch-token >&5
  wait_until 20 sh -c "curl --noproxy '*' -fsS '$STAND_IN_CONTROL_URL/hanging' | grep -q 1"
  # Every token so far is revoked, and the next one comes only after Graph has refused the old one.
  control /revoke '' >/dev/null
  control /release '' >/dev/null
  wait_until 20 sh -c "jq -e 'select(.service == \"graph\" and .status == 401)' '$STAND_IN_RECORD/requests.ndjson'"
  fetch-token >&5
  exec 5>&-
  expect_status 0 wait "$pid"
  expect_lines "$WORK/out" 120
}
case_ok "a 401 in mid-run is answered with the newest token, and the run goes on" next_token_in_mid_run

# Each page takes longer than half the life of a token.
outlived_tokens() {
  begin --expires-in 2 --latency-ms 800
  fetch-token --follow 2>"$WORK/token-log" | fetch-incidents --top 25 >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 120
  [ "$(logins)" -ge 2 ] || fail "one token did for the whole run"
}
case_ok "a run that outlasts its tokens goes on with those of fetch-token --follow, and both end with 0" outlived_tokens

no_secrets() {
  begin
  fetch-token --log-level debug 2>"$WORK/log" | fetch-incidents --log-level debug >"$WORK/out" 2>>"$WORK/log"
  expect_lines "$WORK/out" 120
  expect_lacks "$WORK/log" "$SENTINEL_INCIDENTS_CLIENT_SECRET"
  token=$(fetch-token | jq -r .access_token)
  printf '%s' "$token" | fetch-incidents --log-level debug --id 1 >"$WORK/out" 2>"$WORK/log"
  expect_lacks "$WORK/log" "$token"
}
case_ok "neither the secret nor a token is ever logged" no_secrets

finish
