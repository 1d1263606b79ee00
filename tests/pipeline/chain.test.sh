#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The chain script against the stand-in services: what a run brings, what moves the state, how runs end.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=chain_lib.sh
. "$(dirname "$0")/chain_lib.sh"
use_chain
examples=$ROOT/examples/incidents.ndjson

# One of the examples was merged into another and has no alerts: it is left out for a platform that does not hold its case.
imported=7
receipts=8

bundles_pushed() { if [ -e "$STAND_IN_RECORD/bundles.ndjson" ]; then wc -l <"$STAND_IN_RECORD/bundles.ndjson"; else echo 0; fi; }

first_run() {
  start_examples
  expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" "$receipts"
  expect_equal "$(jq -r .incident "$WORK/receipts" | tr '\n' ' ')" "4101 4102 4103 4104 4105 4106 4107 4108 "
  expect_equal "$(jq -r 'select(.status == "left-out").incident' "$WORK/receipts")" 4104
  expect_equal "$(jq -rs '[.[].objects[] | select(.type == "case-incident")] | length' "$STAND_IN_RECORD/bundles.ndjson")" "$imported"
  push-opencti --print-state >"$WORK/state.json"
  expect_equal "$(jq -c .last_incident_timestamp "$WORK/state.json")" 1788900299
  expect_equal "$(control /ledger | jq -c '.missing - ["4104"]')" '[]'
}
case_ok "a run brings every incident to the platform, and the state stands at the last of them" first_run

second_run() {
  start_examples
  expect_status 0 sentinel-incidents --once >/dev/null 2>"$WORK/log"
  before=$(push-opencti --print-state)
  pushed=$(bundles_pushed)
  expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" 0
  expect_equal "$(bundles_pushed)" "$pushed"
  expect_equal "$(push-opencti --print-state | jq -c .last_incident_update)" "$(jq -c .last_incident_update <<<"$before")"
}
case_ok "a second run with nothing new pushes nothing" second_run

updated_incident() {
  start_examples
  expect_status 0 sentinel-incidents --once >/dev/null 2>"$WORK/log"
  control /mutate '{"op": "update", "id": "4103", "severity": "high", "last_update": "2026-09-10T08:00:00.5Z"}' >/dev/null
  expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(jq -r .incident "$WORK/receipts")" 4103
  expect_equal "$(push-opencti --print-state | jq -r .last_incident_update)" 2026-09-10T08:00:00.5Z
}
case_ok "only an incident that changed is pushed by the next run" updated_incident

state_stays() {
  start_examples
  expect_status 0 sentinel-incidents --once --dump "$WORK/dumps" >/dev/null 2>"$WORK/log"
  before=$(push-opencti --print-state | jq -c "del(.ledger)")
  control /mutate '{"op": "update", "id": "4103", "last_update": "2026-09-10T08:00:00.5Z"}' >/dev/null
  zstdcat "$WORK"/dumps/*.zst | map-stix --quiet | push-opencti --quiet >"$WORK/replayed"
  expect_lines "$WORK/replayed" "$receipts"
  fetch-token | fetch-incidents --quiet --id 4103 | map-stix --quiet | push-opencti --quiet >"$WORK/one"
  expect_lines "$WORK/one" 1
  fetch-token | fetch-incidents --quiet --since 2026-09-01 | jq -c 'select(.severity == "high")' | map-stix --quiet | push-opencti --quiet >"$WORK/some"
  expect_lines "$WORK/some" 3
  expect_equal "$(push-opencti --print-state | jq -c "del(.ledger)")" "$before" "the state after all that"
}
case_ok "a replayed dump, a single incident and a filtered stream leave the state alone" state_stays

replay_same() {
  start_examples
  fetch-token | fetch-incidents --quiet --since 2026-09-01 | tee "$WORK/dump" | map-stix --quiet >"$WORK/first"
  map-stix --quiet "$WORK/dump" >"$WORK/second"
  expect_lines "$WORK/dump" 8
  expect_same "$WORK/first" "$WORK/second"
}
case_ok "a dump saved with tee and replayed gives the same bytes" replay_same

page_from_curl() {
  start_examples
  token=$(fetch-token | jq -r .access_token)
  curl --noproxy '*' -fsS -H "Authorization: Bearer $token" "$STAND_IN_GRAPH_URL/v1.0/security/incidents?\$top=3&\$expand=alerts" >"$WORK/page"
  map-stix --quiet "$WORK/page" >"$WORK/out"
  expect_lines "$WORK/out" 3
}
case_ok "a Graph page saved with curl goes into map-stix" page_from_curl

token_from_az() {
  start_examples
  fetch-token | jq '{accessToken: .access_token, expiresOn: "2026-11-24 04:00:00.000000", tokenType: "Bearer"}' |
    fetch-incidents --quiet --id 4101 >"$WORK/out"
  expect_equal "$(jq -r .id "$WORK/out")" 4101
}
case_ok "the token JSON of the Azure command line goes into fetch-incidents" token_from_az

wrong_settings() {
  start_examples
  unset CONNECTOR_ID SENTINEL_INCIDENTS_CLIENT_ID
  export OPENCTI_URL=platform SENTINEL_INCIDENTS_OVERLAP=P5 SENTINEL_INCIDENTS_TLP_LEVEL=purple CONNECTOR_DURATION_PERIOD=hourly
  expect_status 78 sentinel-incidents --once --log-format json >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/log" 1
  for name in OPENCTI_URL CONNECTOR_ID CONNECTOR_DURATION_PERIOD SENTINEL_INCIDENTS_CLIENT_ID SENTINEL_INCIDENTS_OVERLAP SENTINEL_INCIDENTS_TLP_LEVEL; do
    expect_contains "$WORK/log" "$name (config.yml: "
    expect_equal "$(jq -r .message "$WORK/log" | grep -c "^$name ")" 1 "times that $name is reported"
  done
  [ ! -e "$SENTINEL_INCIDENTS_STATE_DIR" ] || fail "a folder was made"
  [ ! -s "$STAND_IN_RECORD/requests.ndjson" ] || fail "something was asked: $(cat "$STAND_IN_RECORD/requests.ndjson")"
}
case_ok "wrong settings of all stages are reported in one message before anything is made or asked" wrong_settings

settings_from_file() {
  start_examples
  unset SENTINEL_INCIDENTS_STATE_DIR CONNECTOR_ID OPENCTI_TOKEN SENTINEL_INCIDENTS_CLIENT_SECRET
  echo "$STAND_IN_CLIENT_SECRET" >"$WORK/secret"
  cat >"$WORK/odd name.yml" <<END
opencti:
  token: $STAND_IN_OPENCTI_TOKEN
connector:
  id: $TEST_CONNECTOR_ID
sentinel_incidents:
  state_dir: $WORK/odd \$(state) dir
  client_secret_file: $WORK/secret
END
  expect_status 0 sentinel-incidents --once --config "$WORK/odd name.yml" >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" "$receipts"
  [ -e "$WORK/odd \$(state) dir/$TEST_CONNECTOR_ID/state.json" ] || fail "no state in the folder of the configuration"
}
case_ok "settings of config.yml reach the chain and its stages, odd file names too" settings_from_file

wrong_secret() {
  start_examples
  export SENTINEL_INCIDENTS_CLIENT_SECRET=not-the-right-secret
  expect_status 77 sentinel-incidents >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" AADSTS7000215
  expect_contains "$WORK/log" "sentinel-incidents: error: fetch-token ended with status 77; "
  expect_lacks "$WORK/log" not-the-right-secret
}
case_ok "a wrong secret ends the chain at its first run with 77 and the service's own words" wrong_secret

wrong_platform_token() {
  start_examples
  export OPENCTI_TOKEN=not-a-token-of-the-platform
  expect_status 77 sentinel-incidents --once >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" "sentinel-incidents: error: push-opencti ended with status 77; "
  expect_lacks "$WORK/log" not-a-token-of-the-platform
}
case_ok "a token that the platform does not know ends the run with 77" wrong_platform_token

graph_down() {
  start_examples
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT3S
  control /fault '{"service": "graph", "status": 503, "times": 0}' >/dev/null
  expect_status 69 sentinel-incidents --once >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" "sentinel-incidents: error: fetch-incidents ended with status 69; "
  expect_contains "$WORK/log" "fetch-incidents: error: no answer from Graph (tried "
  [ "$(jq -r 'select(.service == "graph") | .status' "$STAND_IN_RECORD/requests.ndjson" | wc -l)" -ge 2 ] || fail "there was no retry"
  expect_equal "$(push-opencti --print-state | jq -c .last_incident_timestamp)" null
}
case_ok "Graph down for good ends the run with 69 after its retries, and the state stays" graph_down

platform_down() {
  start_examples
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT1S
  kill "$STAND_IN_PID"
  wait "$STAND_IN_PID" || true
  expect_status 69 sentinel-incidents --once >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" "sentinel-incidents: error: push-opencti ended with status 69; "
}
case_ok "a platform that cannot be reached ends the run with 69" platform_down

lock_held() {
  start_examples
  mkdir -p "$(files)"
  exec {held}>"$(files)/lock"
  flock "$held"
  expect_status 75 sentinel-incidents --once >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" "holds $(files)/lock"
  [ ! -s "$STAND_IN_RECORD/requests.ndjson" ] || fail "something was asked"
}
case_ok "while another run of the same connector id holds the lock, a run does nothing and ends with 75" lock_held

private_files() {
  start_examples
  expect_status 0 sentinel-incidents --once --dump "$WORK/dumps" >/dev/null 2>"$WORK/log"
  expect_equal "$(stat -c %a "$(files)")" 700
  expect_equal "$(find "$SENTINEL_INCIDENTS_STATE_DIR" "$WORK/dumps" -type f ! -perm 600)" "" "files that others can read"
}
case_ok "the chain's files can be read by their owner alone" private_files

dump_whole() {
  start_examples
  expect_status 0 sentinel-incidents --once --dump "$WORK/dumps" >/dev/null 2>"$WORK/log"
  expect_equal "$(find "$WORK/dumps" -type f | wc -l)" 1
  zstdcat "$WORK"/dumps/*.ndjson.zst >"$WORK/dump"
  expect_same "$WORK/dump" "$examples"
  expect_status 0 sentinel-incidents --once --dump "$WORK/dumps" >/dev/null 2>"$WORK/log"
  expect_equal "$(find "$WORK/dumps" -type f | wc -l)" 1 "files after a run without incidents"
}
case_ok "--dump keeps the raw incidents of a run as Graph gave them, and nothing of an empty run" dump_whole

dump_disk_full() {
  start_examples
  mkdir "$WORK/bin"
  # A real compressor on a full disk.
  printf '#!/bin/sh\nexec %s "$@" >/dev/full\n' "$(type -P zstd)" >"$WORK/bin/zstd"
  chmod +x "$WORK/bin/zstd"
  PATH=$WORK/bin:$PATH expect_status 0 sentinel-incidents --once --dump "$WORK/dumps" >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" "$receipts"
  expect_contains "$WORK/log" "the dump of this run could not be written"
  expect_equal "$(find "$WORK/dumps" -type f)" "" "what is left of the dump"
}
case_ok "a full disk under --dump costs the dump, not the run" dump_disk_full

failed_incident() {
  start_examples
  control /graph '{"failing_incidents": ["4103"]}' >/dev/null
  expect_status 65 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" $((receipts - 1))
  expect_equal "$(jq -r .id "$(files)/failed.ndjson")" 4103
  expect_contains "$WORK/log" "1 incident to fetch again (the next run does)"
  control /graph '{"failing_incidents": []}' >/dev/null
  before=$(push-opencti --print-state | jq -c .last_incident_update)
  expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(jq -r .incident "$WORK/receipts")" 4103
  expect_equal "$(push-opencti --print-state | jq -c .last_incident_update)" "$before"
  expect_equal "$(find "$(files)" -name 'failed*' -size +0)" "" "files of failed incidents"
}
case_ok "an incident that cannot be fetched does not hold up the others, and the next run asks for it first" failed_incident

refused_bundle() {
  start_examples --refuse-bundles-with "Megan Bowen"
  expect_status 65 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_contains "$WORK/log" "put aside in $(files): 2 bundles that push-opencti rejected; "
  expect_equal "$(jq -rs '[.[].objects[] | select(.type == "case-incident")] | length' "$(files)/push-opencti.rejects.ndjson")" 2
  expect_equal "$(push-opencti --print-state | jq -c .last_incident_timestamp)" 1788900299
}
case_ok "a bundle that the platform refuses goes to the rejects, is said, and the run ends with 65" refused_bundle

# chain_in_loop  runs every two seconds, its messages in $WORK/log; ended by the end of the case.
chain_in_loop() {
  CONNECTOR_DURATION_PERIOD=PT2S setsid "$WORK/../root/scripts/sentinel-incidents" >"$WORK/receipts" 2>"$WORK/log" 3>&- &
  loop=$!
}
registered() { [ "$(control /counts | jq '[.. | objects | .registerConnector? // empty] | add // 0')" -ge "$1" ]; }
end_loop() {
  kill -TERM "$loop"
  expect_status 143 wait "$loop"
}

loop_is_quiet() {
  start_examples
  chain_in_loop
  wait_until 120 registered 12
  end_loop
  expect_lacks "$WORK/log" Killed
}
case_ok "run after run in the loop, nothing has to be killed" loop_is_quiet

loop_survives() {
  start_examples
  chain_in_loop
  wait_until 60 test -s "$WORK/receipts"
  # Taken from under the loop, whenever that is.
  until rm -f "$(files)/state.json" && mkdir "$(files)/state.json" 2>/dev/null; do :; done
  wait_until 60 grep -q "cannot write $(files)/state.json" "$WORK/log"
  rmdir "$(files)/state.json"
  wait_until 60 test -s "$(files)/state.json"
  end_loop
}
case_ok "a state file that cannot be written costs a run, and the loop goes on" loop_survives

shared_dumps() {
  start_examples
  expect_status 0 sentinel-incidents --once --dump "$WORK/dumps" >"$WORK/receipts" 2>"$WORK/log"
  export CONNECTOR_ID=0B9B3C5E-9A4F-4C57-8F3E-6C1B8C8F0A11
  expect_status 0 sentinel-incidents --once --dump "$WORK/dumps" >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(find "$WORK/dumps" -name "*-$TEST_CONNECTOR_ID-*" | wc -l)" 1
  expect_equal "$(find "$WORK/dumps" -name "*-${CONNECTOR_ID,,}-*" | wc -l)" 1
}
case_ok "the dumps of two connectors in one folder have names of their own" shared_dumps

# Every second of the next ten minutes has a dump already.
dump_kept() {
  start_examples
  mkdir "$WORK/dumps"
  for ((second = EPOCHSECONDS; second < EPOCHSECONDS + 600; second++)); do
    printf -v name '%(%Y%m%dT%H%M%SZ)T' "$second"
    echo kept >"$WORK/dumps/incidents-$name-$CONNECTOR_ID-1.ndjson.zst"
  done
  cp -r "$WORK/dumps" "$WORK/before"
  expect_status 0 sentinel-incidents --once --dump "$WORK/dumps" >"$WORK/receipts" 2>"$WORK/log"
  (cd "$WORK/before" && for name in *; do expect_same "$name" "$WORK/dumps/$name"; done)
  expect_equal "$(find "$WORK/dumps" -name '*-2.ndjson.zst' | wc -l)" 1 "dumps of the run"
}
case_ok "a run that begins within the same second as another does not replace its dump" dump_kept

directory_alone() {
  start_examples
  unset OPENCTI_URL OPENCTI_TOKEN
  export CONNECTOR_SEND_TO_QUEUE=false CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$WORK/out-folder
  export SENTINEL_INCIDENTS_APPLICANT_ID=55555555-5555-4555-8555-555555555555
  mkdir "$WORK/out-folder"
  expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" "$receipts"
  expect_equal "$(find "$WORK/out-folder" -name '*.json' | wc -l)" "$receipts"
  expect_equal "$(jq -c .last_incident_timestamp "$(files)/connector-state.json")" 1788900299
  expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" 0
}
case_ok "with the directory sink alone no platform is needed, and the state lies beside the chain's files" directory_alone

json_log() {
  start_examples
  expect_status 0 sentinel-incidents --once --log-format json --log-level debug --dump "$WORK/dumps" >/dev/null 2>"$WORK/log"
  jq -e -s 'all(has("timestamp") and has("level") and has("name") and has("message"))' "$WORK/log" >/dev/null || fail "$(cat "$WORK/log")"
}
case_ok "with --log-format json every message of every stage is one JSON object" json_log

time_stamps() {
  start_examples
  env -u JOURNAL_STREAM sentinel-incidents --once --log-level debug >/dev/null 2>"$WORK/log"
  grep -vE '^20[0-9-]{8}T[0-9:.]{12}Z (sentinel-incidents|fetch-token|fetch-incidents|map-stix|push-opencti): ' "$WORK/log" >"$WORK/odd" || true
  [ ! -s "$WORK/odd" ] || fail "without the time: $(cat "$WORK/odd")"
  JOURNAL_STREAM=8:1 sentinel-incidents --once >/dev/null 2>"$WORK/log"
  if grep '^20' "$WORK/log"; then fail "the journal gets the time twice"; fi
  on_terminal "env -u JOURNAL_STREAM sentinel-incidents --once" >"$WORK/log"
  if grep -aE '20[0-9-]{8}T[0-9:.]{12}Z [a-z]' "$WORK/log"; then fail "a terminal gets the time"; fi
  expect_lacks "$WORK/log" '{"bundle"'
}
on_terminal() { script -qefc "$1" /dev/null </dev/null; }
case_ok "messages begin with the time in a file, but neither in the journal nor on a terminal, where no receipts are either" time_stamps

wrong_words() {
  expect_status 64 sentinel-incidents --onse 2>"$WORK/log"
  expect_contains "$WORK/log" "--onse"
  expect_status 64 sentinel-incidents --dump 2>"$WORK/log"
  expect_status 64 sentinel-incidents --log-level loud 2>"$WORK/log"
  expect_status 64 sentinel-incidents extra 2>"$WORK/log"
  expect_status 0 sentinel-incidents --help >"$WORK/out"
  expect_contains "$WORK/out" --check-settings
  expect_status 0 sentinel-incidents --version >"$WORK/out"
  expect_equal "$(sed 's/^[a-z-]* //' "$WORK/out")" "$(map-stix --version | head -n 1 | sed 's/^[a-z-]* //')" "version"
}
case_ok "a wrong command line ends with 64, and --help and --version answer" wrong_words


# OpenCTI refuses an object while it imports: the run after the next fetches its incident again and sends the object.
refused_heals() {
  start_examples --keep-objects
  control /import-error '{"match": "\"type\":\"case-incident\"", "times": 1, "message": "Not today"}' >/dev/null
  expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  post_worker
  for run in 2 3; do
    expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
    post_worker
    [ "$run" -ne 2 ] || expect_contains "$WORK/log" ": Not today"
  done
  expect_equal "$(control /objects | jq '[.[] | select(.type == "case-incident")] | length')" "$imported"
  expect_equal "$(wc -l <"$WORK/receipts")" 1
  expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" 0
}
post_worker() { control "/worker?messages=all" '{}' >/dev/null; }
case_ok "what OpenCTI refuses while it imports is reported, fetched again and sent again" refused_heals
finish
