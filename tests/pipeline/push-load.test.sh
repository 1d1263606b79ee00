#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# push-opencti under load, over the API and over a real RabbitMQ: memory follows the largest bundle and not the run, and nothing
# is lost. LOAD is the number of bundles of the long run (3000); LARGE the number of objects of the large bundle, of 1 KB each
# (60000, which makes 60 MB).
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"
: "${LOAD:=3000}" "${LARGE:=60000}"

# measured FILE  pushes it and sets $peak to the peak memory in kilobytes.
measured() {
  push-opencti "$1" >"$WORK/receipts" 2>"$WORK/log" &
  local pid=$! now=0
  peak=0
  while kill -0 "$pid" 2>/dev/null; do
    now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status" 2>/dev/null || true)
    if [ "${now:-0}" -gt "$peak" ]; then peak=$now; fi
    sleep 0.02
  done
  expect_status 0 wait "$pid"
}

large_bundle() {
  bundles 1 1 | jq -c --argjson count "$LARGE" '("x" * 900) as $fill
    | .objects = ([range($count) as $n | {type: "url", spec_version: "2.1", id: "url--\($n)", value: "https://example.com/\($n)/\($fill)"}] + .objects)'
}

large() {
  "$@"
  large_bundle >"$WORK/input"
  measured "$WORK/input"
  local line
  line=$(stat -c %s "$WORK/input")
  echo "# one bundle of $((line / 1000000)) MB: peak $((peak / 1000)) MB, $((peak * 1024 * 100 / line)) % of its line" >&4
  expect_lines "$WORK/receipts" 1
  [ $((peak * 1024)) -le $((line * 4)) ] || fail "peak memory of $peak kB for a line of $line bytes"
}

long() {
  "$@"
  bundles 1 300 >"$WORK/few"
  measured "$WORK/few"
  local short_peak=$peak
  bundles 1 "$LOAD" >"$WORK/input"
  measured "$WORK/input"
  echo "# $LOAD bundles: peak $((peak / 1000)) MB; of 300: $((short_peak / 1000)) MB" >&4
  expect_lines "$WORK/receipts" "$LOAD"
  # What a sink holds at most, and its copies; the run's length is no part of it.
  [ "$peak" -le $((short_peak + 60000)) ] || fail "peak memory of $peak kB, of a short run $short_peak kB"
}

exec 4>&1
ids_of() { jq -r '.objects[].id' | LC_ALL=C sort -u; }
api() { start --platform-version 7.260817.0; }
large_api() {
  large api
  expect_same <(pushed_bundles | ids_of) <(ids_of <"$WORK/input")
}
long_api() {
  long api
  expect_same <(pushed_bundles | ids_of) <(ids_of <"$WORK/input")
}
case_ok "over the API a bundle of many megabytes arrives whole, in at most four times its memory" large_api
case_ok "over the API a long run arrives whole, in no more memory than a short one" long_api

# shellcheck source=broker_lib.sh
. "$(dirname "$0")/broker_lib.sh"
queued_ids() { drain && jq -r '.content | @base64d | fromjson | .objects[0].id' "$WORK/messages" | LC_ALL=C sort -u; }
large_amqp() {
  large start_amqp
  expect_same <(queued_ids) <(ids_of <"$WORK/input")
}
long_amqp() {
  long start_amqp
  expect_same <(queued_ids) <(ids_of <"$WORK/input")
}
case_ok "over RabbitMQ a bundle of many megabytes arrives whole, in at most four times its memory" large_amqp
case_ok "over RabbitMQ a long run arrives whole, in no more memory than a short one" long_amqp

finish
