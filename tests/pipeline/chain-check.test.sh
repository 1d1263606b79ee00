#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# sentinel-incidents --check: every step of an incident's way, all well, and each one broken in turn.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=chain_lib.sh
. "$(dirname "$0")/chain_lib.sh"
use_chain

# check STATUS OPTION…  the lines in $WORK/out, messages in $WORK/log.
check() {
  local status=$1
  shift
  expect_status "$status" sentinel-incidents --check "$@" >"$WORK/out" 2>"$WORK/log"
}
# expect_step RESULT STEP [TEXT]  there is one line of that step, with that result and the text in it.
expect_step() {
  local line
  line=$(grep -E "^(ok|warning|failed|skipped) +$2: " "$WORK/out") || fail "no step '$2' in:"$'\n'"$(cat "$WORK/out")"
  expect_equal "${line%% *}" "$1" "the result of: $line"
  [ -z "${3:-}" ] || grep -qF -e "$3" <<<"$line" || fail "no \"$3\" in: $line"
}
# Nothing but these steps has failed.
expect_only_failed() {
  expect_equal "$(sed -nE 's/^failed +([^:]*): .*/\1/p' "$WORK/out" | grep -vx all | paste -sd ,)" "$1" "steps that failed"
  expect_step failed all
}
asked() { control /counts | jq "[.. | objects | .\"$1\"? // empty] | add // 0"; }

all_well() {
  start_examples
  check 0
  sed -E 's/^(\w+) +([^:]*):.*/\1 \2/' "$WORK/out" >"$WORK/steps"
  cat >"$WORK/expected" <<'END'
ok settings
ok files
ok login connection
ok login clock
ok login token
ok Graph connection
ok Graph clock
ok Graph permission
ok Graph incidents
ok OpenCTI connection
ok OpenCTI clock
ok OpenCTI token
ok OpenCTI version
ok OpenCTI rights
ok OpenCTI connector
ok OpenCTI queue
ok all
END
  expect_same "$WORK/steps" "$WORK/expected"
  expect_step ok 'Graph permission' SecurityIncident.Read.All
  expect_step ok 'Graph incidents' 'incident 4108 can be read'
  expect_step ok 'OpenCTI connector' 'nothing was imported yet'
  [ ! -s "$WORK/log" ] || fail "messages: $(cat "$WORK/log")"
}
case_ok "with all well each step is one line that begins with ok, and the status is 0" all_well

leaves_no_trace() {
  start_examples
  expect_status 0 sentinel-incidents --once >/dev/null 2>"$WORK/log"
  before=$(control "/state?connector=$CONNECTOR_ID" | jq -c 'del(.. | .updated_at?)')
  bundles=$(wc -l <"$STAND_IN_RECORD/bundles.ndjson")
  for operation in pingConnector workAdd stixBundlePush; do counted[${#counted[@]}]=$(asked "$operation"); done
  find "$SENTINEL_INCIDENTS_STATE_DIR" -type f -exec sha256sum {} + | sort >"$WORK/files"
  check 0
  expect_step ok 'OpenCTI connector' 'everything up to 2026-09-08T20:44:59Z was imported'
  expect_equal "$(control "/state?connector=$CONNECTOR_ID" | jq -c 'del(.. | .updated_at?)')" "$before" "the platform after the check"
  for operation in pingConnector workAdd stixBundlePush; do expect_equal "$(asked "$operation")" "${counted[0]}"; counted=("${counted[@]:1}"); done
  expect_lines "$STAND_IN_RECORD/bundles.ndjson" "$bundles"
  find "$SENTINEL_INCIDENTS_STATE_DIR" -type f -exec sha256sum {} + | sort | cmp - "$WORK/files"
}
counted=()
case_ok "a check moves no state, opens no work and changes no file" leaves_no_trace

makes_no_folder() {
  start_examples
  check 0
  [ ! -e "$SENTINEL_INCIDENTS_STATE_DIR" ] || fail "a folder was made"
}
case_ok "a check before the first run makes no folder" makes_no_folder

as_json() {
  start_examples
  check 0 --log-format json
  jq -e -s 'length > 10 and all((keys == ["message", "result", "step"]) and .result == "ok")' "$WORK/out" >/dev/null || fail "$(cat "$WORK/out")"
}
case_ok "with --log-format json each step is one JSON object" as_json

no_secrets() {
  start_examples
  # Whatever is refused, it is never shown.
  export OPENCTI_TOKEN=platform-token-to-hide SENTINEL_INCIDENTS_CLIENT_SECRET=entra-secret-to-hide
  check 77
  cat "$WORK/out" "$WORK/log" >"$WORK/all"
  for text in platform-token-to-hide entra-secret-to-hide eyJ; do expect_lacks "$WORK/all" "$text"; done
  use_stand_in
  check 0
  expect_lacks "$WORK/out" eyJ
}
case_ok "neither secrets nor tokens are shown" no_secrets

no_colour() {
  start_examples
  check 0
  expect_lacks "$WORK/out" $'\e'
}
case_ok "there is no colour where the output is a file" no_colour

# on_terminal COMMAND  what the command writes on a terminal of its own.
on_terminal() { script -qefc "$1" /dev/null </dev/null; }
colour() {
  start_examples
  TERM=xterm on_terminal 'sentinel-incidents --check' >"$WORK/out"
  [ "$(grep -c $'^\e\\[1;32mok\e\\[0m ' "$WORK/out")" -ge 15 ] || fail "no colour: $(cat -v "$WORK/out")"
  TERM=xterm NO_COLOR=1 on_terminal 'sentinel-incidents --check' >"$WORK/out"
  expect_lacks "$WORK/out" $'\e'
  TERM=dumb on_terminal 'sentinel-incidents --check' >"$WORK/out"
  expect_lacks "$WORK/out" $'\e'
}
case_ok "on a terminal results are coloured, but not with NO_COLOR and not on a dumb one" colour

wrong_settings() {
  start_examples
  unset SENTINEL_INCIDENTS_TENANT_ID
  export SENTINEL_INCIDENTS_TLP_LEVEL=purple
  check 78
  expect_equal "$(grep -c '^failed   settings: ' "$WORK/out")" 2 "faults shown"
  expect_contains "$WORK/out" 'failed   settings: SENTINEL_INCIDENTS_TENANT_ID (config.yml: sentinel_incidents.tenant_id) is missing'
  expect_step skipped login
  expect_step ok 'Graph connection'
  expect_step ok 'OpenCTI connector'
}
case_ok "wrong settings of one stage are said one a line, and the others are checked all the same" wrong_settings

wrong_platform_settings() {
  start_examples
  unset OPENCTI_TOKEN
  check 78
  expect_step skipped OpenCTI
  expect_step ok 'Graph incidents'
}
case_ok "without the platform's settings the way to Graph is checked all the same" wrong_platform_settings

folder_unusable() {
  start_examples
  : >"$WORK/file"
  export SENTINEL_INCIDENTS_STATE_DIR=$WORK/file/state
  check 74
  expect_step failed files SENTINEL_INCIDENTS_STATE_DIR
  expect_only_failed files
}
case_ok "a place where the chain cannot keep its files is 74" folder_unusable

# no_way STEP [OPTION]…  the check fails at that step, with the status of the run.
no_way() {
  local step=$1 status=0
  shift
  sentinel-incidents --once "$@" >"$WORK/receipts" 2>"$WORK/log" || status=$?
  expect_equal "$status" 74 "exit status of the run"
  check 74 "$@"
  expect_only_failed "$step"
}
places_unusable() {
  start_examples
  : >"$WORK/file"
  no_way metrics --metrics-file "$WORK/none/run.prom"
  no_way metrics --metrics-file "$WORK"
  SENTINEL_INCIDENTS_METRICS_FILE=$WORK/none/run.prom no_way metrics
  no_way dumps --dump "$WORK/file/dumps"
  # Nobody can make a folder here, not even root, whom permissions do not stop.
  SENTINEL_INCIDENTS_STATE_DIR=/proc/none no_way files
  no_way dumps --dump /proc/none
}
case_ok "a place for metrics, dumps or the chain's files that cannot be written fails in the check as in the run" places_unusable

disk_full() {
  start_examples
  mkdir "$WORK/disk"
  mount -t tmpfs -o size=16k none "$WORK/disk"
  trap 'umount "$WORK/disk"; stop_stand_ins' EXIT
  export SENTINEL_INCIDENTS_STATE_DIR=$WORK/disk/state
  mkdir -p "$SENTINEL_INCIDENTS_STATE_DIR/$CONNECTOR_ID"
  head -c 20000 /dev/zero >"$WORK/disk/filler" || true
  no_way files
  export SENTINEL_INCIDENTS_STATE_DIR=$WORK/state
  no_way metrics --metrics-file "$WORK/disk/run.prom"
  no_way dumps --dump "$WORK/disk/dumps"
}
if [ "$(id -u)" -eq 0 ] && mkdir "$WORK/try" && mount -t tmpfs none "$WORK/try" 2>/dev/null && umount "$WORK/try"; then
  case_ok "a full disk fails in the check as in the run" disk_full
else
  skip "a full disk fails in the check as in the run" "no file system can be mounted here"
fi

run_at_work() {
  start_examples
  folder=$SENTINEL_INCIDENTS_STATE_DIR/$CONNECTOR_ID
  mkdir -p "$folder"
  exec {held}>"$folder/lock"
  flock "$held"
  check 75
  expect_step failed files 'is at work'
  expect_step ok 'OpenCTI connector'
}
case_ok "a run at work holds the lock: another one would end with 75, and so does the check, which tries the rest all the same" run_at_work

name_unknown() {
  start_examples
  export SENTINEL_INCIDENTS_LOGIN_URL=https://login.invalid SENTINEL_INCIDENTS_API_BASE_URL=https://graph.invalid OPENCTI_URL=https://platform.invalid
  check 69
  expect_only_failed 'login connection,Graph connection,OpenCTI connection'
  for peer in login Graph OpenCTI; do expect_step failed "$peer connection" 'check the name in the settings, and DNS'; done
}
case_ok "a name that does not resolve is said for each service, with what to look at" name_unknown

port_closed() {
  start_examples
  port=$(amqp-queue free-port)
  export SENTINEL_INCIDENTS_LOGIN_URL=http://127.0.0.1:$port
  check 69
  expect_step failed 'login connection' 'check address and port'
  expect_step skipped 'login token'
  expect_step ok 'Graph connection'
  expect_step ok 'OpenCTI connector'
  use_stand_in
  export OPENCTI_URL=http://127.0.0.1:$port
  check 69
  expect_step failed 'OpenCTI connection' 'check address and port'
  expect_only_failed 'OpenCTI connection'
}
case_ok "a port where nobody listens is said, and what does not depend on it is checked" port_closed

proxy_unknown() {
  start_examples
  export SENTINEL_INCIDENTS_LOGIN_URL=https://login.invalid https_proxy=http://user:pass-to-hide@proxy.invalid:3128
  check 69
  expect_step failed 'login connection' 'check the name in https_proxy'
  cat "$WORK/out" "$WORK/log" >"$WORK/all"
  expect_lacks "$WORK/all" pass-to-hide
  # Loopback never goes through a proxy.
  expect_step ok 'Graph connection'
}
case_ok "a proxy whose name does not resolve is said as such, without its password" proxy_unknown

proxy_refuses() {
  start_examples
  # A server that knows no CONNECT.
  export SENTINEL_INCIDENTS_LOGIN_URL=https://login.invalid https_proxy=$STAND_IN_GRAPH_URL
  check 69
  expect_step failed 'login connection' 'the proxy of https_proxy does not let this through'
}
case_ok "a proxy that does not let us through is said" proxy_refuses

foreign_authority() {
  own_folder
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=stand-in -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$WORK/key.pem" -out "$WORK/certificate.pem" 2>/dev/null
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson" --tls-certificate "$WORK/certificate.pem" --tls-key "$WORK/key.pem"
  use_stand_in
  check 69
  expect_only_failed 'login connection,Graph connection,OpenCTI connection'
  for peer in login Graph OpenCTI; do expect_step failed "$peer connection" HTTPS_CA_CERTIFICATES; done
  HTTPS_CA_CERTIFICATES=$WORK/certificate.pem check 0
}
case_ok "a certificate of an unknown authority is said with how to trust it, and then trusted" foreign_authority

wrong_secret() {
  start_examples
  export SENTINEL_INCIDENTS_CLIENT_SECRET=not-the-right-secret
  check 77
  expect_step failed 'login token' AADSTS7000215
  expect_step failed 'login token' SENTINEL_INCIDENTS_CLIENT_SECRET
  expect_step skipped 'Graph incidents'
  expect_step ok 'OpenCTI connector'
}
case_ok "a wrong secret is said in the service's words, with the setting to look at" wrong_secret

role_missing() {
  start_examples --token-roles User.Read.All,SecurityAlert.Read.All
  check 77
  expect_step failed 'Graph permission' 'the roles User.Read.All, SecurityAlert.Read.All (application sentinel-incidents), not SecurityIncident.Read.All'
  expect_step failed 'Graph permission' "with an administrator's consent"
  expect_step failed 'Graph incidents' 'HTTP status 403'
  expect_only_failed 'Graph permission,Graph incidents'
}
case_ok "a token without the role is said, with the roles that it has" role_missing

other_token() {
  start_examples
  # Opaque: neither a JWT nor anything else that can be read. Graph decides.
  fault '{"service": "graph", "match": "/incidents", "status": 200, "body": {"value": []}}'
  echo some-opaque-token | expect_status 0 fetch-incidents --check >"$WORK/out" 2>"$WORK/log"
  expect_step skipped 'Graph permission' 'Graph decides'
  # A claim that anybody can write decides nothing either.
  forged="x.$(printf '{"roles":["SecurityIncident.Read.All"]}' | base64 -w 0 | tr '+/' '-_' | tr -d =).x"
  echo "$forged" | expect_status 77 fetch-incidents --check >"$WORK/out" 2>"$WORK/log"
  expect_step ok 'Graph permission'
  expect_step failed 'Graph incidents' 401
  expect_lacks "$WORK/out" "$forged"
}
case_ok "what a token says of itself is shown and never trusted" other_token

graph_forbids() {
  start_examples
  fault '{"service": "graph", "match": "/incidents", "times": 0, "status": 403, "body": {"error": {"code": "Forbidden", "message": "Insufficient privileges"}}}'
  check 77
  expect_only_failed 'Graph incidents'
  expect_step failed 'Graph incidents' SecurityIncident.Read.All
}
case_ok "a 403 of Graph is said with the permission to give" graph_forbids

no_such_path() {
  start_examples
  export SENTINEL_INCIDENTS_INCIDENT_PATH=/v9.9/incidents
  check 78
  expect_step failed 'Graph incidents' SENTINEL_INCIDENTS_INCIDENT_PATH
}
case_ok "a path that Graph does not know is said with the setting" no_such_path

wrong_filter() {
  start_examples
  export SENTINEL_INCIDENTS_FILTER="severity is 'high'"
  check 78
  expect_step failed 'Graph incidents' SENTINEL_INCIDENTS_FILTER
}
case_ok "a filter that Graph refuses is said with the setting" wrong_filter

old_platform() {
  start_examples
  fault '{"service": "opencti", "match": "about", "times": 0, "status": 200, "body": {"data": {"about": {"version": "6.3.9"}}}}'
  check 78
  expect_step failed 'OpenCTI version' '6.3.9 is too old'
  expect_only_failed 'OpenCTI version'
  expect_equal "$(asked registerConnector)" 0 "registrations at a platform that is not supported"
}
case_ok "a platform that is too old is said, and left alone" old_platform

each_version() {
  start_examples --platform-version "$1"
  check 0
  expect_step ok 'OpenCTI version' "$1"
}
for version in 6.4.5 6.8.10 6.9.17 7.260318.0; do case_ok "a check of OpenCTI $version asks only what that version knows" each_version "$version"; done

wrong_platform_token() {
  start_examples
  export OPENCTI_TOKEN=not-a-token-of-the-platform
  check 77
  expect_step failed 'OpenCTI token' OPENCTI_TOKEN
  expect_only_failed 'OpenCTI token'
}
case_ok "a token that the platform does not know is said with the setting" wrong_platform_token

no_rights() {
  start_examples --capabilities APIACCESS_USETOKEN,KNOWLEDGE
  check 77
  expect_step failed 'OpenCTI rights' 'lacks CONNECTORAPI (to register and push), KNOWLEDGE_KNUPDATE'
  expect_step failed 'OpenCTI rights' 'the role Connector'
  expect_step failed 'OpenCTI connector' FORBIDDEN_ACCESS
  start_examples --capabilities CONNECTORAPI,KNOWLEDGE_KNUPDATE,SETTINGS_SETMARKINGS,SETTINGS_SETVOCABULARIES
  check 0
  expect_step warning 'OpenCTI rights' 'lacks SETTINGS_SETLABELS (to let workers create labels), MODULES'
  expect_step warning 'OpenCTI queue'
  start_examples --capabilities BYPASS
  check 0
  expect_step ok 'OpenCTI rights'
}
case_ok "rights that the platform's user lacks are named, with what each is for" no_rights

not_opencti() {
  start_examples
  export OPENCTI_URL=$STAND_IN_LOGIN_URL
  check 78
  expect_step failed 'OpenCTI version' 'check OPENCTI_URL'
}
case_ok "an address that is not OpenCTI's is said, and is a wrong setting" not_opencti

redirected() {
  start_examples
  fault '{"service": "opencti", "match": "about", "redirect": "https://opencti.example.org/graphql"}'
  check 78
  expect_step failed 'OpenCTI version' 'https://opencti.example.org/graphql; check OPENCTI_URL'
}
case_ok "a redirect of OpenCTI is not followed, and where it leads is said" redirected

no_certificates() {
  start_examples
  export HTTPS_CA_CERTIFICATES=$WORK/none.pem
  check 78
  expect_step failed settings "HTTPS_CA_CERTIFICATES (config.yml: https_ca_certificates) must be PEM text or a readable file of PEM certificates, not '$WORK/none.pem'"
  expect_only_failed settings
  [ ! -s "$WORK/log" ] || fail "messages: $(cat "$WORK/log")"
}
case_ok "a file of certificates that cannot be read is a wrong setting, said once" no_certificates

full_queue() {
  start_examples
  check 0
  control "/queue?connector=$CONNECTOR_ID&messages=9000&bytes=900000000" '{}' >/dev/null
  check 75
  expect_step failed 'OpenCTI queue' CONNECTOR_QUEUE_THRESHOLD
}
case_ok "a queue above its threshold is said, since the next run would be skipped" full_queue

clock_off() {
  start_examples
  fault '{"service": "login", "times": 0, "headers": {"Date": "Mon, 24 Nov 2025 02:00:00 GMT"}}'
  check 0
  expect_step warning 'login clock' 'ahead of the answer'
  control /clear-faults '{}' >/dev/null
  fault "$(jq -n --arg date "$(date -u -d '+2 minutes' '+%a, %d %b %Y %H:%M:%S GMT')" '{service: "opencti", times: 0, headers: {Date: $date}}')"
  check 0
  expect_step warning 'OpenCTI clock' 'behind the answer'
}
case_ok "a clock that differs from a service's is a warning, since a run works with it" clock_off

broker_down() {
  start_examples --broker-host 127.0.0.1 --broker-port "$(amqp-queue free-port)"
  export CONNECTOR_QUEUE_PROTOCOL=amqp MQ_PASS=broker-password-to-hide
  check 69
  expect_step failed RabbitMQ MQ_HOST
  expect_only_failed RabbitMQ
  expect_lacks "$WORK/out" broker-password-to-hide
  CONNECTOR_QUEUE_PROTOCOL=api check 0
  expect_lacks "$WORK/out" RabbitMQ
}
case_ok "a RabbitMQ that does not answer is said where bundles go over it, and only there" broker_down

folder_alone() {
  start_examples
  unset OPENCTI_URL OPENCTI_TOKEN
  export CONNECTOR_SEND_TO_QUEUE=false CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$WORK/outbox
  export SENTINEL_INCIDENTS_APPLICANT_ID=55555555-5555-4555-8555-555555555555
  check 78
  expect_only_failed directory
  mkdir "$WORK/outbox"
  check 0
  expect_step ok directory
  expect_equal "$(jq -r .service "$STAND_IN_RECORD/requests.ndjson" | grep -c opencti)" 0 "requests to OpenCTI"
}
case_ok "with the directory alone no platform is asked, and the directory must be there" folder_alone

finish
