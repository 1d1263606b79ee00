#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# push-opencti among people who wish it ill: in the bundles, in the platform's answers, in the settings, on the wire.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"

# A C0 and a C1 escape, a bell, a line end, a separator and a mark that turns the direction, as JSON writes them.
hostile='\u001b]0;owned\u0007\u001b[2J\r\npush-opencti: error: forged\u009b31m\u007f\u2028\u202eabc'

# expect_quiet_terminal FILE  nothing but printable characters, line ends, and UTF-8 that no terminal acts upon.
expect_quiet_terminal() {
  if LC_ALL=C grep -aP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]' "$1" >"$WORK/steering"; then
    fail "$1 would steer a terminal: $(head -n 3 "$WORK/steering" | cat -v)"
  fi
}
nested() { head -c "$1" /dev/zero | tr '\0' '['; head -c "$1" /dev/zero | tr '\0' ']'; }
# deep_bundle N DEPTH  the bundle of incident N, its case with a member that nests so deep.
deep_bundle() { bundles "$1" "$1" | sed "s/\"name\":\"Case $1\"/&,\"x_odd\":$(nested "$2")/"; }
requests() { jq -c 'select(.service == "opencti")' "$STAND_IN_RECORD/requests.ndjson"; }

bomb_depth() {
  start
  save_state
  { deep_bundle 1 100; deep_bundle 2 200; deep_bundle 3 20000; bundles 4 4; } >"$WORK/input"
  expect_status 65 push --rejects "$WORK/rejects" "$WORK/input"
  expect_equal "$(receipts_of)" "1 4 "
  expect_lines "$WORK/rejects" 2
  expect_equal "$(arrived)" "1 4 "
}
case_ok "a bundle that nests deeper than 128 is rejected, and the others are pushed" bomb_depth

bomb_size() {
  start
  save_state
  { bundles 1 1; head -c 300000000 /dev/zero | tr '\0' x; echo; bundles 2 2; } >"$WORK/input"
  expect_status 65 push "$WORK/input"
  expect_equal "$(receipts_of)" "1 2 "
  expect_contains "$WORK/log" 'line 2: longer than'
}
case_ok "a line of more than 256 MB is rejected, and the others are pushed" bomb_size

# Every answer of the platform's in turn is a bomb; none is followed, and none counts as an acknowledgement.
bombed() {
  start
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S
  save_state
  for operation in about registerConnector pingConnector workAdd stixBundlePush; do
    jq -nc --arg operation "$operation" "$1"' | {service: "opencti", match: $operation, times: 0} + .' >"$WORK/fault"
    control /fault @"$WORK/fault" >/dev/null
    expect_status 69 push < <(bundles 1 1)
    expect_lines "$WORK/receipts" 0
    [ "$(wc -c <"$WORK/log")" -lt 4000 ] || fail "the bomb is in the log"
    control /clear-faults '' >/dev/null
  done
  expect_equal "$(state | jq -r '.last_incident_update // "none"')" none
}
case_ok "an answer that nests without bottom ends the run with 69, whatever was asked" bombed '{status: 200, depth: 100000}'
case_ok "an answer of 20 MB ends the run with 69, whatever was asked" bombed '{status: 200, fill: 20000000}'

steering_platform() {
  start
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S
  for format in text json; do
    fault '{"service": "opencti", "match": "stixBundlePush", "error": {"code": "'"$hostile"'", "message": "'"$hostile"'"}}'
    expect_status 69 push-opencti --log-format "$format" --log-level debug < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
    expect_quiet_terminal "$WORK/log"
    expect_contains "$WORK/log" owned
  done
  jq -e . "$WORK/log" >/dev/null
  fault '{"service": "opencti", "match": "about", "status": 200, "body": {"data": {"about": {"version": "'"$hostile"'"}}}}'
  expect_status 69 push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  expect_quiet_terminal "$WORK/log"
  fault '{"service": "opencti", "match": "about", "status": 404, "body": "'"$hostile"'"}'
  expect_status 78 push-opencti --check >"$WORK/out" 2>"$WORK/log"
  expect_quiet_terminal "$WORK/out"
  expect_quiet_terminal "$WORK/log"
}
case_ok "what a platform says reaches messages in a form that steers no terminal" steering_platform

steering_bundles() {
  start
  { bundles 1 1 | jq -c --arg text "$(jq -n "\"$hostile\"" -r)" '.id = $text | .objects[3].external_references[0].external_id = $text'
    printf '%s\n' "{\"type\":\"$hostile\"}" $'not JSON \e[2J'; } >"$WORK/input"$'\e[2J'
  for format in text json; do
    expect_status 65 push-opencti --log-format "$format" --log-level debug "$WORK/input"$'\e[2J' >"$WORK/receipts" 2>"$WORK/log"
    expect_quiet_terminal "$WORK/log"
    expect_lines "$WORK/receipts" 1
    if LC_ALL=C grep -aP '[\x00-\x09\x0b-\x1f]' "$WORK/receipts" >/dev/null; then fail "a receipt holds raw control characters"; fi
    jq -e '.incident | contains("\u001b")' "$WORK/receipts" >/dev/null || fail "the receipt's text is not what it was"
  done
}
case_ok "nor does text of a bundle, in messages or in receipts" steering_bundles

# These header names are among those that the stand-in writes down.
header_injection() {
  start
  for setting in OPENCTI_URL OPENCTI_TOKEN OPENCTI_CUSTOM_HEADERS CONNECTOR_ID; do
    expect_status 78 env "$setting=${!setting:-X-A:b}"$'\r\nopencti-work-id: 1' push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
    expect_contains "$WORK/log" "$setting"
    expect_quiet_terminal "$WORK/log"
  done
  [ ! -s "$STAND_IN_RECORD/requests.ndjson" ] || fail "something was asked"
  printf '%s\r\nopencti-work-id: 1' "$OPENCTI_TOKEN" >"$WORK/token"
  expect_status 78 env -u OPENCTI_TOKEN OPENCTI_TOKEN_FILE="$WORK/token" push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  # The next one shows that a header of this name would have been seen.
  OPENCTI_CUSTOM_HEADERS='opencti-draft-id:seen;bad name:x' push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  requests | jq -r '.headers | keys[]' | sort -u >"$WORK/headers"
  expect_contains "$WORK/headers" opencti-draft-id
  expect_lacks "$WORK/headers" opencti-work-id
  expect_contains "$WORK/log" 'not of the form name:value'
}
case_ok "no setting can add a header to a request" header_injection

echoed_token() {
  start
  # At the end of what is told of a message, so that it is cut within the token.
  padding=$(head -c 285 /dev/zero | tr '\0' x)
  for text in "Bearer $OPENCTI_TOKEN is refused" "$padding$OPENCTI_TOKEN"; do
    fault "$(jq -nc --arg text "$text" '{service: "opencti", match: "about", error: {code: "FORBIDDEN_ACCESS", message: $text}}')"
    expect_status 77 push-opencti --log-level debug < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
    expect_lacks "$WORK/log" "${OPENCTI_TOKEN:0:12}"
  done
}
case_ok "a platform that quotes the token back does not bring it into the log, nor a part of it" echoed_token

make_certificates() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Test authority' -keyout "$WORK/ca.key" -out "$WORK/ca.pem" 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj '/CN=stand-in' -keyout "$WORK/server.key" -out "$WORK/server.csr" 2>/dev/null
  printf 'subjectAltName=%s\n' "$1" >"$WORK/server.ext"
  openssl x509 -req -in "$WORK/server.csr" -CA "$WORK/ca.pem" -CAkey "$WORK/ca.key" -CAcreateserial -days 2 \
    -extfile "$WORK/server.ext" -out "$WORK/server.pem" 2>/dev/null
}
start_tls() {
  own_folder
  make_certificates "$1"
  start_stand_in --tls-certificate "$WORK/server.pem" --tls-key "$WORK/server.key"
  use_stand_in
}

unknown_ca() {
  start_tls IP:127.0.0.1
  expect_status 69 push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  expect_contains "$WORK/log" HTTPS_CA_CERTIFICATES
  [ ! -s "$STAND_IN_RECORD/requests.ndjson" ] || fail "a request was sent over an unverified connection"
  HTTPS_CA_CERTIFICATES=$WORK/ca.pem push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(receipts_of)" "1 "
  OPENCTI_SSL_VERIFY=false push-opencti < <(bundles 2 2) >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(receipts_of)" "2 "
  expect_contains "$WORK/log" 'not verified'
}
case_ok "a platform of an unknown authority gets nothing, but where the settings trust it" unknown_ca

other_host() {
  start_tls DNS:platform.example
  HTTPS_CA_CERTIFICATES=$WORK/ca.pem expect_status 69 push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  [ ! -s "$STAND_IN_RECORD/requests.ndjson" ] || fail "a request was sent to a host of another name"
}
case_ok "a certificate for another host is refused, and nothing is sent" other_host

redirected() {
  start
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S
  fault '{"service": "opencti", "match": "about", "status": 307, "redirect": "'"$STAND_IN_GRAPH_URL"'/graphql", "times": 0}'
  expect_status 78 push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(jq -c 'select(.service != "opencti")' "$STAND_IN_RECORD/requests.ndjson" | wc -l)" 0 "requests elsewhere"
}
case_ok "a redirect of the platform's is not followed: the token goes to OPENCTI_URL only" redirected

finish
