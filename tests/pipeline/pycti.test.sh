#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Taking over from each Python connector, and giving back to it, with the client that these use: pycti, from PyPI, in virtual
# environments below the build folder. Without python3-venv (scripts/install-deps python) or PyPI the cases are skipped.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
use_chain

# have_pycti WANTED  installs what pip is asked for, once a build folder; sets python.
have_pycti() {
  local folder=$BUILD_DIR/tests/python-$1
  python=$folder/bin/python
  if [ -e "$folder/complete" ]; then return 0; fi
  rm -rf "$folder"
  { python3 -m venv "$folder" && timeout 300 "$folder/bin/pip" install --quiet --disable-pip-version-check "$1" && touch "$folder/complete"; } \
    >"$WORK/pip" 2>&1
}

# python_run CONNECTOR  one run of it; shows the incidents that it takes.
python_run() {
  control /ledger | jq -c .incidents >"$WORK/incidents"
  # A proxy of the machine's is not for loopback.
  env -u http_proxy -u https_proxy -u HTTP_PROXY -u HTTPS_PROXY timeout 120 \
    "$python" "$ROOT/tests/pipeline/python_connector.py" "$1" 1577836800 <"$WORK/incidents" 2>"$WORK/python.log" || fail "$(cat "$WORK/python.log")"
}
chain_run() {
  sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log" || fail "$(cat "$WORK/log")"
  jq -r .incident "$WORK/receipts" | tr '\n' ' ' | sed 's/ $//'
}
# begin VERSION  services with incident a alone, after which others are made.
begin() {
  own_folder
  head -n 1 "$ROOT/examples/incidents.ndjson" | jq -c '.id = "a" | .lastUpdateDateTime = "2026-09-01T10:00:00.4Z"' >"$WORK/first"
  start_stand_in --platform-version "$1" --auto-worker --incidents "$WORK/first"
  use_stand_in
  export SENTINEL_INCIDENTS_OVERLAP=PT0S
}
add() { control /mutate "{\"op\": \"add\", \"id\": \"$1\", \"last_update\": \"$2\"}" >/dev/null; }
state() { push-opencti --print-state; }

both_ways() {
  local connector=$1 version=$2
  begin "$version"
  add b 2026-09-02T10:00:00.6Z
  expect_equal "$(python_run "$connector")" "a b"
  # Python has rounded b's time up.
  expect_equal "$(state)" '{"last_incident_timestamp":1788343201}'
  # Here the second before is read again: what came between b and that full second would be passed over else.
  add c 2026-09-02T10:00:00.8Z
  add d 2026-09-03T10:00:00.9999999Z
  expect_equal "$(chain_run)" "b c d"
  expect_equal "$(state | jq -c .last_incident_timestamp)" 1788429600
  expect_equal "$(chain_run)" ""
  # Back: the connector finds a whole second, of which it takes the last incident once more, and leaves the other keys.
  add e 2026-09-03T10:00:05.2Z
  expect_equal "$(python_run "$connector")" "d e"
  expect_equal "$(state | jq -c '[.last_incident_timestamp, .last_incident_update]')" '[1788429605,"2026-09-03T10:00:00.9999999Z"]'
  # Those that ask for what is later than the whole second take its last incident each time; the first compares rounded times.
  again=e
  if [ "$connector" = sentinel-incidents ]; then again=''; fi
  expect_equal "$(python_run "$connector")" "$again"
  # And here again.
  add f 2026-09-03T10:00:05.3Z
  expect_equal "$(chain_run)" "e f"
  expect_equal "$(chain_run)" ""
  # Operations of another client are nothing that this project's are checked with.
  : >"$STAND_IN_RECORD/operations.ndjson"
}

# What version 0.1.0 left, and the refresh button.
other_states() {
  begin "$1"
  expect_equal "$(chain_run)" "a"
  control "/reset?connector=$CONNECTOR_ID" '{}' >/dev/null
  expect_equal "$(python_run microsoft-defender-incidents)" "a"
  control "/reset?connector=$CONNECTOR_ID" '{}' >/dev/null
  expect_equal "$(chain_run)" "a"
  : >"$STAND_IN_RECORD/operations.ndjson"
}

# versions of pycti, and of the platform that each registers at
cases() {
  local connector
  for connector in sentinel-incidents microsoft-defender-incidents microsoft-sentinel-incidents; do
    title="with $1 the state goes from $connector to the chain and back, nothing missed, nothing twice but a second"
    if [ -n "$3" ]; then skip "$title" "$3"; else case_ok "$title" both_ways "$connector" "$2"; fi
  done
  title="with $1 a reset at either side makes the other start anew"
  if [ -n "$3" ]; then skip "$title" "$3"; else case_ok "$title" other_states "$2"; fi
}
while read -r wanted version; do
  reason=
  have_pycti "$wanted" || reason="pip cannot install it: $(tail -n 1 "$WORK/pip")"
  cases "$wanted" "$version" "$reason"
done <<'END'
pycti 7.261026.0
pycti==6.8.10 6.8.10
END

finish
