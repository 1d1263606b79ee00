# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the tests of the chain script share: a script sources this after lib.sh.

# start_examples OPTION…  a folder of the case's own, and a stand-in with the example incidents and these options.
start_examples() {
  own_folder
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson" "$@"
  use_stand_in
}

# Where the chain keeps its files.
files() { echo "$SENTINEL_INCIDENTS_STATE_DIR/$CONNECTOR_ID"; }

hanging() { [ "$(control /hanging | jq .hanging)" -gt 0 ]; }

# Every process of a chain that was started by setsid has the session of its first, $chain. An orphan that has ended, but that
# the machine's first process has not noticed yet, runs no more.
nothing_runs() { ! pgrep -s "$chain" -r R,S,D,T >/dev/null; }
