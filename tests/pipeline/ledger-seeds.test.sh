#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# push-opencti --ledger under all that can go wrong, driven by seeds: runs are killed, the connector is reset, another host pushes,
# OpenCTI is restored from a backup, works are deleted, imports fail, the ledger is lost, damaged or old, workers lag. Whatever
# happened, at the end OpenCTI has exactly what a push of everything into an empty one gives.
#
#   SEEDS=500 tests/pipeline/ledger-seeds.test.sh       FIRST_SEED=17 SEEDS=1 KEEP_WORK=1 … has a failure again
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"

: "${SEEDS:=4}" "${FIRST_SEED:=1}"
readonly incidents=5 last_version=6

# All versions of all incidents, a line each: number, version, bundle. From version to version scalars change, lists and bundles
# grow; some objects are shared by all, some change with each version, some never; a file has a reference that OpenCTI takes once.
versions() {
  jq -nrc --argjson incidents "$incidents" --argjson last "$last_version" --argjson seed "$1" '
    def pad: tostring | "00000000"[length:] + .;
    def id($type; $a; $b): "\($type)--\($a | pad)-0000-4000-8000-0000\($b | pad)";
    {type: "marking-definition", spec_version: "2.1", id: "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
     created: "2017-01-20T00:00:00.000Z", definition_type: "tlp", name: "TLP:CLEAR", definition: {tlp: "clear"}} as $clear
    | {type: "identity", spec_version: "2.1", id: id("identity"; 1; 1), name: "Author"} as $author
    | range(1; $incidents + 1) as $n | range(1; $last + 1) as $v
    | [range(0; $v + 1) as $k | {type: "ipv4-addr", spec_version: "2.1", id: id("ipv4-addr"; $n; $k), value: "10.0.\($n).\($k)",
        x_opencti_score: (if ($k + $seed) % 3 == 0 then $v else 50 end), labels: [range(0; $v) | "label-\(.)"],
        object_marking_refs: [$clear.id]}] as $addresses
    | {type: "directory", spec_version: "2.1", id: id("directory"; 1; 1), path: "/shared"} as $folder
    | {type: "file", spec_version: "2.1", id: id("file"; $n; 1), name: "version \($v)", parent_directory_ref: $folder.id} as $file
    | [$addresses[] | {type: "relationship", spec_version: "2.1", id: ("relationship" + (.id | sub("ipv4-addr"; ""))), relationship_type: "related-to",
        source_ref: .id, target_ref: $file.id, created_by_ref: $author.id}] as $relationships
    | {type: "case-incident", spec_version: "2.1", id: id("case-incident"; $n; 1), name: "Case \($n)", severity: "\($v)",
       created_by_ref: $author.id, object_marking_refs: [$clear.id],
       external_references: [{source_name: "x", external_id: "\($n)"}],
       object_refs: [($addresses + $relationships)[].id, $file.id],
       x_graph_last_update: (1767225600 + $v * 1000 + $n | todate | sub("Z"; ".5Z"))} as $case
    | "\($n) \($v) \({type: "bundle", id: id("bundle"; $n; $v), objects: ([$author, $clear, $folder, $file] + $addresses + $relationships + [$case])} | tojson)"'
}

# roll N  sets $rolled to a number below N that depends on the seed alone.
roll() {
  seed_state=$(((seed_state * 1103515245 + 12345) & 2147483647))
  rolled=$((seed_state / 65536 % $1))
}

# current FROM…  the current versions of these incidents, the earliest update first.
current() {
  local n v
  for ((v = 1; v <= last_version; v++)); do
    for n in "$@"; do
      if [ "${version[n]}" -eq "$v" ]; then cat "$WORK/bundle.$n.$v"; fi
    done
  done
}

# push_some INPUT OPTION…  killed at some moment where $kill_after says so.
push_some() {
  local pid
  push-opencti "${@:2}" "$1" >"$WORK/receipts" 2>>"$WORK/log" &
  pid=$!
  if [ -n "$kill_after" ]; then
    sleep "0.0$kill_after"
    kill -KILL "$pid" 2>/dev/null || true
    kill_after=
  fi
  wait "$pid" 2>/dev/null || true
}

# Where works are held a run waits, ten seconds at a time, while messages are queued.
relieve() { [ -z "$hold" ] || post "/worker?messages=all"; }

# What the chain does: incidents that have to come again first, then those that the state has not passed.
chain_run() {
  local ledger=("${ledger_option[@]}") n ids=() since after=()
  push-opencti --print-state >"$WORK/state" 2>>"$WORK/log" || return 0
  if [ -s "$WORK/refetch" ]; then
    mapfile -t ids < <(sed -nE 's/^\{"id":"([0-9]+)".*/\1/p' "$WORK/refetch" | sort -u)
    : >"$WORK/refetch"
    current "${ids[@]}" >"$WORK/input"
    push_some "$WORK/input" "${ledger[@]}"
    # A run that was killed has listed nothing.
    [ "$(wc -l <"$WORK/receipts")" -eq "$(wc -l <"$WORK/input")" ] || printf '{"id":"%s"}\n' "${ids[@]}" >>"$WORK/refetch"
  fi
  relieve
  since=$(sed -nE 's/.*"last_incident_timestamp":([0-9]+).*/\1/p' "$WORK/state")
  for ((n = 1; n <= incidents; n++)); do
    if [ $((1767225600 + version[n] * 1000 + n)) -ge $((${since:-0} - 300)) ]; then after+=("$n"); fi
  done
  current "${after[@]}" >"$WORK/input"
  push_some "$WORK/input" --advance-from "$WORK/state" "${ledger[@]}"
}

misfortune() {
  local n
  roll 15
  roll_was=$rolled
  roll "$incidents"
  n=$((rolled + 1))
  case $roll_was in
    0 | 1 | 2) roll 6 && kill_after=$((rolled + 1)) ;;
    3) post "/reset?connector=$CONNECTOR_ID" ;;
    4) push-opencti --ledger "$WORK/other-ledger" <(current "$n") >/dev/null 2>&1 || true ;;
    5) push-opencti <(current "$n") >/dev/null 2>&1 || true ;;
    6) post /backup && has_backup=yes ;;
    7) if [ -n "$has_backup" ]; then post /restore; fi ;;
    8) control /import-error "{\"match\": \"\\\"id\\\":\\\"ipv4-addr--0000000$n\", \"times\": 2, \"message\": \"An error of the test\"}" >/dev/null ;;
    9) control /import-error "{\"match\": \"\\\"id\\\":\\\"case-incident--0000000$n\", \"times\": 1, \"name\": \"LOCK_ERROR\"}" >/dev/null ;;
    10) rm -f "$WORK"/ledger* ;;
    11) cp "$WORK/ledger" "$WORK/old" 2>/dev/null || true ;;
    12) if [ -e "$WORK/old" ]; then rm -f "$WORK"/ledger* && cp "$WORK/old" "$WORK/ledger"; fi ;;
    13) post "/delete-work?work=$(control /state | jq -r '.works[-1].id // ""')" || true ;;
    14) if [ -e "$WORK/ledger" ]; then dd if=/dev/urandom of="$WORK/ledger" bs=512 seek="$n" count=2 conv=notrunc 2>/dev/null; fi ;;
  esac
}

work_off() {
  roll 3
  case $rolled in
    0) if [ -z "$hold" ]; then roll 40 && post "/worker?messages=$rolled" && return; fi ;;
    1) if [ -z "$hold" ]; then return; fi ;;
  esac
  post "/worker?messages=all"
}

some_are_updated() {
  local n
  for ((n = 1; n <= incidents; n++)); do
    roll 3
    if [ "$rolled" -eq 0 ] && [ "${version[n]}" -lt $((last_version - 1)) ]; then version[n]=$((version[n] + 1)); fi
  done
}

seed_holds() {
  local seed=$1 version n v bundle platform_versions=(7.260817.0 6.9.17 7.260818.0 6.5.7) seed_state=$1 rolled roll_was hold='' kill_after='' has_backup='' ledger_option
  version=()
  roll 1
  roll 4
  start --keep-objects --platform-version "${platform_versions[rolled]}"
  [ "${platform_versions[rolled]}" != 6.9.17 ] || hold=yes
  ledger_option=(--ledger "$WORK/ledger" --refetch "$WORK/refetch")
  while read -r n v bundle; do printf '%s\n' "$bundle" >"$WORK/bundle.$n.$v"; done < <(versions "$seed")
  for ((n = 1; n <= incidents; n++)); do version[n]=1; done
  for _ in 1 2 3 4 5 6 7 8; do
    some_are_updated
    misfortune
    relieve
    chain_run
    work_off
  done
  for ((n = 1; n <= incidents; n++)); do version[n]=$last_version; done
  kill_after=
  for _ in 1 2 3 4 5 6 7 8; do
    post "/worker?messages=all"
    chain_run
    post "/worker?messages=all"
  done
  control /objects >"$WORK/objects"
  push-opencti --print-ledger --ledger "$WORK/ledger" | jq -r .status | sort -u >"$WORK/statuses"
  expect_equal "$(cat "$WORK/statuses")" held "what the ledger of seed $seed says"

  start_stand_in --keep-objects --platform-version 7.260817.0
  use_stand_in
  push-opencti <(current $(seq "$incidents")) >/dev/null 2>>"$WORK/log"
  post "/worker?messages=all"
  control /objects >"$WORK/wanted"
  cmp -s "$WORK/objects" "$WORK/wanted" || fail "seed $seed: $(diff <(jq -c '.[]' "$WORK/wanted") <(jq -c '.[]' "$WORK/objects") | head -n 8)"
}

all_seeds() {
  local seed
  for ((seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++)); do
    (seed_holds "$seed" && stop_stand_ins) || fail "seed $seed fails; again: FIRST_SEED=$seed SEEDS=1 $0"
  done
}
case_ok "after $SEEDS seeds of misfortunes OpenCTI has what a push of everything gives" all_seeds
finish
