# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the tests of push-opencti share, beside lib.sh.

# Each case has a folder and a stand-in of its own. start OPTION… : options of the stand-in.
start() {
  own_folder
  start_stand_in "$@"
  use_stand_in
  export SENTINEL_INCIDENTS_RETRY_BUDGET=${SENTINEL_INCIDENTS_RETRY_BUDGET:-PT30S}
}

# bundles FROM TO [SECONDS]  one bundle for each incident number, as map-stix writes them: author, marking, an observable, the
# case. Incident N was updated N minutes, and SECONDS, after a fixed moment.
bundles() {
  jq -nc --argjson from "$1" --argjson to "$2" --argjson seconds "${3:-0}" '
    def pad: tostring | "00000000"[length:] + .;
    range($from; $to + 1) as $n
    | "\($n | pad)-0000-4000-8000-000000000000" as $uuid
    | "identity--11111111-1111-5111-8111-111111111111" as $author
    | "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed" as $marking
    | ((1767225600 + $n * 60 + $seconds | todate)[:-1] + ".1234567Z") as $at
    | {type: "bundle", id: "bundle--\($uuid)", objects: [
        {type: "identity", spec_version: "2.1", id: $author, name: "Microsoft Sentinel", identity_class: "organization"},
        {type: "marking-definition", spec_version: "2.1", id: $marking, created: "2017-01-20T00:00:00.000Z",
         definition_type: "tlp", name: "TLP:RED", definition: {tlp: "red"}},
        {type: "ipv4-addr", spec_version: "2.1", id: "ipv4-addr--\($uuid)", value: "10.0.0.\($n % 256)", object_marking_refs: [$marking]},
        {type: "case-incident", spec_version: "2.1", id: "case-incident--\($uuid)", name: "Case \($n)", created_by_ref: $author,
         external_references: [{source_name: "Microsoft Sentinel", external_id: "\($n)"}],
         object_refs: ["ipv4-addr--\($uuid)"], object_marking_refs: [$marking], x_graph_last_update: $at}]}'
}

# The last update of incident N as bundles() has it.
updated() { bundles "$1" "$1" "${2:-0}" | jq -r '.objects[3].x_graph_last_update'; }

state() { push-opencti --print-state; }
save_state() { push-opencti --print-state >"$WORK/state"; }
# push ARGUMENT…  a push that moves the state, its receipts and messages in files.
push() { push-opencti --advance-from "$WORK/state" "$@" >"$WORK/receipts" 2>"$WORK/log"; }
# expect_first_too_large BYTES  of two bundles the first has an object of so many bytes: it is rejected by name, the second arrives.
expect_first_too_large() {
  save_state
  bundles 1 2 | jq -c --argjson bytes "$1" 'if .id | test("00000001") then .objects[2].x_note = ("x" * $bytes) else . end' >"$WORK/input"
  expect_status 65 push --rejects "$WORK/rejects" "$WORK/input"
  expect_equal "$(receipts_of)" "2 "
  expect_same "$WORK/rejects" <(head -n 1 "$WORK/input")
  expect_contains "$WORK/log" "ipv4-addr--00000001"
}
asked() { control /counts | jq ".$1 // ([.. | objects | .\"$1\"? // empty] | add) // 0"; }
pushed_bundles() { if [ -e "$STAND_IN_RECORD/bundles.ndjson" ]; then cat "$STAND_IN_RECORD/bundles.ndjson"; fi; }
# The numbers of the incidents that the platform took, in order.
arrived() { pushed_bundles | jq -r '.objects[] | select(.type == "case-incident") | .external_references[0].external_id' | tr '\n' ' '; }
receipts_of() { jq -r .incident "$WORK/receipts" | tr '\n' ' '; }
# post PATH  to the control service, without a body.
post() { control "$1" '{}' >/dev/null; }
