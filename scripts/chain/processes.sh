# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Starts the stages, joins them by pipes, waits for them, ends them. Sourced by sentinel-incidents.

# A stop may take the chain 8 s: what has not ended by then is killed.
readonly stop_limit=7

stop_signal=0
children=()  # what a stop must end
helpers=()   # what ends by itself with them
pipes=()
watchdog=
held=  # while processes are being started or asked to end: a signal then has its effect afterwards

# is_running PID  of a child of this shell. What has ended has given its number back, maybe to a process of somebody else's, which
# kill would find; Bash knows its own.
is_running() { [[ $'\n'$(jobs -pr)$'\n' == *$'\n'"$1"$'\n'* ]]; }

# Asks the children to end; what has not ended at the limit is killed.
end_children() {
  local pid late=()
  [ "${#children[@]}" -gt 0 ] || return 0
  held=yes
  for pid in "${children[@]}"; do
    if is_running "$pid"; then kill -TERM "$pid" 2>/dev/null && late+=("$pid"); fi
  done
  for pid in "${helpers[@]}"; do
    if is_running "$pid"; then late+=("$pid"); fi
  done
  call_off_watchdog
  (
    exec {lock}>&-
    close_pipes  # else the collector would see no end of messages while this waits
    read -r -t "$stop_limit" -u "$never"
    kill -KILL "${late[@]}" 2>/dev/null
  ) &
  watchdog=$!
  held=
}

# A shell that has hardly begun loses a SIGTERM, but no SIGKILL.
call_off_watchdog() {
  [ -n "$watchdog" ] || return 0
  { is_running "$watchdog" && kill -KILL "$watchdog" && wait "$watchdog"; } 2>/dev/null
  watchdog=
}

on_signal() {
  [ "$stop_signal" -eq 0 ] || return 0
  stop_signal=$1
  # In the midst of starting, the watchdog's number in $! would take the place of the process's own, which nobody could end then;
  # in the midst of asking, that of the first watchdog. all_started() asks afterwards.
  [ -n "$held" ] || end_children
}

# wait_for PID  returns its exit status, however often a signal interrupts the wait. Bash keeps that of a child that has ended.
wait_for() {
  local status=0
  while is_running "$1"; do wait "$1"; done
  wait "$1" || status=$?
  return "$status"
}

# A pipe without a name; its ends are left in $pipe_in (to write to) and $pipe_out (to read from). Opening them, here or again by
# tee, never blocks, whatever becomes of the stages: a named pipe would wait for the other end, for ever where that was killed.
make_pipe() {
  local both
  exec {both}<> <(:)
  # shellcheck disable=SC2094  # a pipe is read and written
  exec {pipe_out}<"/dev/fd/$both" {pipe_in}>"/dev/fd/$both" {both}>&-
  pipes+=("$pipe_in" "$pipe_out")
}

# close_pipes [BUT]
close_pipes() {
  local fd
  for fd in "${pipes[@]}"; do
    if [ "$fd" != "${1:-}" ]; then exec {fd}>&-; fi
  done
}

# become_stage STAGE IN OUT COMMAND…  IN and OUT are descriptors; messages go to the collector.
become_stage() {
  local stage=$1 in=$2 out=$3
  shift 3
  exec <&"$in" >&"$out" 2>&"$messages_in"
  close_pipes
  as_stage "$stage" "$@"
}

# start_stage STAGE IN OUT OPTION…  The stage keeps the lock: while one of them lives, no second chain starts.
start_stage() {
  local stage=$1 in=$2 out=$3
  shift 3
  become_stage "$stage" "$in" "$out" "${tool[$stage]}" "${config_options[@]}" "${log_options[@]}" "$@" &
  children+=($!)
}

# start_bound STAGE COMMAND…  for what works between runs: it does not hold the lock, and ends when the chain is killed.
start_bound() {
  local stage=$1 bound=()
  shift
  # Who asks for the signal when the chain has been killed already would never get it, and look for the chain in vain.
  # shellcheck disable=SC2016  # the other shell expands it
  if type -P setpriv >/dev/null; then bound=(setpriv --pdeathsig TERM sh -c '[ "$PPID" -eq "$0" ] && exec "$@"' "$$"); fi
  (
    exec {lock}>&-
    become_stage "$stage" "$null" 1 "${bound[@]}" "$@"
  ) &
  children+=($!)
}

# start_helper COMMAND…  for what must survive a stop until its input ends, so that the last messages and incidents are kept.
start_helper() {
  (
    trap '' TERM INT HUP
    "$@"
  ) &
  helpers+=($!)
}

# Passes the stages' messages on and keeps them, to name the reason of a failure.
collect_messages() {
  exec <&"$messages_out"
  close_pipes
  [ -n "$erase" ] || exec tee -- "$folder/messages" >&2
  tee -- "$folder/messages" | sed -u "s/^/$erase/" >&2
}

begin_processes() {
  held=yes
  children=()
  helpers=()
  pipes=()
  make_pipe
  messages_in=$pipe_in
  messages_out=$pipe_out
  start_helper collect_messages
}

# To be called before the first wait: from here on a signal has its effect at once, and one that came before has it now.
all_started() {
  held=
  [ "$stop_signal" -eq 0 ] || end_children
}

# Waits for all of them; leaves their statuses in $statuses, and those of the helpers in $helper_statuses.
end_processes() {
  local pid
  close_pipes
  all_started
  statuses=()
  for pid in "${children[@]}"; do
    wait_for "$pid"
    statuses+=($?)
  done
  helper_statuses=()
  for pid in "${helpers[@]}"; do
    wait_for "$pid"
    helper_statuses+=($?)
  done
  # In this order: a signal that comes now finds nothing to end, and starts no watchdog that nobody calls off.
  children=()
  helpers=()
  call_off_watchdog
}
