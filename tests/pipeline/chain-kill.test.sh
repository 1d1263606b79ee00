#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Kills stages of the running chain, or the chain itself, at random moments, while incidents change: after the next clean run
# the platform has acknowledged every incident at its last version, and never was the state ahead of that.
#
# KILLS is how many (20; the long run takes 200), SEED repeats a run.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=chain_lib.sh
. "$(dirname "$0")/chain_lib.sh"
use_chain

: "${KILLS:=20}" "${SEED:=$(date +%s)}"
echo "# SEED=$SEED KILLS=$KILLS"
RANDOM=$SEED

# Victims, in no order: the stages, what sits between them with --dump, and the script with all that it has started.
victims=(fetch-token fetch-incidents map-stix push-opencti tee zstd script everything)

# The acknowledged versions, newest last, as "id update" lines.
acknowledged() {
  jq -r '.objects[] | select(.type == "case-incident") | [.external_references[0].external_id, .x_graph_last_update] | join(" ")' \
    "$STAND_IN_RECORD/bundles.ndjson" 2>/dev/null || true
}

# Every incident that was updated before the state's watermark must have been acknowledged with that update.
state_is_not_ahead() {
  local watermark
  watermark=$(push-opencti --print-state | jq -r '.last_incident_update // ""')
  [ -n "$watermark" ] || return 0
  acknowledged | sort -u >"$WORK/acknowledged"
  control /ledger | jq -r --arg watermark "$watermark" \
    '.incidents | to_entries[] | select(.value < $watermark) | [.key, .value] | join(" ")' | sort >"$WORK/passed"
  comm -23 "$WORK/passed" "$WORK/acknowledged" >"$WORK/ahead"
  [ ! -s "$WORK/ahead" ] || fail "the state ($watermark) has passed what the platform does not hold: $(head -n 5 "$WORK/ahead")"
}

# True when there was something to kill.
kill_one() {
  local victim=$1 pid
  case $victim in
    script) kill -KILL "$chain" 2>/dev/null ;;
    everything) pkill -KILL -s "$chain" ;;
    *)
      # The newest of that name: a stage, not the one that asked for the state before.
      pid=$(pgrep -n -s "$chain" -x "$victim") && kill -KILL "$pid" 2>/dev/null
      ;;
  esac
}

# Ten incidents change between two runs, all of them later than anything before.
change_some() {
  local round=$1 i mutations=
  for ((i = 0; i < 10; i++)); do
    mutations+="${mutations:+,}{\"op\": \"update\", \"id\": \"${ids[RANDOM % ${#ids[@]}]}\"}"
  done
  control /mutate "[$mutations]" >/dev/null || fail "round $round: the mutation was refused"
}

# As seconds, for sleep.
microseconds() { printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)); }

what_runs() { ps -o pid,ppid,stat,wchan:24,etimes,args -s "$chain" | cut -c 1-200; }

kill_at_random() {
  local round killed=0 status=0
  # Copies of the examples under other names, so that each has a case of its own. The merged one becomes no bundle.
  jq -c 'select(.alerts != []) | . as $incident | range(12) as $n | $incident | .id += "-\($n)" | .displayName += " (\($n))"' \
    "$ROOT/examples/incidents.ndjson" >"$WORK/incidents"
  start_stand_in --incidents "$WORK/incidents" --page-size 7 --latency-ms 4
  use_stand_in
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT20S
  mapfile -t ids < <(control /ledger | jq -r '.incidents | keys[]')
  # Moments are drawn from the time that an undisturbed run with as many changes takes on this machine.
  local begun span
  sentinel-incidents --once --dump "$WORK/dumps" >"$WORK/receipts" 2>"$WORK/log" || fail "the first run: $(cat "$WORK/log")"
  change_some 0
  begun=${EPOCHREALTIME/./}
  sentinel-incidents --once --dump "$WORK/dumps" >"$WORK/receipts" 2>"$WORK/log" || fail "the second run: $(cat "$WORK/log")"
  span=$((${EPOCHREALTIME/./} - begun))
  for ((round = 1; killed < KILLS; round++)); do
    [ "$round" -le $((KILLS * 5)) ] || fail "only $killed of $((round - 1)) runs were still there to be hit"
    change_some "$round"
    setsid "$WORK/root/scripts/sentinel-incidents" --once --dump "$WORK/dumps" >"$WORK/receipts" 2>"$WORK/log" 3>&- &
    chain=$!
    victim=${victims[RANDOM % ${#victims[@]}]}
    sleep "$(microseconds $((RANDOM * RANDOM % span)))"
    # A stage that is not there at the moment leaves the turn to all of them; a run that is over asks for earlier moments.
    if kill_one "$victim" || kill_one everything; then killed=$((killed + 1)); else span=$((span * 3 / 4 + 1)); fi
    wait "$chain" 2>/dev/null || true
    # What outlives the script still pushes what it has, and holds the lock until then.
    (wait_until 200 nothing_runs) || fail "after the end of $victim in round $round: $(what_runs; tail -n 20 "$WORK/log")"
    state_is_not_ahead
  done
  echo "# $killed of $((round - 1)) runs were hit" >"$WORK/hits"
  sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log" || status=$?
  [ "$status" -eq 0 ] || fail "the clean run ended with $status: $(cat "$WORK/log")"
  expect_equal "$(control /ledger | jq -c .missing)" '[]' "incidents without their last version"
  state_is_not_ahead
}
case_ok "kills at random moments lose nothing, and the state is never ahead of the platform (SEED=$SEED)" kill_at_random
if [ -e "$WORK/hits" ]; then cat "$WORK/hits"; fi

finish
