# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the tests of fetch-incidents share; sourced after lib.sh.

# incidents COUNT [FILTER]  that many, a second apart, each with three alerts; FILTER changes each (jq, the number is $i).
incidents() {
  jq -nc --argjson count "$1" '
    range($count) as $i | {
      id: "\($i + 1000)",
      lastUpdateDateTime: (1767225600 + $i | todate | sub("Z$"; ".\(1000000 + $i)Z")),
      createdDateTime: "2026-01-01T00:00:00Z",
      severity: (if $i % 2 == 0 then "high" else "low" end),
      size: 1.50, big: 123456789012345678901234567890, displayName: "Incident \($i)\t\u001b[31m",
      alerts: [range(3) | {id: "alert-\($i)-\(.)", title: "An alert"}]
    } | '"${2:-.}"
}

# begin COUNT [FILTER] [STAND-IN OPTION…]  a stand-in with those incidents and a token for it.
begin() {
  local count=$1 filter=${2:-.}
  shift $(($# < 2 ? $# : 2))
  own_folder
  incidents "$count" "$filter" >"$WORK/incidents"
  start_stand_in --incidents "$WORK/incidents" "$@"
  use_stand_in
  fetch-token >"$WORK/token"
}

# fetch STATUS OPTION…  runs fetch-incidents from before the first incident on into $WORK/out, messages into $WORK/log.
fetch() {
  local status=$1
  shift
  expect_status "$status" fetch-incidents --since 2026-01-01 "$@" <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
}

graph() { control /graph "$1" >/dev/null; }
versions() { jq -r '"\(.id) \(.lastUpdateDateTime)"' "$1"; }

# Every incident that Graph holds came once, at its last version and in ascending order.
expect_everything() {
  versions "$WORK/out" | sort >"$WORK/got"
  control /ledger | jq -r '.incidents | to_entries[] | "\(.key) \(.value)"' | sort >"$WORK/held"
  expect_same "$WORK/got" "$WORK/held"
  versions "$WORK/out" | cut -d ' ' -f 2 >"$WORK/order"
  sort -c "$WORK/order" || fail "the stream is not in ascending order"
}
requests() { jq -r 'select(.service == "graph") | .target' "$STAND_IN_RECORD/requests.ndjson"; }
