#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The benchmark runs, at a tiny size; its table has its rows and figures. No time is asserted.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

runs() {
  INCIDENTS=20 ALERTS=2 EVIDENCE=3 RUNS=1 LARGE=40 LEDGER_OBJECTS=2000 SKIP_INSTALL=1 "$ROOT/scripts/bench" >"$WORK/table"
  cat "$WORK/table"
}

# row NAME COLUMNS  the table's line of that name holds that many figures, each a number or "-"
row() {
  grep -Eq "^$1( +([0-9]+(\.[0-9]+)?|-)){$2}\$" "$WORK/table" || { echo "no row \"$1\" of $2 figures" && return 1; }
}

mapping_rows() {
  grep -Eq '^map-stix: 20 incidents, [1-9][0-9]* bytes in, [1-9][0-9]* objects, [1-9][0-9]* bytes out' "$WORK/table"
  row map-stix 5
  row floor 5
  row 'jq -c \.' 5
  row cat 5
  grep -Eq '^map-stix takes [0-9.]+ times the floor; jq -c \. takes [0-9.]+ times map-stix$' "$WORK/table"
}

growth_rows() {
  grep -Eq '^linearity: 10 times the lines take [0-9.]+ times as long$' "$WORK/table"
  grep -Eq '^one incident of 33 alerts: [0-9.]+ us an alert; small incidents: [0-9.]+ us an alert$' "$WORK/table"
  grep -Eq '^its line has [0-9.]+ MB, peak memory [0-9.]+ MB, -?[0-9.]+ times the line over 12 MB$' "$WORK/table"
  grep -Eq '^large input: [0-9]+ MB in [0-9.]+ s, [0-9.]+ MB/s, peak memory [0-9.]+ MB, longest line [0-9.]+ MB$' "$WORK/table"
}

transfer_rows() {
  for latency in 0 10 100; do
    row "small, $latency ms" 6
    row "large, $latency ms" 6
  done
  for latency in 0 100; do
    row "push-opencti, $latency ms" 4
    row "one by one, $latency ms" 4
  done
  grep -q '^push-opencti over AMQP is not measured: ' "$WORK/table" || { row 'amqp, 0 ms' 4 && row 'amqp, 100 ms' 4; }
  grep -Eq '^chain +[0-9.]+ s +[0-9]+ incidents/s$' "$WORK/table"
}

ledger_rows() {
  grep -Eq '^in a pipe: map-stix [0-9.]+ s, jq -c \. [0-9.]+ s, which is [0-9.]+ times as long$' "$WORK/table"
  for step in 'first import' 'status alone' 'an alert more' 'no change'; do row "$step" 2; done
  grep -Eq '^status alone +2 +[0-9]+$' "$WORK/table"
  grep -Eq '^no change +0 +[0-9]+$' "$WORK/table"
  grep -Eq '^a ledger of 2000 objects has [0-9.]+ MB; a bundle of 90 objects takes [0-9.]+ ms of the processor when all are held, [0-9.]+ ms when all are new$' "$WORK/table"
}

startup_rows() {
  for tool in fetch-token fetch-incidents map-stix push-opencti true curl; do row "$tool" 3; done
}

if [ -n "${SANITIZE:-}" ]; then
  skip "the benchmark runs at a tiny size" "instrumented programs have other times"
else
  case_ok "the benchmark runs at a tiny size" runs
  case_ok "it compares mapping with a floor, jq and cat" mapping_rows
  case_ok "it tells how time and memory grow" growth_rows
  case_ok "it tells how fast incidents are fetched and bundles pushed, and how long the whole chain takes" transfer_rows
  case_ok "it tells what an update costs in messages, and the ledger in time" ledger_rows
  case_ok "it tells each tool's start-up" startup_rows
fi

finish
