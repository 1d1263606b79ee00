#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# push-opencti's directory sink: files as diode-import reads them, with a platform and without one.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"

directory_alone() {
  own_folder
  mkdir "$WORK/bundles"
  export CONNECTOR_ID=$TEST_CONNECTOR_ID CONNECTOR_SEND_TO_QUEUE=false CONNECTOR_SEND_TO_DIRECTORY=true
  export CONNECTOR_SEND_TO_DIRECTORY_PATH=$WORK/bundles
}

without_platform() {
  directory_alone
  push-opencti --print-state --state-file "$WORK/kept" >"$WORK/state"
  expect_equal "$(cat "$WORK/state")" '{}'
  bundles 1 3 >"$WORK/input"
  push --state-file "$WORK/kept" --applicant-id user-9 "$WORK/input"
  expect_equal "$(receipts_of)" "1 2 3 "
  expect_equal "$(jq -r .work_id "$WORK/receipts" | sort -u)" null
  expect_equal "$(find "$WORK/bundles" -type f | wc -l)" 3
  # By time, and by name, in the order of the input; nothing but whole files.
  find "$WORK/bundles" -name '*.json' -printf '%T@ %p\n' | sort -n | cut -d ' ' -f 2- | xargs -d '\n' cat | jq -c .bundle >"$WORK/by_time"
  (cd "$WORK/bundles" && cat -- *) | jq -c .bundle >"$WORK/by_name"
  expect_same "$WORK/by_name" "$WORK/input"
  expect_same "$WORK/by_time" "$WORK/input"
  expect_equal "$(find "$WORK/bundles" -name '*.json' -printf '%T@\n' | sort -u | wc -l)" 3 "the number of different times"
  file=$(find "$WORK/bundles" -name '*.json' | head -n 1)
  expect_equal "$(stat -c %a "$file")" 600
  expect_equal "$(jq -c 'del(.bundle)' "$file")" \
    "{\"bundle_type\":\"DIRECTORY_BUNDLE\",\"applicant_id\":\"user-9\",\"connector\":{\"id\":\"$CONNECTOR_ID\",\"name\":\"Microsoft Sentinel\",\"type\":\"EXTERNAL_IMPORT\",\"scope\":\"sentinel\",\"auto\":false,\"validate_before_import\":false},\"entities_types\":[],\"update\":false}"
  expect_equal "$(push-opencti --print-state --state-file "$WORK/kept" | jq -r .last_incident_update)" "$(updated 3)"
}
case_ok "without a platform each bundle becomes a whole file in order, and the state lies in the state file" without_platform

user_untold() {
  start
  mkdir "$WORK/bundles"
  export CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$WORK/bundles
  fault '{"service": "opencti", "match": "registerConnector", "times": 0, "processed": true, "body": {"data": {"registerConnector": {"id": "x", "connector_state": "null", "connector_user_id": null}}}}'
  expect_status 78 push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  expect_contains "$WORK/log" SENTINEL_INCIDENTS_APPLICANT_ID
  expect_equal "$(ls "$WORK/bundles")" ''
  push-opencti --applicant-id user-9 < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(jq -r .applicant_id "$WORK/bundles"/*)" user-9
}
case_ok "no file is written in nobody's name: where the platform does not tell the user, the setting is asked for" user_untold

claim_on_file() {
  directory_alone
  export SENTINEL_INCIDENTS_APPLICANT_ID=user-9
  push-opencti --print-state --state-file "$WORK/kept" >"$WORK/state"
  bundles 1 1 | push --state-file "$WORK/kept"
  expect_status 75 push --state-file "$WORK/kept" < <(bundles 2 2)
  expect_equal "$(push-opencti --print-state --state-file "$WORK/kept" | jq -r .last_incident_update)" "$(updated 1)"
  push-opencti <"$WORK/state" 2>/dev/null >/dev/null || true
  bundles 5 5 | push-opencti --state-file "$WORK/kept" >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(push-opencti --print-state --state-file "$WORK/kept" | jq -r .last_incident_update)" "$(updated 1)"
}
case_ok "a state file that moved meanwhile is left alone, and so it is without --advance-from" claim_on_file

no_applicant() {
  directory_alone
  expect_status 78 push-opencti < <(bundles 1 1) 2>"$WORK/log"
  expect_contains "$WORK/log" SENTINEL_INCIDENTS_APPLICANT_ID
  expect_status 78 env CONNECTOR_SEND_TO_DIRECTORY=false push-opencti </dev/null 2>"$WORK/log"
  expect_contains "$WORK/log" "would go nowhere"
  expect_status 78 env CONNECTOR_SEND_TO_DIRECTORY_PATH="$WORK/missing" push-opencti --applicant-id x </dev/null 2>"$WORK/log"
  expect_contains "$WORK/log" "$WORK/missing"
}
case_ok "without an applicant, a target or a folder the run does not start" no_applicant

retention() {
  directory_alone
  export SENTINEL_INCIDENTS_APPLICANT_ID=user-9 CONNECTOR_SEND_TO_DIRECTORY_RETENTION=7
  bundles 1 1 | push-opencti >/dev/null 2>"$WORK/log"
  own=$(find "$WORK/bundles" -name '*.json')
  touch -d '8 days ago' "$own" "$WORK/bundles/other-20260101-000000.json" "$WORK/bundles/microsoft_sentinel-notes.json"
  bundles 2 2 | push-opencti >/dev/null 2>"$WORK/log"
  [ ! -e "$own" ] || fail "the old file is still there"
  for foreign in other-20260101-000000.json microsoft_sentinel-notes.json; do
    [ -e "$WORK/bundles/$foreign" ] || fail "$foreign, which is not ours, is gone"
  done
  expect_equal "$(find "$WORK/bundles" -type f | wc -l)" 3
}
case_ok "only old files that this connector wrote are deleted" retention

both_sinks() {
  start
  mkdir "$WORK/bundles"
  export CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$WORK/bundles
  save_state
  bundles 1 2 | push
  expect_equal "$(receipts_of)" "1 2 "
  expect_equal "$(arrived)" "1 2 "
  applicant=$(cat "$WORK/bundles"/* | jq -r .applicant_id | sort -u)
  expect_equal "$applicant" "$(control "/state?connector=$CONNECTOR_ID" | jq -r '.connectors[0].connector_user_id')"
  expect_status 64 push-opencti --state-file "$WORK/kept" </dev/null 2>"$WORK/log"
}
case_ok "with a platform as well both sinks get each bundle, and the applicant is the platform's user" both_sinks

queue_fails() {
  start
  mkdir "$WORK/bundles"
  export CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$WORK/bundles SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S
  save_state
  fault '{"service": "opencti", "match": "stixBundlePush", "times": 0, "status": 503}'
  expect_status 69 push < <(bundles 1 2)
  expect_lines "$WORK/receipts" 0
  expect_equal "$(state)" '{}'
}
case_ok "a bundle that only one of two sinks has got has no receipt" queue_fails

no_room() {
  directory_alone
  export SENTINEL_INCIDENTS_APPLICANT_ID=user-9
  push-opencti --print-state --state-file "$WORK/kept" >"$WORK/state"
  bundles 1 9 | jq -c 'if .id | test("00000006") then .objects[2].x_note = ("x" * 40000) else . end' >"$WORK/input"
  # A file may have 16 KB here: writing the sixth fails as on a full disk.
  (trap '' XFSZ && ulimit -f 16 && expect_status 74 push --state-file "$WORK/kept" "$WORK/input")
  expect_equal "$(receipts_of)" "1 2 3 4 5 "
  expect_equal "$(jq -r .last_incident_update "$WORK/kept")" "$(updated 5)"
  expect_equal "$(find "$WORK/bundles" -type f | wc -l)" 5
}
case_ok "where a file cannot be written only what was before it is in receipts and state, and the run ends with 74" no_room

finish
