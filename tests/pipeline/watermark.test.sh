#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Where one run ends and the next begins: dates in the future, slow acknowledgements, bulk changes, wrong clocks.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=graph_lib.sh
. "$(dirname "$0")/graph_lib.sh"

# incident ID TIME  one line for the stand-in; TIME is text for date(1).
incident() {
  jq -nc --arg id "$1" --arg at "$(date -u -d "$2" +%Y-%m-%dT%H:%M:%S.%7NZ)" '{id: $id, lastUpdateDateTime: $at,
    createdDateTime: "2026-01-01T00:00:00Z", displayName: "Incident \($id)", status: "active", severity: "high", alerts: []}'
}

start_with() {
  own_folder
  cat >"$WORK/incidents"
  start_stand_in --incidents "$WORK/incidents"
  use_stand_in
}

# run OPTION…  one run of the four tools, as the chain makes it, with options for fetch-incidents.
run() {
  push-opencti --print-state >"$WORK/state.json"
  fetch-token | fetch-incidents --state "$WORK/state.json" "$@" 2>"$WORK/log" | tee "$WORK/fetched" | map-stix --quiet |
    push-opencti --advance-from "$WORK/state.json" >"$WORK/receipts" 2>"$WORK/log.push"
}
fetched() { jq -r .id "$WORK/fetched" | tr '\n' ' '; }
watermark() { push-opencti --print-state | jq -r '.last_incident_update // "none"'; }

# The page is read, then one incident is updated, and only later the platform takes the first push.
slow_acknowledgement() {
  start_with < <({ incident past '1 minute ago' && incident future 2099-01-01; })
  fault '{"service":"opencti","match":"stixBundlePush","status":503,"headers":{"Retry-After":"4"}}'
  run --overlap PT1S &
  wait_until 20 grep -q future "$WORK/fetched"
  control /mutate '[{"op":"add","id":"between","last_update":"'"$(date -u -d '1 second' +%Y-%m-%dT%H:%M:%SZ)"'"}]' >/dev/null
  wait $!
  expect_equal "$(watermark)" "$(jq -r 'select(.id == "past") | .lastUpdateDateTime' "$WORK/incidents")"
  run --overlap PT1S
  case " $(fetched)" in *" between "*) ;; *) fail "not fetched: between, but $(fetched)" ;; esac
}
case_ok "an incident dated in the future and a slow platform do not hide one that is updated between" slow_acknowledgement

state_in_future() {
  start_with < <(incident late '2 minutes ago')
  echo '{"last_incident_timestamp":"2031-01-01T00:00:00Z","last_incident_update":"2031-01-01T00:00:00Z"}' >"$WORK/wrong"
  fetch-token >"$WORK/token"
  expect_status 0 fetch-incidents --state "$WORK/wrong" <"$WORK/token" >"$WORK/fetched" 2>"$WORK/log"
  expect_equal "$(fetched)" "late "
  expect_contains "$WORK/log" 'the stored state (2031-01-01T00:00:00Z) lies in the future'
  expect_status 0 fetch-incidents --check --state "$WORK/wrong" <"$WORK/token" >"$WORK/out"
  expect_contains "$WORK/out" 'warning  start of the range: the stored state (2031-01-01T00:00:00Z) lies in the future'
}
case_ok "a stored state later than now is warned of, and reading goes on the overlap before now" state_in_future

# A state file stands for what another program left at the platform.
state_pulled_back() {
  start_with < <(incident late '2 minutes ago')
  export CONNECTOR_SEND_TO_QUEUE=false CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$WORK
  export SENTINEL_INCIDENTS_APPLICANT_ID=3a3b3c3d-0000-4000-8000-000000000000
  echo '{"last_incident_timestamp":"2031-01-01T00:00:00Z","last_incident_update":"2031-01-01T00:00:00Z"}' >"$WORK/kept"
  cp "$WORK/kept" "$WORK/state.json"
  before=$(date -u +%Y-%m-%dT%H:%M:%S)
  : | push-opencti --state-file "$WORK/kept" --advance-from "$WORK/state.json" >"$WORK/receipts" 2>"$WORK/log"
  pulled=$(jq -r .last_incident_update "$WORK/kept")
  [[ ! $pulled < $before && ! $pulled > $(date -u +%Y-%m-%dT%H:%M:%S)z ]] || fail "the watermark is $pulled"
}
case_ok "a stored state later than now is pulled back, so that the run after goes on without a gap" state_pulled_back

start_in_future() {
  start_with < <(incident one '2 minutes ago')
  fetch-token >"$WORK/token"
  export SENTINEL_INCIDENTS_IMPORT_START_DATE=2062-01-01
  expect_status 0 fetch-incidents <"$WORK/token" >"$WORK/fetched" 2>"$WORK/log"
  expect_contains "$WORK/log" 'SENTINEL_INCIDENTS_IMPORT_START_DATE (2062-01-01T00:00:00Z) lies in the future'
  expect_status 0 fetch-incidents --check <"$WORK/token" >"$WORK/out"
  expect_contains "$WORK/out" 'warning  start of the range: SENTINEL_INCIDENTS_IMPORT_START_DATE'
  # It says nothing where it does not count.
  expect_status 0 fetch-incidents --since 2026-01-01 <"$WORK/token" >"$WORK/fetched" 2>"$WORK/log"
  expect_lacks "$WORK/log" 'future'
  expect_status 64 fetch-incidents --since 2026-02-01 --until 2026-01-01 <"$WORK/token" >"$WORK/fetched" 2>"$WORK/log"
  expect_contains "$WORK/log" '--until must be later than --since'
}
case_ok "an import start date in the future is warned of, and --until before --since is wrong usage" start_in_future

# More incidents than a state can list as delivered change within the overlap.
start_with_bulk() {
  start_with < <(jq -nc 'range(4500) | {id: "\(.)", lastUpdateDateTime: (1767225600 + . / 100 | floor | todate), alerts: [],
    createdDateTime: "2026-01-01T00:00:00Z", displayName: "Incident \(.)", status: "active", severity: "high"}')
}

bulk_change() {
  start_with_bulk
  run --reading "$WORK/reading"
  expect_lines "$WORK/fetched" 4500
  run
  [ "$(wc -l <"$WORK/fetched")" -gt 0 ] || fail "the case proves nothing: without --reading nothing came again"
  run --reading "$WORK/reading"
  expect_lines "$WORK/fetched" 0
  run --reading "$WORK/reading" --filter "severity eq 'high'"
  [ "$(wc -l <"$WORK/fetched")" -gt 0 ] || fail "the reading of another filter counted"
  run --reading "$WORK/reading"
  run --reading "$WORK/reading"
  expect_lines "$WORK/fetched" 0
  control /mutate '[{"op":"add","id":"late","last_update":"'"$(date -u -d '-2 minutes' +%Y-%m-%dT%H:%M:%SZ)"'"}]' >/dev/null
  run --reading "$WORK/reading"
  expect_equal "$(fetched)" "late "
}
case_ok "after a bulk change the overlap reaches back from the last complete reading of the same incidents, and still finds a late one" bulk_change

# Of the first run the platform takes only a part. Its reading could have come to the end before that.
not_all_arrived() {
  start_with_bulk
  fault '{"service":"opencti","match":"stixBundlePush","skip":3,"status":503,"headers":{"Retry-After":"3600"},"times":0}'
  run --reading "$WORK/reading" || true
  [ ! -e "$WORK/reading" ] || fail "a reading that nobody took to its end was noted"
  jq -nc --arg of "$STAND_IN_GRAPH_URL/v1.0/security/incidents" \
    '{asked_at: (now | todate), written_up_to: "2026-01-01T00:00:44Z", of: $of}' >"$WORK/reading"
  control /clear-faults '{}' >/dev/null
  [ "$(push-opencti --print-state | jq '.delivered | length')" -ge 1000 ] || fail "the case proves nothing: the list is short"
  [ "$(control /ledger | jq '.missing | length')" -gt 0 ] || fail "the case proves nothing: all arrived"
  run --reading "$WORK/reading"
  expect_equal "$(control /ledger | jq -c .missing)" '[]'
}
case_ok "a complete reading that did not arrive as a whole does not shorten the overlap" not_all_arrived

not_all_read() {
  start_with_bulk
  run --reading "$WORK/reading"
  cp "$WORK/reading" "$WORK/before"
  fault '{"service":"graph","skip":3,"status":503,"headers":{"Retry-After":"3600"}}'
  run || true
  fault '{"service":"graph","status":503,"headers":{"Retry-After":"3600"}}'
  run --reading "$WORK/reading" || true
  expect_same "$WORK/reading" "$WORK/before"
}
case_ok "a reading that did not come to its end is not noted" not_all_read

unwritable_reading() {
  start_with < <(incident one '3 hours ago')
  fetch-token >"$WORK/token"
  echo '{}' >"$WORK/none"
  expect_status 0 fetch-incidents --state "$WORK/none" --reading "$WORK/no/such" <"$WORK/token" >"$WORK/fetched" 2>"$WORK/log"
  expect_contains "$WORK/log" "cannot write $WORK/no/such"
  echo '{"asked' >"$WORK/torn"
  expect_status 0 fetch-incidents --state "$WORK/none" --reading "$WORK/torn" <"$WORK/token" >"$WORK/fetched" 2>"$WORK/log"
  expect_contains "$WORK/log" "cannot use $WORK/torn"
  expect_equal "$(jq -r .of "$WORK/torn")" "$STAND_IN_GRAPH_URL/v1.0/security/incidents"
}
case_ok "a file of --reading that cannot be read or written costs a warning" unwritable_reading

finish
