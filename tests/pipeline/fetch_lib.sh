# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the tests of the fetching tools share, beside lib.sh.

# How many incidents Graph holds.
held=60

# begin OPTION…  a folder and a stand-in of the case's own, with options of the stand-in; the incidents are a second apart.
begin() {
  own_folder
  jq -nc --argjson held "$held" 'range($held) | {id: "\(.)", lastUpdateDateTime: (1767225600 + . | todate), alerts: []}' >"$WORK/incidents"
  start_stand_in --incidents "$WORK/incidents" "$@"
  use_stand_in
}
