#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the tools say when something goes wrong: each kind of failure is brought about, and its message says what happened, to which
# thing and what to do, in a few lines, however much the other side has said.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
use_chain

start_stand_in --incidents "$ROOT/examples/incidents.ndjson"
use_stand_in
export SENTINEL_INCIDENTS_RETRY_BUDGET=PT1S

# Far more than anybody wants to read, in the forms in which services say it.
printf '{"wall":"%0100000d"}' 0 >"$WORK/wall.json"
printf '<html><body>%0100000d</body></html>' 0 >"$WORK/wall.html"
jq -c '{error: {code: "Strange", message: ("wall\n" * 20000), innerError: {"request-id": ("9" * 50000)}}}' -n >"$WORK/graph.json"
jq -c '{error: "invalid_client", error_description: ("AADSTS7000215: " + "wall\r\n" * 20000 + "Trace ID: 1\r\nTimestamp: 2")}' -n >"$WORK/login.json"
jq -c '{errors: [{message: ("wall\n" * 20000), extensions: {code: ("X" * 50000)}}]}' -n >"$WORK/opencti.json"
for _ in {1..3000}; do echo "- [wall"; done >"$WORK/wall.yml"
map-stix --quiet "$ROOT/examples/incidents.ndjson" >"$WORK/bundles"
fetch-token >"$WORK/token"

longest_line=1000
most_lines=4
# is_message FILE TOOL  every line is a message of the tool, short, without the marks of a program that has lost its way.
is_message() {
  local odd
  [ -s "$1" ] || fail "$2 says nothing"
  [ "$(wc -l <"$1")" -le "$most_lines" ] || fail "$2 says too much: $(head -c 4000 "$1")"
  odd=$(awk -v most="$longest_line" 'length($0) > most { print length($0) ": " substr($0, 1, 300) }' "$1")
  [ -z "$odd" ] || fail "$2 has a line of $odd"
  odd=$(grep -vE "^$2: ((error|warning): )?[^ ]" "$1" || true)
  [ -z "$odd" ] || fail "not a message of $2: $odd"
  odd=$(grep -nEi -e 'terminate|what\(\)|std::|basic_string|vector|exception|bad_alloc|defect|traceback|unbound variable|line [0-9]+: [a-z_]+: (command|unbound)|(": *[[{"].*){3}' "$1" || true)
  [ -z "$odd" ] || fail "$2 shows its inside: $odd"
}

# says STATUS TEXT TOOL ARGUMENT…  the tool ends with that status, and its last message is an error with the text, which is or holds
# what to do; only the service's own words may follow.
says() {
  local status=$1 text=$2 tool=$3
  shift 2
  expect_status "$status" "$@" >/dev/null 2>"$WORK/said"
  is_message "$WORK/said" "$tool"
  grep -v "^$tool: in the service's words: " "$WORK/said" | tail -n 1 >"$WORK/last"
  grep -qE "^$tool: error: " "$WORK/last" || fail "no error: $(cat "$WORK/said")"
  grep -qF -e "$text" "$WORK/last" || fail "no \"$text\" in: $(cat "$WORK/said")"
}

# met_by SERVICE FAULT…  until the next one, each request to the service meets the fault; a file name stands for the body.
met_by() {
  control /clear-faults '{}' >/dev/null
  jq -nc --arg service "$1" --rawfile body "${3:-/dev/null}" --argjson fault "$2" \
    '{service: $service, times: 0} + $fault + if $body == "" then {} else {body: $body} end' >"$WORK/fault"
  control /fault "@$WORK/fault" >/dev/null
}

login() {
  met_by login '{"status": 401}' "$WORK/login.json"
  says 77 "SENTINEL_INCIDENTS_CLIENT_SECRET is wrong" fetch-token
  expect_contains "$WORK/said" '(Trace ID: 1 Timestamp: 2)'
  met_by login '{"status": 403}' "$WORK/wall.html"
  says 69 "check that SENTINEL_INCIDENTS_LOGIN_URL is the login service" fetch-token
  met_by login '{"status": 200}' "$WORK/wall.json"
  says 69 "check that SENTINEL_INCIDENTS_LOGIN_URL is the login service" fetch-token
  met_by login '{"status": 503}' "$WORK/wall.html"
  most_lines=16 says 69 "(tried " fetch-token
  met_by login '{"status": 503, "headers": {"Retry-After": "7200"}}' "$WORK/wall.html"
  says 75 "(Retry-After 7200) than SENTINEL_INCIDENTS_RETRY_BUDGET leaves; try later" fetch-token
  met_by login '{"redirect": "https://elsewhere.example.org/"}'
  says 78 "check SENTINEL_INCIDENTS_LOGIN_URL" fetch-token
}
case_ok "whatever the login service says, the message is short and says what to do" login

graph() {
  met_by graph '{"status": 403}' "$WORK/graph.json"
  says 77 "with an administrator's consent" fetch-incidents <"$WORK/token"
  met_by graph '{"status": 400}' "$WORK/graph.json"
  says 78 "check SENTINEL_INCIDENTS_INCIDENT_PATH" fetch-incidents <"$WORK/token"
  met_by graph '{"status": 404}' "$WORK/wall.json"
  says 78 "check SENTINEL_INCIDENTS_API_BASE_URL" fetch-incidents <"$WORK/token"
  met_by graph '{"status": 401}' "$WORK/graph.json"
  says 77 "take a fresh one with fetch-token" fetch-incidents <"$WORK/token"
  met_by graph '{"status": 200}' "$WORK/wall.html"
  most_lines=16 says 69 "check SENTINEL_INCIDENTS_API_BASE_URL" fetch-incidents <"$WORK/token"
  met_by graph '{"status": 503}' "$WORK/wall.html"
  most_lines=16 says 69 "no answer from Graph (tried " fetch-incidents <"$WORK/token"
  expect_contains "$WORK/said" "there is nothing to set right here"
  met_by graph '{"truncate": "length"}'
  most_lines=16 says 69 "no whole answer from Graph (tried " fetch-incidents <"$WORK/token"
  met_by graph '{"status": 429, "headers": {"Retry-After": "7200"}}' "$WORK/graph.json"
  says 75 "(Retry-After 7200) than SENTINEL_INCIDENTS_RETRY_BUDGET leaves; try later" fetch-incidents <"$WORK/token"
  met_by graph '{"warning": true}'
  # Chance decides how often it is tried again.
  SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S says 75 "try later" fetch-incidents <"$WORK/token"
  met_by graph "{\"redirect\": \"https://elsewhere.example.org/$(printf '%03000d' 0)\"}"
  says 69 "check SENTINEL_INCIDENTS_API_BASE_URL" fetch-incidents <"$WORK/token"
}
case_ok "whatever Graph says, the message is short and says what to do" graph

opencti() {
  met_by opencti '{"status": 200}' "$WORK/opencti.json"
  says 69 "OpenCTI refuses about: XXX" push-opencti "$WORK/bundles"
  met_by opencti '{"error": {"code": "AUTH_REQUIRED", "message": "You must be logged in to do this."}}'
  says 77 "check OPENCTI_TOKEN and that its user has the role Connector" push-opencti "$WORK/bundles"
  met_by opencti '{"status": 403}' "$WORK/wall.html"
  says 77 "check OPENCTI_TOKEN" push-opencti "$WORK/bundles"
  met_by opencti '{"status": 404}' "$WORK/wall.html"
  says 78 "check OPENCTI_URL" push-opencti "$WORK/bundles"
  met_by opencti '{"redirect": "https://elsewhere.example.org/"}'
  says 78 "https://elsewhere.example.org/; check OPENCTI_URL" push-opencti "$WORK/bundles"
  met_by opencti '{"status": 200}' "$WORK/wall.html"
  most_lines=6 says 69 "check that OPENCTI_URL is OpenCTI's address" push-opencti "$WORK/bundles"
  met_by opencti '{"status": 502}' "$WORK/wall.html"
  most_lines=12 says 69 "OpenCTI, or a proxy before it, fails at about (tried " push-opencti "$WORK/bundles"
  met_by opencti '{"status": 503, "headers": {"Retry-After": "7200"}}' "$WORK/wall.html"
  says 75 "asks for a longer wait than SENTINEL_INCIDENTS_RETRY_BUDGET leaves" push-opencti "$WORK/bundles"
  met_by opencti '{"match": "stixBundlePush", "error": {"code": "UNSUPPORTED_ERROR", "message": "Invalid bundle"}}'
  most_lines=6 says 69 "look at OpenCTI's own log" push-opencti "$WORK/bundles"
}
case_ok "whatever OpenCTI says, the message is short and says what to do" opencti

nobody_there() {
  control /clear-faults '{}' >/dev/null
  port=$(amqp-queue free-port)
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S
  SENTINEL_INCIDENTS_LOGIN_URL=http://127.0.0.1:$port says 69 "check address and port in the settings" fetch-token
  SENTINEL_INCIDENTS_API_BASE_URL=http://127.0.0.1:$port says 69 "check address and port in the settings" fetch-incidents <"$WORK/token"
  OPENCTI_URL=http://127.0.0.1:$port says 69 "check address and port in the settings" push-opencti "$WORK/bundles"
  expect_lacks "$WORK/said" "tried"
}
case_ok "a service that is not there is said in the same words by each tool, and what was tried once is not called tried again" nobody_there

input() {
  says 66 "cannot open $WORK/none: No such file or directory" map-stix "$WORK/none"
  says 66 "cannot open $WORK/none: No such file or directory" push-opencti "$WORK/none"
  says 65 "put zstdcat in front" map-stix <(zstd -q <"$WORK/bundles")
  says 65 "put jq -c . in front" push-opencti <(head -n 1 "$WORK/bundles" | jq .)
  says 65 "a token record, az's JSON or a bare token is expected" fetch-incidents <"$WORK/wall.json"
  says 65 "a token record, az's JSON or a bare token is expected" fetch-incidents --token-file "$WORK/wall.json"
  says 77 "see the message of what should write it" fetch-incidents </dev/null
  says 78 "the state file $WORK/wall.html cannot be used" fetch-incidents --state "$WORK/wall.html" <"$WORK/token"
  says 78 "--advance-from $WORK/wall.html" push-opencti --advance-from "$WORK/wall.html" "$WORK/bundles"
  expect_status 65 map-stix "$WORK/wall.json" "$WORK/wall.html" <"$WORK/token" 2>"$WORK/said" >/dev/null
  is_message "$WORK/said" map-stix
  expect_status 65 push-opencti --dry-run "$WORK/wall.json" "$WORK/wall.html" 2>"$WORK/said" >/dev/null
  is_message "$WORK/said" push-opencti
}
case_ok "input that cannot be taken is named, and not shown" input

output() {
  expect_status 74 map-stix "$ROOT/examples/incidents.ndjson" >/dev/full 2>"$WORK/said"
  is_message "$WORK/said" map-stix
  expect_contains "$WORK/said" "map-stix: error: cannot write to standard output: No space left on device"
  says 74 "cannot open the rejects file $WORK/none/rejects" map-stix --rejects "$WORK/none/rejects" "$WORK/bundles"
  says 74 "cannot open the rejects file $WORK/none/failed" fetch-incidents --failed "$WORK/none/failed" <"$WORK/token"
}
case_ok "output that cannot be written is named" output

settings() {
  for tool in fetch-token fetch-incidents map-stix push-opencti; do
    says 64 "see $tool --help" "$tool" --unheard-of
    says 78 "config file $WORK/none.yml cannot be read: No such file or directory" "$tool" --config "$WORK/none.yml" </dev/null
    says 78 "config file $WORK/wall.yml is not valid YAML: line " "$tool" --config "$WORK/wall.yml" </dev/null
  done
  for tool in fetch-token fetch-incidents push-opencti; do
    HTTPS_CA_CERTIFICATES=$WORK/wall.html says 78 "must be PEM text or a readable file of PEM certificates" "$tool" </dev/null
  done
  SENTINEL_INCIDENTS_CLIENT_SECRET='' SENTINEL_INCIDENTS_CLIENT_SECRET_FILE=$WORK/none \
    says 78 "cannot be read from $WORK/none, which SENTINEL_INCIDENTS_CLIENT_SECRET_FILE names: No such file or directory" fetch-token
  OPENCTI_URL=$(head -c 400 "$WORK/wall.html") says 78 "must be an http or https URL" push-opencti "$WORK/bundles"
}
case_ok "wrong settings are named with both names and what is allowed" settings

chain() {
  met_by graph '{"status": 503}' "$WORK/wall.html"
  expect_status 69 sentinel-incidents --once >/dev/null 2>"$WORK/said"
  grep '^sentinel-incidents: ' "$WORK/said" >"$WORK/own"
  is_message "$WORK/own" sentinel-incidents
  expect_contains "$WORK/own" "sentinel-incidents: error: fetch-incidents ended with status 69; what it said of that is above"
  expect_contains "$WORK/said" "fetch-incidents: error: no answer from Graph (tried "
  says 64 "see --help" sentinel-incidents --unheard-of
  : >"$WORK/file"
  SENTINEL_INCIDENTS_STATE_DIR=$WORK/file says 74 "SENTINEL_INCIDENTS_STATE_DIR names another place" sentinel-incidents --once
}
case_ok "the chain names the stage that failed and its status, below what the stage said" chain

finish
