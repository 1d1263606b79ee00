#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The four tools over the example incidents under valgrind's memcheck: no invalid access, no use of uninitialised memory, no leak.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# What valgrind finds makes the tool end with 99, and stands in $WORK/valgrind.NAME.*.
checked() {
  valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite \
    --log-file="$WORK/valgrind.$1.%p" "$BUILD_DIR/$1" "${@:2}"
}

# expect_clean STATUS…  the statuses of the pipeline's four stages are all 0.
expect_clean() {
  [ "$*" = "0 0 0 0" ] || fail "the stages ended with $*: $(cat "$WORK/log"; head -n 100 "$WORK"/valgrind.*)"
  [ -z "$(cat "$WORK"/valgrind.*)" ] || fail "valgrind says: $(head -n 100 "$WORK"/valgrind.*)"
}

# chain PUSH_OPTION…
chain() {
  local status=0
  set +e
  checked fetch-token --follow 2>>"$WORK/log" | checked fetch-incidents --since 2026-01-01 --failed "$WORK/failed" 2>>"$WORK/log" |
    checked map-stix --rejects "$WORK/rejects" 2>>"$WORK/log" |
    checked push-opencti --rejects "$WORK/rejects" --advance-from "$WORK/state" "$@" >"$WORK/receipts" 2>>"$WORK/log"
  status=${PIPESTATUS[*]}
  set -e
  # shellcheck disable=SC2086  # one word a stage
  expect_clean $status
}

begin() {
  own_folder
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson" "$@"
  use_stand_in
  push-opencti --print-state >"$WORK/state"
}

whole_chain() {
  begin --page-size 3
  chain
  expect_lines "$WORK/receipts" 8
  expect_equal "$(control /ledger | jq -c '.missing - ["4104"]')" '[]'
}

# The ways that are less trodden: no order, no pages with alerts, retries, a refused token, a bundle that is sent again.
with_faults() {
  begin --page-size 3
  control /graph '{"orderby_refused": true, "expand_limit": 0, "alerts_page_size": 1}' >/dev/null
  control /fault '[{"service": "graph", "status": 503, "headers": {"Retry-After": "0"}}, {"service": "graph", "skip": 2, "truncate": "length"},
    {"service": "login", "drop": "reset"}, {"service": "opencti", "match": "stixBundlePush", "status": 502, "html": true}]' >/dev/null
  chain
  expect_lines "$WORK/receipts" 8
}

into_a_directory() {
  begin
  mkdir "$WORK/bundles"
  export CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$WORK/bundles
  chain
  expect_lines "$WORK/receipts" 8
}

readonly sentences=("valgrind finds nothing in the four tools over the example incidents"
  "valgrind finds nothing in the four tools over a Graph and a platform that fail now and then"
  "valgrind finds nothing in the four tools with two sinks")
if [ -n "${SANITIZE:-}" ]; then
  for sentence in "${sentences[@]}"; do skip "$sentence" "a sanitizer is at work already"; done
elif ! type -P valgrind >/dev/null; then
  for sentence in "${sentences[@]}"; do skip "$sentence" "valgrind is not installed: scripts/install-deps sanitize"; done
else
  case_ok "${sentences[0]}" whole_chain
  case_ok "${sentences[1]}" with_faults
  case_ok "${sentences[2]}" into_a_directory
fi

finish
