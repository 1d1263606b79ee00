#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The stand-in updates, adds and late-publishes incidents while pages are read. Two runs, the second from where the first ended, must
# bring every incident at its last version, whatever the seed: by $skip and by $skiptoken, with and without $orderby.
#
# SEEDS=1000 for the long run; FIRST_SEED=N to repeat one.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

seeds=${SEEDS:-50}
first=${FIRST_SEED:-1}
count=230
jq -nc --argjson count "$count" 'range($count) as $i | {
  id: "\($i)", lastUpdateDateTime: (1767225600 + ($i / 3 | floor) | todate | sub("Z$"; ".5Z")),
  alerts: [{id: "alert of \($i)"}]}' >"$WORK/incidents"

# run_once STATE  one run from the state, added to $WORK/versions; the stream must ascend. Too much change within one instant ends a
# run early (75), which loses nothing: the next run goes on from there.
run_once() {
  local status=0
  fetch-incidents --state "$1" <"$WORK/token" >"$WORK/out" 2>"$WORK/log" || status=$?
  if [ "$status" -ne 0 ] && [ "$status" -ne 75 ]; then fail "seed $seed, $mode: status $status: $(tail -n 3 "$WORK/log")"; fi
  jq -r '"\(.lastUpdateDateTime) \(.id)"' "$WORK/out" >"$WORK/new"
  # Fractions have as many digits as they need; padded they compare as text.
  awk '{ fraction = substr($1, 21); sub(/Z$/, "", fraction); at = substr($1, 1, 19) substr(fraction "0000000", 1, 7)
    if (at < last) exit 1
    last = at }' "$WORK/new" || fail "seed $seed, $mode: the stream is not in ascending order"
  cat "$WORK/new" >>"$WORK/versions"
}

# The state that push-opencti would leave, without a list of what was delivered.
state_after() {
  local last
  last=$(tail -n 1 "$WORK/versions")
  printf '{"last_incident_timestamp":%d,"last_incident_update":"%s"}\n' "$(date -u -d "${last:0:19}Z" +%s)" "${last%% *}"
}

# The modes differ in how nextLink pages and whether $orderby is taken.
one_seed() {
  local seed=$1 number=$2 mode
  local modes=('skip' 'skiptoken' 'skip without orderby' 'skiptoken without orderby')
  mode=${modes[$((number % 4))]}
  local options=()
  case $mode in skiptoken*) options=(--snapshot-paging) ;; esac
  start_stand_in --incidents "$WORK/incidents" --mutate-seed "$seed" --mutate-count 24 "${options[@]}"
  use_stand_in
  case $mode in *without*) control /graph '{"orderby_refused":true}' >/dev/null ;; esac
  fetch-token >"$WORK/token"
  : >"$WORK/versions"
  echo '{}' >"$WORK/state"
  run_once "$WORK/state"
  # The changes are limited in number, so that runs come to an end of them.
  : >"$WORK/before"
  while
    control /ledger >"$WORK/ledger"
    ! cmp -s "$WORK/before" "$WORK/ledger"
  do
    mv "$WORK/ledger" "$WORK/before"
    state_after >"$WORK/state"
    run_once "$WORK/state"
  done
  jq -r '.incidents | to_entries[] | "\(.value) \(.key)"' "$WORK/ledger" | sort >"$WORK/held"
  sort -u "$WORK/versions" >"$WORK/written"
  missed=$(comm -23 "$WORK/held" "$WORK/written")
  [ -z "$missed" ] || fail "seed $seed, $mode: never written: $missed"
  stop_stand_ins
}

all_seeds() {
  local number
  for ((number = 0; number < seeds; number++)); do one_seed "$((first + number))" "$number"; done
}
case_ok "not one incident is missed in $seeds runs with changes from seed $first on" all_seeds

finish
