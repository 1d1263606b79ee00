#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The chain over time: its loop, signals, and what its processes let others see.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=chain_lib.sh
. "$(dirname "$0")/chain_lib.sh"
use_chain
examples=$ROOT/examples/incidents.ndjson

# start_chain OPTION…  in the background, as a service manager would; its signals are those of a foreground process.
start_chain() {
  setsid env --default-signal=INT,HUP "$WORK/../root/scripts/sentinel-incidents" "$@" >"$WORK/receipts" 2>"$WORK/log" 3>&- &
  chain=$!
}

# expect_end STATUS SECONDS  the chain ends with that status, and nothing of it is left.
expect_end() {
  local since=$SECONDS status=0
  wait "$chain" || status=$?
  [ $((SECONDS - since)) -le "$2" ] || fail "it took $((SECONDS - since)) seconds: $(cat "$WORK/log")"
  expect_equal "$status" "$1" "exit status"
  for ((tries = 0; tries < 200; tries++)); do
    if nothing_runs; then return; fi
    sleep 0.02
  done
  fail "still there: $(pgrep -a -s "$chain")"
}

lines_of_receipts() { [ "$(wc -l <"$WORK/receipts")" -ge "$1" ]; }
resting() { pgrep -s "$chain" -f -- --keep-alive >/dev/null; }

stopped_while_fetching() {
  start_examples
  control /fault '{"service": "graph", "match": "/incidents", "hang": true}' >/dev/null
  start_chain --dump "$WORK/dumps"
  wait_until 60 hanging
  kill -"$1" "$chain"
  expect_end "$2" 8
  expect_contains "$WORK/log" "stopped by signal"
  expect_equal "$(find "$WORK/dumps" -type f)" "" "what is left of the dump"
}
case_ok "SIGTERM while Graph does not answer ends the whole chain within 8 seconds with 143" stopped_while_fetching TERM 143
case_ok "SIGINT while Graph does not answer ends the whole chain within 8 seconds with 130" stopped_while_fetching INT 130
case_ok "SIGHUP while Graph does not answer ends the whole chain within 8 seconds with 129" stopped_while_fetching HUP 129

stopped_while_pushing() {
  start_examples
  control /fault '{"service": "opencti", "match": "stixBundlePush", "hang": true, "times": 0}' >/dev/null
  start_chain
  wait_until 60 hanging
  kill -TERM "$chain"
  expect_end 143 8
  expect_lines "$WORK/receipts" 0
  control /clear-faults '' >/dev/null
  expect_equal "$(push-opencti --print-state | jq -c .last_incident_timestamp)" null
  expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
  expect_equal "$(control /ledger | jq -c '.missing - ["4104"]')" '[]'
}
case_ok "SIGTERM while the platform does not answer gives no receipt, moves no state, and the next run pushes all" stopped_while_pushing

stopped_while_resting() {
  start_examples
  start_chain
  wait_until 60 resting
  kill -TERM "$chain"
  expect_end 143 8
}
case_ok "SIGTERM between two runs ends the chain and what keeps the connector active" stopped_while_resting

# stopped_at GROUP COMMAND  Bash reads the file before the chain: a look at each command, for this one of in_group, when it starts
# that group (the first asks for the state, the second is the pipeline, the third keeps in touch between two runs).
stopped_at() {
  start_examples
  export CONNECTOR_DURATION_PERIOD=PT1S
  printf 'met=%q wanted=%q count=%q groups=0\n' "$WORK/met" "$2" "$1" >"$WORK/moment"
  cat >>"$WORK/moment" <<'END'
set -T
trap 'case "${FUNCNAME[0]:-} $BASH_COMMAND" in
  "in_group set +m") groups=$((groups + 1)) ;;
  "in_group $wanted") if [ "$groups" -eq "$count" ]; then trap - DEBUG; : >"$met"; kill -TERM $$; fi ;;
esac' DEBUG
END
  BASH_ENV=$WORK/moment start_chain
  wait_until 60 test -e "$WORK/met"
  expect_end 143 8
}
# shellcheck disable=SC2016  # the chain's own words
for moment in 'group=$!' 'kill -0 "$group" 2> /dev/null' 'wait "$group" 2> /dev/null'; do
  case_ok "SIGTERM just before '$moment' of the state's question ends the chain, and nothing outlives it" stopped_at 1 "$moment"
  case_ok "SIGTERM just before '$moment' of the pipeline ends the chain, and nothing outlives it" stopped_at 2 "$moment"
  case_ok "SIGTERM just before '$moment' of a rest ends the chain, and nothing outlives it" stopped_at 3 "$moment"
done

# Moments are drawn from the first seconds of a loop: the settings, the state, fetching, pushing, resting, all of them again. Some
# rounds have a service that does not answer.
: "${STOPS:=12}" "${SEED:=$(date +%s)}"
stopped_at_random() {
  local round order option
  local faults=('' '{"service": "graph", "match": "/incidents", "hang": true}' '{"service": "opencti", "match": "stixBundlePush", "hang": true}')
  start_examples
  local options=('' "--dump=$WORK/dumps")
  export CONNECTOR_DURATION_PERIOD=PT1S
  RANDOM=$SEED
  for ((round = 1; round <= STOPS; round++)); do
    control /clear-faults '' >/dev/null
    order=${faults[RANDOM % 3]}
    [ -z "$order" ] || fault "$order"
    option=${options[RANDOM % 2]}
    start_chain ${option:+"$option"}
    sleep "$((RANDOM % 2)).$(printf %03d $((RANDOM % 1000)))"
    kill -TERM "$chain"
    echo "round $round of SEED=$SEED, ${order:-no fault} $option"
    expect_end 143 8
  done
}
case_ok "SIGTERM at $STOPS random moments ends all within 8 seconds with 143 (SEED=$SEED)" stopped_at_random

# Bash reads the file before the chain: whom it signals is written down.
number_given_back() {
  start_examples
  printf 'signalled=%q\nkill() { echo "$*" >>"$signalled"; builtin kill "$@"; }\n' "$WORK/signalled" >"$WORK/moment"
  BASH_ENV=$WORK/moment start_chain
  wait_until 60 resting
  kept=$(pgrep -s "$chain" -x push-opencti)
  kill -KILL "$kept"
  gone() { ! kill -0 "$kept"; }
  wait_until 60 gone
  wait_until 60 pgrep -s "$chain" -x sleep
  kill -TERM "$chain"
  expect_end 143 8
  expect_contains "$WORK/signalled" TERM
  if grep -w -- "$kept" "$WORK/signalled"; then fail "the number of what had ended was signalled"; fi
}
case_ok "what has ended during a rest is not signalled, since its number may be another process's" number_given_back

next_run_comes() {
  start_examples
  export CONNECTOR_DURATION_PERIOD=PT1S SENTINEL_INCIDENTS_RETRY_BUDGET=PT1S
  control /fault '{"service": "graph", "match": "/incidents", "status": 503, "times": 0}' >/dev/null
  start_chain
  wait_until 60 grep -q "next run at " "$WORK/log"
  control /clear-faults '' >/dev/null
  wait_until 60 lines_of_receipts 7
  kill -TERM "$chain"
  expect_end 143 8
}
case_ok "after a failed run the next one comes all the same" next_run_comes

# Bash reads the file before the chain: at the end of the first run the clock is set back by a day.
clock_set_back() {
  start_examples
  export CONNECTOR_DURATION_PERIOD=PT1S
  cat >"$WORK/moment" <<'END'
trap 'case $BASH_COMMAND in rest_until*) trap - DEBUG; started=$((started + 86400)) ;; esac' DEBUG
END
  BASH_ENV=$WORK/moment start_chain
  second_run() { [ "$(grep -c 'run ended with status 0' "$WORK/log")" -ge 2 ]; }
  wait_until 60 second_run
  kill -TERM "$chain"
  expect_end 143 8
}
case_ok "a clock that is set back during a run does not put off the next one" clock_set_back

refused_later() {
  start_examples
  export CONNECTOR_DURATION_PERIOD=PT1S
  start_chain
  wait_until 60 lines_of_receipts 7
  control /fault '{"service": "login", "status": 401, "times": 1, "body": "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000222: The secret has expired.\"}"}' >/dev/null
  wait_until 60 grep -q "run ended with status 77" "$WORK/log"
  control /mutate '{"op": "update", "id": "4103", "last_update": "2026-09-10T08:00:00.5Z"}' >/dev/null
  wait_until 60 lines_of_receipts 8
  kill -TERM "$chain"
  expect_end 143 8
}
case_ok "credentials refused in a later run do not end the loop" refused_later

run_and_terminate() {
  start_examples
  export CONNECTOR_RUN_AND_TERMINATE=yes
  start_chain
  expect_end 0 60
  expect_lines "$WORK/receipts" 8
}
case_ok "CONNECTOR_RUN_AND_TERMINATE runs once" run_and_terminate

killed_chain() {
  start_examples
  start_chain
  wait_until 60 resting
  kill -KILL "$chain"
  wait_until 60 nothing_runs
  expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
}
case_ok "a chain that is killed between two runs leaves neither a process nor a held lock" killed_chain

# What is bound to the chain's life comes to ask for it only when the chain is gone.
killed_early() {
  start_examples
  mkdir "$WORK/bin"
  cat >"$WORK/bin/setpriv" <<'END'
#!/bin/sh
touch "${0%/*}/../bound.$$"
parent() { read -r _ _ _ parent _ <"/proc/$$/stat" && echo "$parent"; }
while [ "$(parent)" -eq "$PPID" ]; do sleep 0.02; done
PATH=${PATH#*:} exec setpriv "$@"
END
  chmod +x "$WORK/bin/setpriv"
  PATH=$WORK/bin:$PATH start_chain
  begun() { [ -n "$(find "$WORK" -name 'bound.*')" ]; }
  wait_until 60 begun
  kill -KILL "$chain"
  wait_until 60 nothing_runs
  expect_status 0 sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log"
}
if type -P setpriv >/dev/null; then
  case_ok "nor does one that is killed just when a rest begins" killed_early
else
  skip "nor does one that is killed just when a rest begins" "there is no setpriv"
fi

# look SERVICE MATCH STAGE…  lets the chain run until that request, which hangs while these stages are alive; writes down
# their command lines, environments and limits; lets the run end.
look() {
  local process stage
  control /fault "{\"service\": \"$1\", \"match\": \"$2\", \"hang\": true}" >/dev/null
  start_chain --once --log-level debug --dump "$WORK/dumps"
  wait_until 60 hanging
  for stage in "${@:3}"; do wait_until 60 pgrep -s "$chain" -f "/build/$stage --"; done
  for process in $(pgrep -s "$chain"); do
    { tr '\0' ' ' <"/proc/$process/cmdline" && echo; } >>"$WORK/cmdline" || true
    { tr '\0' '\n' <"/proc/$process/environ" | sed "s/^/$(cat "/proc/$process/comm") /"; } >>"$WORK/environ" || true
    { sed -n "s/^Max core file size/$(cat "/proc/$process/comm")/p" "/proc/$process/limits"; } >>"$WORK/cores" || true
  done 2>/dev/null
  control /release '' >/dev/null
  expect_end 0 60
}

secrets_hidden() {
  start_examples
  look graph /incidents fetch-token fetch-incidents map-stix push-opencti
  rm -rf "$SENTINEL_INCIDENTS_STATE_DIR"
  control "/reset?connector=$CONNECTOR_ID" '' >/dev/null
  look opencti stixBundlePush push-opencti
  token=$(fetch-token | jq -r .access_token)
  for secret in "$STAND_IN_CLIENT_SECRET" "$STAND_IN_OPENCTI_TOKEN" "${token:0:12}"; do
    expect_lacks "$WORK/cmdline" "$secret"
    expect_lacks "$WORK/log" "$secret"
    expect_lacks "$WORK/receipts" "$secret"
    if grep -rlF -e "$secret" "$SENTINEL_INCIDENTS_STATE_DIR"; then fail "a file of the chain holds a secret"; fi
  done
}
case_ok "secrets are in no command line, message, receipt or file of the chain" secrets_hidden

own_secrets_only() {
  start_examples
  look graph /incidents fetch-token fetch-incidents map-stix push-opencti
  for own in "push-opencti OPENCTI_TOKEN=" "fetch-token SENTINEL_INCIDENTS_CLIENT_SECRET="; do expect_contains "$WORK/environ" "$own"; done
  # The script itself had them all when it started.
  grep -E '^[^ ]+ (OPENCTI_TOKEN|SENTINEL_INCIDENTS_CLIENT_SECRET)=' "$WORK/environ" | cut -d= -f1 | grep -vE '^(bash|sentinel-incide[^ ]*) ' | sort -u >"$WORK/holders"
  expect_equal "$(tr '\n' ',' <"$WORK/holders")" "fetch-token SENTINEL_INCIDENTS_CLIENT_SECRET,push-opencti OPENCTI_TOKEN," "who holds a secret"
}
# A stage forbids others of its user to look into its environment.
if [ "$(id -u)" -eq 0 ]; then
  case_ok "each stage finds only its own secrets in its environment" own_secrets_only
else
  skip "each stage finds only its own secrets in its environment" "only root can look into a stage's environment"
fi

no_cores() {
  start_examples
  # Whoever starts the chain may want cores.
  ulimit -S -c "$(ulimit -H -c)"
  look graph /incidents fetch-token fetch-incidents map-stix push-opencti
  for process in fetch-token fetch-incidents map-stix push-opencti bash; do
    grep -q "^$process " "$WORK/cores" || fail "$process was not looked at: $(cat "$WORK/cores")"
  done
  awk '$(NF - 2) != 0 || $(NF - 1) != 0' "$WORK/cores" >"$WORK/dumping"
  [ ! -s "$WORK/dumping" ] || fail "may leave a core: $(cat "$WORK/dumping")"
}
case_ok "neither the script nor what it starts may leave a core, which would hold the secrets" no_cores

# start_unread COMMAND…  in the background, into a pipe that is open at descriptor 7 but that nobody reads.
start_unread() {
  mkfifo "$WORK/unread"
  exec 7<>"$WORK/unread"
  if [ -n "${filled:-}" ]; then dd if=/dev/zero of="$WORK/unread" oflag=nonblock bs=4096 2>"$WORK/dd" || true; fi
  "$@" <&0 >"$WORK/unread" 2>"$WORK/log" 7>&- &
  unread=$!
}
expect_stopped() {
  kill -TERM "$unread"
  expect_status 143 wait "$unread"
}
# The first byte has come, and more follows than a pipe holds.
await_output() { head -c 1 <&7 >"$WORK/byte"; }

unread_bundles() {
  own_folder
  generate-incidents 20 100 6 >"$WORK/many"
  start_unread map-stix "$WORK/many"
  await_output
  expect_stopped
}
case_ok "map-stix whose bundles nobody reads ends by SIGTERM" unread_bundles

unread_incidents() {
  own_folder
  generate-incidents 20 100 6 >"$WORK/many"
  start_stand_in --incidents "$WORK/many"
  use_stand_in
  fetch-token >"$WORK/token"
  start_unread fetch-incidents --since 2000-01-01 <"$WORK/token"
  await_output
  expect_stopped
}
case_ok "fetch-incidents whose incidents nobody reads ends by SIGTERM" unread_incidents

unread_token() {
  start_examples
  logins() { control /counts | jq -e '[.. | .token? // empty] | add > 0'; }
  filled=yes start_unread fetch-token --follow
  wait_until 20 logins
  expect_stopped
}
case_ok "fetch-token whose token nobody reads ends by SIGTERM" unread_token

# as_nobody COMMAND…  becomes the command under a user that is not root.
as_nobody() {
  if [ "$(id -u)" -eq 0 ]; then exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs "$@"; else exec "$@"; fi
}
can_look_into() { (as_nobody head -c 1 "/proc/$1/environ") >/dev/null 2>&1; }
# expect_closed NAME PID  its own user cannot look into it.
expect_closed() {
  expect_equal "$(cat "/proc/$2/comm")" "$1"
  if can_look_into "$2"; then fail "$1 is open to other programs of its user"; fi
}

closed_to_others() {
  start_examples
  (as_nobody sleep 60) &
  wait_until 20 can_look_into "$!"
  kill "$!"
  mkfifo "$WORK/incidents" "$WORK/bundles"
  (as_nobody fetch-token --follow) >"$WORK/token" 2>"$WORK/log" &
  tokens=$!
  wait_until 20 test -s "$WORK/token"
  expect_closed fetch-token "$tokens"
  kill "$tokens"
  control /fault '{"service": "graph", "hang": true}' >/dev/null
  (as_nobody fetch-incidents) <"$WORK/token" >"$WORK/out" 2>"$WORK/log" &
  fetching=$!
  wait_until 20 hanging
  expect_closed fetch-incidents "$fetching"
  kill "$fetching"
  control /release '' >/dev/null
  (as_nobody map-stix) <"$WORK/incidents" >"$WORK/bundle" 2>"$WORK/log" &
  mapping=$!
  exec 8>"$WORK/incidents"
  head -n 1 "$examples" >&8
  wait_until 20 test -s "$WORK/bundle"
  expect_closed map-stix "$mapping"
  exec 8>&-
  (as_nobody push-opencti) <"$WORK/bundles" >"$WORK/receipts" 2>"$WORK/log" &
  pushing=$!
  exec 8>"$WORK/bundles"
  cat "$WORK/bundle" >&8
  wait_until 20 test -s "$WORK/receipts"
  expect_closed push-opencti "$pushing"
  exec 8>&-
  wait "$mapping" "$pushing"
}
# Such a user must be able to reach the executables.
if (as_nobody map-stix --version) >/dev/null 2>&1; then
  case_ok "each tool is closed even to other programs of its user" closed_to_others
else
  skip "each tool is closed even to other programs of its user" "another user cannot run the tools in $BUILD_DIR"
fi

finish
