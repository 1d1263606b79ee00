# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the pipeline tests share; each NAME.test.sh sources it first. A test script reads
#
#   . "$(dirname "$0")/lib.sh"
#   rejects_are_kept() { expect_status 65 map-stix --rejects "$WORK/rejects" bad.ndjson >"$WORK/out"; }
#   case_ok "a line that is not JSON goes to the rejects" rejects_are_kept
#   finish
#
# A case runs in a subshell under `set -e`: the first command that fails ends it, and its output is shown. Variables set in a
# case are gone after it; files in $WORK stay until the script ends.
#
# BUILD_DIR names the folder of the executables (default: build), SANITIZE an instrumented tree below it. The executables
# and the project's scripts are in PATH. No setting of the caller's environment reaches a test.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
: "${BUILD_DIR:=$ROOT/build${SANITIZE:+/${SANITIZE//,/-}}}"
BUILD_DIR=$(cd "$BUILD_DIR" && pwd)
export BUILD_DIR
PATH=$BUILD_DIR:$BUILD_DIR/tests:$ROOT/scripts:$PATH

while IFS= read -r name; do
  case $name in
    OPENCTI_* | CONNECTOR_* | SENTINEL_INCIDENTS_* | MQ_* | HTTPS_CA_CERTIFICATES | QUEUE_PROTOCOL | *_proxy | *_PROXY) unset "$name" ;;
  esac
done < <(compgen -e)
unset name
export TZ=UTC LC_ALL=C.UTF-8
# Messages without the time, as a service's in the journal.
export JOURNAL_STREAM=none
# The sanitizers' own exit status must not look like one of the tools'.
# The tools let nobody look into them but root, the leak detector's tracer included.
leaks=detect_leaks=1
[ "$(id -u)" -eq 0 ] || leaks=detect_leaks=0
export ASAN_OPTIONS=${ASAN_OPTIONS:-exitcode=99:$leaks} UBSAN_OPTIONS=${UBSAN_OPTIONS:-exitcode=99:print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-exitcode=99}

# A private folder, removed at the end; WORK=DIR KEEP_WORK=1 keeps it for a look.
WORK=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-incidents-test.XXXXXX")

cases_passed=0
cases_failed=0
finished=
stand_in_pids=()
stand_in_records=()

# Ends what this shell started. The operations that the stand-in recorded go to OPERATIONS_LOG where that is set, so that
# they can be checked against the platform's schemas.
stop_stand_ins() {
  local pid record
  for pid in "${stand_in_pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${stand_in_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  stand_in_pids=()
  if [ -n "${OPERATIONS_LOG:-}" ]; then
    for record in "${stand_in_records[@]}"; do
      [ -s "$record/operations.ndjson" ] || continue
      (flock 9 && cat "$record/operations.ndjson" >&9) 9>>"$OPERATIONS_LOG"
    done
  fi
  stand_in_records=()
}

end_script() {
  local status=$?
  stop_stand_ins
  if [ -z "$finished" ]; then
    echo "not ok - the script ended before its last case (status $status)"
    [ "$status" -ne 0 ] || status=1
  fi
  if [ -n "${KEEP_WORK:-}" ]; then echo "# kept: $WORK"; else rm -rf "$WORK"; fi
  exit "$status"
}
trap end_script EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

# start_stand_in OPTION…  starts the stand-in services and waits until they accept; sets STAND_IN_PID, STAND_IN_RECORD (the
# folder with requests.ndjson, operations.ndjson, bundles.ndjson), STAND_IN_LOG, STAND_IN_LOGIN_URL, STAND_IN_GRAPH_URL,
# STAND_IN_OPENCTI_URL and STAND_IN_CONTROL_URL. It ends with the case, or with the script when started outside of one.
start_stand_in() {
  local folder ready tries=0
  folder=$(mktemp -d "$WORK/stand-in.XXXXXX")
  ready=$folder/ready
  STAND_IN_RECORD=$folder/record
  STAND_IN_LOG=$folder/log
  mkdir "$STAND_IN_RECORD"
  # The test's own descriptors are closed, so that a stand-in never keeps a pipe of the test open.
  "$BUILD_DIR/tests/stand-in" --ready-file "$ready" --record "$STAND_IN_RECORD" --exit-with-parent "$@" \
    >"$STAND_IN_LOG" 2>&1 3>&- </dev/null &
  STAND_IN_PID=$!
  stand_in_pids+=("$STAND_IN_PID")
  stand_in_records+=("$STAND_IN_RECORD")
  until [ -e "$ready" ]; do
    if ! kill -0 "$STAND_IN_PID" 2>/dev/null; then
      fail "the stand-in ended before it was ready: $(cat "$STAND_IN_LOG")"
    fi
    tries=$((tries + 1))
    [ "$tries" -le 1500 ] || fail "the stand-in was not ready within 30 seconds: $(cat "$STAND_IN_LOG")"
    sleep 0.02
  done
  STAND_IN_LOGIN_URL=$(sed -n 's/^LOGIN_URL=//p' "$ready")
  STAND_IN_GRAPH_URL=$(sed -n 's/^GRAPH_URL=//p' "$ready")
  STAND_IN_OPENCTI_URL=$(sed -n 's/^OPENCTI_URL=//p' "$ready")
  STAND_IN_CONTROL_URL=$(sed -n 's/^CONTROL_URL=//p' "$ready")
  export STAND_IN_LOGIN_URL STAND_IN_GRAPH_URL STAND_IN_OPENCTI_URL STAND_IN_CONTROL_URL STAND_IN_RECORD STAND_IN_LOG
}

# The accounts that the stand-in knows (its own defaults are the same).
export STAND_IN_TENANT_ID=${STAND_IN_TENANT_ID:-11111111-1111-4111-8111-111111111111}
export STAND_IN_CLIENT_ID=${STAND_IN_CLIENT_ID:-22222222-2222-4222-8222-222222222222}
export STAND_IN_CLIENT_SECRET=${STAND_IN_CLIENT_SECRET:-stand-in-client-secret}
export STAND_IN_OPENCTI_TOKEN=${STAND_IN_OPENCTI_TOKEN:-33333333-3333-4333-8333-333333333333}
TEST_CONNECTOR_ID=8d0f7c52-1f0b-4c0e-9a55-2f0c6f1f7e10

# use_stand_in  exports the settings of the whole chain for the stand-in started last.
use_stand_in() {
  export SENTINEL_INCIDENTS_TENANT_ID=$STAND_IN_TENANT_ID
  export SENTINEL_INCIDENTS_CLIENT_ID=$STAND_IN_CLIENT_ID
  export SENTINEL_INCIDENTS_CLIENT_SECRET=$STAND_IN_CLIENT_SECRET
  export SENTINEL_INCIDENTS_LOGIN_URL=$STAND_IN_LOGIN_URL
  export SENTINEL_INCIDENTS_API_BASE_URL=$STAND_IN_GRAPH_URL
  export SENTINEL_INCIDENTS_MAX_RATE=0
  export SENTINEL_INCIDENTS_STATE_DIR=$WORK/state
  export OPENCTI_URL=$STAND_IN_OPENCTI_URL
  export OPENCTI_TOKEN=$STAND_IN_OPENCTI_TOKEN
  export CONNECTOR_ID=$TEST_CONNECTOR_ID
}

# use_chain  puts a copy of the chain script first in PATH that finds the tools of BUILD_DIR.
use_chain() {
  mkdir -p "$WORK/root"
  cp -r "$ROOT/scripts" "$WORK/root/"
  ln -sfn "$BUILD_DIR" "$WORK/root/build"
  PATH=$WORK/root/scripts:$PATH
}

# control PATH  asks the stand-in's control port; control PATH JSON (or -) posts to it.
control() {
  if [ $# -gt 1 ]; then
    curl --noproxy '*' -fsS --max-time 60 -H 'Content-Type: application/json' --data-binary "$2" "$STAND_IN_CONTROL_URL$1"
  else
    curl --noproxy '*' -fsS --max-time 60 "$STAND_IN_CONTROL_URL$1"
  fi
}

# fault JSON  orders a fault, or an array of them.
fault() { control /fault "$1" >/dev/null; }

# fail MESSAGE  ends the case; the message is seen even where the case has redirected its standard error.
fail() {
  if { true >&3; } 2>/dev/null; then printf '%s\n' "$*" >&3; else printf '%s\n' "$*" >&2; fi
  exit 1
}

# expect_status N COMMAND…  the command must end with that exit status. Its input and output are the caller's.
expect_status() {
  local expected=$1 status=0
  shift
  "$@" || status=$?
  [ "$status" -eq "$expected" ] || fail "exit status $status, not $expected: $*"
}

# expect_equal ACTUAL EXPECTED [WHAT]
expect_equal() {
  [ "$1" = "$2" ] || fail "${3:-value} is"$'\n'"    $1"$'\n'"not"$'\n'"    $2"
}

# expect_contains FILE TEXT  the file holds the text, word for word.
expect_contains() {
  grep -qF -e "$2" -- "$1" || fail "$1 does not hold \"$2\":"$'\n'"$(head -c 4000 "$1")"
}

# expect_lacks FILE TEXT  the file must be there and not hold the text.
expect_lacks() {
  [ -e "$1" ] || fail "$1 is missing"
  if grep -qF -e "$2" -- "$1"; then fail "$1 holds \"$2\": $(grep -nF -e "$2" -- "$1" | head -c 400)"; fi
}

# expect_same FILE FILE  byte for byte.
expect_same() {
  cmp -- "$1" "$2" >/dev/null 2>&1 || fail "$1 and $2 differ: $(cmp -- "$1" "$2" 2>&1; diff -- "$1" "$2" | head -c 2000)"
}

# expect_lines FILE N
expect_lines() {
  local lines
  lines=$(wc -l <"$1")
  [ "$lines" -eq "$2" ] || fail "$1 has $lines lines, not $2"
}

# wait_until SECONDS COMMAND…  repeats the command until it succeeds; the case fails when it has not by then.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "not seen in time: $*"
    sleep 0.02
  done
}

# case_ok SENTENCE COMMAND…  runs one case and prints `ok - SENTENCE` or `not ok - SENTENCE` with what the command printed.
case_ok() {
  local sentence=$1 status
  shift
  set +e
  (
    set -euo pipefail
    stand_in_pids=()
    stand_in_records=()
    finished=in-a-case
    trap stop_stand_ins EXIT
    "$@"
  ) >"$WORK/.case" 2>&1 3>>"$WORK/.case"
  status=$?
  set -e
  if [ "$status" -eq 0 ]; then
    cases_passed=$((cases_passed + 1))
    echo "ok - $sentence"
  else
    cases_failed=$((cases_failed + 1))
    echo "not ok - $sentence"
    echo "# status $status from: $*"
    head -c 20000 "$WORK/.case" | sed 's/^/# /'
    echo
  fi
}

# own_folder  gives the case a $WORK of its own, in that of the script.
own_folder() { WORK=$(mktemp -d -p "$WORK"); }

# skip SENTENCE REASON  for a case that cannot run here.
skip() { echo "skip - $1 ($2)"; }

# The last line of a test script.
finish() {
  finished=yes
  [ "$cases_failed" -eq 0 ] || exit 1
  [ "$cases_passed" -gt 0 ] || { echo "# no case ran"; }
  exit 0
}
