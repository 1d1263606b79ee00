#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The four tools over more than memory could hold: what each of them takes follows its largest record, not the length of the run.
#
# PAGES pages of 50 incidents with ALERTS alerts each (12 of 10 alerts; the long run has 300 of 100, which makes 29 MB a page), and
# SMALL small incidents in one run (2,000; the long run has 100,000).
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${PAGES:=12}" "${ALERTS:=10}" "${SMALL:=2000}"

stages=(fetch-token fetch-incidents map-stix push-opencti)

# hold COUNT ALERTS EVIDENCE COPIES  a stand-in with that many incidents, each held so many times, no two of one moment. It forgets
# what it is pushed.
hold() {
  own_folder
  generate-incidents "$1" "$2" "$3" |
    jq -c --argjson copies "$4" '.lastUpdateDateTime = (1767225600 + input_line_number * $copies | todate)' >"$WORK/incidents"
  page=$((50 * $(stat -c %s "$WORK/incidents") / $1))
  total=$(($1 * $4))
  start_stand_in --incidents "$WORK/incidents" --copies "$4" --null-platform --identity
  use_stand_in
  push-opencti --print-state >"$WORK/state"
}

# kilobytes NAME PID  a figure of the process, or nothing when it has ended.
kilobytes() { sed -n "s/^$1:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$2/status" 2>/dev/null || true; }

# Notes what the stages have of memory at the moment, under a name.
note() {
  local i now
  for i in "${!stages[@]}"; do
    now=$(kilobytes VmRSS "${pids[i]}")
    if [ -n "$now" ]; then memory[$1,$i]=$now; fi
    now=$(kilobytes VmHWM "${pids[i]}")
    if [ -n "$now" ]; then memory[peak,$i]=$now; fi
  done
}

all_run() {
  local i
  for i in "${!stages[@]}"; do [ "$(cat "/proc/${pids[i]}/comm")" = "${stages[i]}" ] || return; done
}

# Runs the four tools and sets memory[10|50|100|peak,STAGE], in kilobytes: at that part of the receipts, and at most.
run() {
  local done=0 part i
  mkfifo "$WORK/tokens" "$WORK/raw" "$WORK/bundles" "$WORK/gate"
  fetch-token --follow >"$WORK/tokens" 2>"$WORK/log.0" &
  pids=("$!")
  fetch-incidents --since 2026-01-01 <"$WORK/tokens" >"$WORK/raw" 2>"$WORK/log.1" &
  pids+=("$!")
  map-stix --rejects "$WORK/rejects" <"$WORK/raw" >"$WORK/bundles" 2>"$WORK/log.2" &
  pids+=("$!")
  # Until the gate opens each stage waits for the next one, so that none has ended before it is looked at.
  (read -r <"$WORK/gate" && exec cat) <"$WORK/bundles" | push-opencti --advance-from "$WORK/state" >"$WORK/receipts" 2>"$WORK/log.3" &
  pids+=("$!")
  declare -gA memory=()
  wait_until 60 all_run
  note 100
  echo >"$WORK/gate"
  while kill -0 "${pids[3]}" 2>/dev/null; do
    done=$(wc -l <"$WORK/receipts")
    for part in 10 50; do
      if [ -z "${memory[$part,1]:-}" ] && [ $((done * 100)) -ge $((total * part)) ]; then note "$part"; fi
    done
    note 100
    sleep 0.05
  done
  for i in "${!stages[@]}"; do expect_status 0 wait "${pids[i]}"; done
  expect_lines "$WORK/receipts" "$total"
  expect_equal "$(jq -r .incident "$WORK/receipts" | sort -u | wc -l)" "$total" "incidents in the receipts"
  expect_equal "$(push-opencti --print-state | jq -r .last_incident_update)" "$(tail -n 1 "$WORK/receipts" | jq -r .last_update)"
}

megabytes() { echo $((${1:-0} / 1024)); }
# What the stages had, in megabytes, for people to read.
tell() {
  local i
  echo "# $1: $total incidents in pages of $((page / 1000)) kB; resident at 10 %, 50 % and the end, and at most, in MB" >&4
  for i in "${!stages[@]}"; do
    printf '#   %-16s %5d %5d %5d %6d\n' "${stages[i]}" "$(megabytes "${memory[10,$i]:-}")" "$(megabytes "${memory[50,$i]:-}")" \
      "$(megabytes "${memory[100,$i]:-}")" "$(megabytes "${memory[peak,$i]:-}")" >&4
  done
}

# expect_bounded STAGE KILOBYTES  its peak; and once a tenth is done it grows no more, but for a quarter of what it had.
expect_bounded() {
  local peak=${memory[peak,$1]:-0} early=${memory[10,$1]:-}
  [ "$peak" -gt 0 ] || fail "${stages[$1]} was not seen"
  [ "$peak" -le "$2" ] || fail "${stages[$1]} took $peak kB, more than $2"
  if [ -n "$early" ]; then [ "${memory[100,$1]}" -le $((early * 5 / 4 + 16384)) ] || fail "${stages[$1]} grew from $early kB to ${memory[100,$1]} kB"; fi
}

# Two pages are in memory while a third comes in; the others hold some records, and push-opencti its batches.
expect_all_bounded() {
  local pages=$((page / 1024))
  expect_bounded 0 40000
  expect_bounded 1 $((40000 + 4 * pages))
  expect_bounded 2 $((40000 + pages))
  expect_bounded 3 $((120000 + 2 * pages))
}

exec 4>&1
large_pages() {
  hold 50 "$ALERTS" 6 "$PAGES"
  run
  tell "large pages"
  expect_all_bounded
}
many_incidents() {
  hold 100 1 1 $((SMALL / 100))
  run
  tell "many incidents"
  expect_all_bounded
}
sentences=("$PAGES pages of 50 incidents with $ALERTS alerts each go through the chain in bounded memory"
  "$SMALL incidents go through one run of the chain in bounded memory, and the state stands at the last")
if [ -n "${SANITIZE:-}" ]; then
  for sentence in "${sentences[@]}"; do skip "$sentence" "instrumented programs take memory of their own"; done
else
  case_ok "${sentences[0]}" large_pages
  case_ok "${sentences[1]}" many_incidents
fi

finish
