#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The chain script among odd names and empty variables: nothing of them is taken for an option, a pattern or a command.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
examples=$ROOT/examples/incidents.ndjson
imported=8

# Blanks, quotes, patterns, a command, a word like an option; a line end where names may hold one.
odd=$'-n odd \'"*[a-z]?$(touch pwned)`touch pwned`;&|<>\\ name'

start() {
  own_folder
  cd "$WORK"
  start_stand_in --incidents "$examples"
  use_stand_in
  # Root's own place is not for tests.
  export SENTINEL_INCIDENTS_STATE_DIR=$WORK/state HOME=$WORK/home
  unset XDG_STATE_HOME
  mkdir "$HOME"
}
# install_chain FOLDER  the script and its parts there, with the tools beside.
install_chain() {
  mkdir -p -- "$1"
  cp -r -- "$ROOT/scripts" "$1/"
  ln -sfn -- "$BUILD_DIR" "$1/build"
}
expect_nothing_run() {
  find "$WORK" -name 'pwned*' >"$WORK/run"
  [ ! -s "$WORK/run" ] || fail "a name was run as a command: $(cat "$WORK/run")"
}

odd_places() {
  start
  install_chain "$WORK/$odd"$'\nline'
  mkdir -- "$odd"
  cd -- "$odd"
  expect_status 0 "$WORK/$odd"$'\nline'/scripts/sentinel-incidents --once --dump "$odd" >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" "$imported"
  expect_equal "$(find "$WORK/$odd/$odd" -name '*.ndjson.*' | wc -l)" 1 "dumps"
  expect_nothing_run
}
case_ok "the script works in a folder of an odd name, started from one, with a dump in one" odd_places

odd_state() {
  start
  install_chain "$WORK/root"
  for place in "$WORK/$odd" "$odd" "-rf" "home/../$odd/deeper"; do
    SENTINEL_INCIDENTS_STATE_DIR=$place expect_status 0 root/scripts/sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
    [ -s "$(readlink -m -- "$place")/$CONNECTOR_ID/state.json" ] || fail "no state in $place"
  done
  SENTINEL_INCIDENTS_STATE_DIR=$'a\nb' expect_status 78 root/scripts/sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_contains "$WORK/log" SENTINEL_INCIDENTS_STATE_DIR
  expect_nothing_run
}
case_ok "the chain's files may lie in a folder of an odd name; one with a line end is refused" odd_state

odd_config() {
  start
  install_chain "$WORK/root"
  printf 'sentinel_incidents:\n  state_dir: %s\n' "$WORK/state" >"$odd.yml"
  unset SENTINEL_INCIDENTS_STATE_DIR
  expect_status 0 root/scripts/sentinel-incidents --once --config "./$odd.yml" >"$WORK/receipts" 2>"$WORK/log"
  expect_status 0 root/scripts/sentinel-incidents --once "--config=$odd.yml" >"$WORK/receipts" 2>"$WORK/log"
  [ -s "$WORK/state/$CONNECTOR_ID/state.json" ] || fail "the configuration was not read"
  expect_nothing_run
}
case_ok "a configuration of an odd name is read" odd_config

# Every setting that the tools know and that this run does not need.
empty_variables() {
  start
  install_chain "$WORK/root"
  for tool in fetch-token fetch-incidents map-stix push-opencti; do "$tool" --check-settings 2>/dev/null || true; done |
    sed -n 's/^\([A-Z_]*\)=.*/\1/p' | sort -u >"$WORK/known"
  [ "$(wc -l <"$WORK/known")" -ge 30 ] || fail "only $(wc -l <"$WORK/known") settings are known"
  while read -r name; do
    if [ -z "${!name:-}" ]; then export "$name="; fi
  done <"$WORK/known"
  export TMPDIR='' XDG_STATE_HOME='' TERM='' NO_COLOR='' CDPATH='' IFS='' LANG='' LC_ALL='' http_proxy='' HTTPS_CA_CERTIFICATES='' SENTINEL_INCIDENTS_CONFIG=''
  expect_status 0 root/scripts/sentinel-incidents --check-settings 2>"$WORK/log"
  expect_status 0 root/scripts/sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" "$imported"
  expect_lacks "$WORK/log" warning
}
case_ok "variables that are set but empty count as not set, every one of them" empty_variables

no_home() {
  start
  unset SENTINEL_INCIDENTS_STATE_DIR
  install_chain "$WORK/root"
  export HOME=''
  if [ "$(id -u)" -eq 0 ]; then
    # Without root's own place nothing outside of this test is touched.
    expect_status 0 root/scripts/sentinel-incidents --check-settings 2>"$WORK/log"
  else
    expect_status 78 root/scripts/sentinel-incidents --check-settings 2>"$WORK/log"
    expect_contains "$WORK/log" SENTINEL_INCIDENTS_STATE_DIR
  fi
  CONNECTOR_ID='' expect_status 78 root/scripts/sentinel-incidents --once 2>"$WORK/log"
  expect_contains "$WORK/log" CONNECTOR_ID
  expect_status 64 root/scripts/sentinel-incidents --dump '' 2>"$WORK/log"
  expect_status 64 root/scripts/sentinel-incidents '' 2>"$WORK/log"
}
case_ok "without a home, a connector id or a name for the dump the chain says so and makes no folder" no_home

# What lies in the list of failed incidents is no option and no command, whoever wrote it.
odd_failed_ids() {
  start
  install_chain "$WORK/root"
  export SENTINEL_INCIDENTS_STATE_DIR=$WORK/state
  mkdir -p "$WORK/state/$CONNECTOR_ID"
  printf '%s\n' '{"id":"--config=/etc/passwd"}' '{"id":"$(touch pwned)"}' '{"id":"../../x?y"}' 'no JSON; touch pwned' '{"id":"4103"}' \
    >"$WORK/state/$CONNECTOR_ID/failed.ndjson"
  expect_status 0 root/scripts/sentinel-incidents --once --log-level debug >"$WORK/receipts" 2>"$WORK/log"
  expect_contains "$WORK/log" "asking again for 1 incident "
  expect_nothing_run
}
case_ok "ids of failed incidents are handed on as ids or not at all" odd_failed_ids

posix_wanted() {
  start
  install_chain "$WORK/root"
  POSIXLY_CORRECT=1 expect_status 0 root/scripts/sentinel-incidents --once --dump dumps --metrics-file "$WORK/run.prom" >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" "$imported"
  expect_lacks "$WORK/log" warning
}
case_ok "POSIXLY_CORRECT in the environment changes nothing" posix_wanted

# Anybody may make the folder's name in such a place before the chain does.
foreign_link() {
  start
  install_chain "$WORK/root"
  chmod 755 "$WORK"
  mkdir -m 1777 "$WORK/shared"
  mkdir -m 755 "$WORK/target"
  ln -s "$WORK/target" "$WORK/shared/$CONNECTOR_ID"
  chown -h 65534:65534 "$WORK/shared/$CONNECTOR_ID"
  SENTINEL_INCIDENTS_STATE_DIR=$WORK/shared expect_status 74 root/scripts/sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_contains "$WORK/log" "$WORK/shared/$CONNECTOR_ID belongs to another user"
  SENTINEL_INCIDENTS_STATE_DIR=$WORK/shared expect_status 74 root/scripts/sentinel-incidents --check >"$WORK/out" 2>"$WORK/log"
  # A folder on the way there, the same.
  ln -s "$WORK/target" "$WORK/shared/deeper"
  chown -h 65534:65534 "$WORK/shared/deeper"
  SENTINEL_INCIDENTS_STATE_DIR=$WORK/shared/deeper expect_status 74 root/scripts/sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(stat -c %a "$WORK/target") $(find "$WORK/target" | wc -l)" "755 1" "the folder that the link names"
  # One's own is no trap.
  chown -h 0:0 "$WORK/shared/$CONNECTOR_ID"
  SENTINEL_INCIDENTS_STATE_DIR=$WORK/shared expect_status 0 root/scripts/sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
}
if [ "$(id -u)" -eq 0 ]; then
  case_ok "in a folder that everybody may write to, a link of somebody else is not followed" foreign_link
else
  skip "in a folder that everybody may write to, a link of somebody else is not followed" "only root can make one"
fi

dump_into_file() {
  start
  install_chain "$WORK/root"
  : >"$WORK/saved.ndjson"
  ln -s saved.ndjson "$WORK/link"
  for name in saved.ndjson link; do
    expect_status 64 root/scripts/sentinel-incidents --once --dump "$name" >"$WORK/receipts" 2>"$WORK/log"
    expect_contains "$WORK/log" "--dump takes a folder"
  done
}
case_ok "--dump refuses a file, by its name or by that of a link" dump_into_file

# Where nobody notes the time of messages, the tools begin theirs with it. The chain still understands them.
settings_with_times() {
  start
  install_chain "$WORK/root"
  unset JOURNAL_STREAM
  expect_status 78 env -u SENTINEL_INCIDENTS_TENANT_ID root/scripts/sentinel-incidents --check-settings 2>"$WORK/log"
  expect_contains "$WORK/log" 'SENTINEL_INCIDENTS_TENANT_ID (config.yml: sentinel_incidents.tenant_id) is missing'
  expect_contains "$WORK/log" 'wrong settings (1)'
  expect_status 0 root/scripts/sentinel-incidents --check-settings 2>"$WORK/log"
}
case_ok "a missing setting ends the chain with 78 also where messages begin with the time" settings_with_times

finish
