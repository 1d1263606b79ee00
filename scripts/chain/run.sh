# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The pipeline, what a run does with it, and the rest between two runs. Sourced by sentinel-incidents.

stop_signal=0
group=  # the process group at work, if any

# in_group COMMAND…  runs a function of this script, and all that it starts, in a process group of its own, and returns its
# status. A signal to the script ends the whole group.
in_group() {
  local status=0 pause=0
  set -m  # has the shell make the group
  {
    trap 'stop_signal=15' TERM
    trap '' TTOU  # messages reach a terminal even after stty tostop
    "$@"
  } </dev/null &
  set +m
  group=$!
  [ "$stop_signal" -eq 0 ] || end_group
  # Not by wait: bash leaves it at a signal whatever it is doing at the moment, and may crash when a child ends at the same time.
  while kill -0 "$group" 2>/dev/null; do
    pause=$((pause < 9 ? pause + 1 : 9))
    sleep "0.$pause"
  done
  wait "$group" 2>/dev/null || status=$?
  end_group  # something is left only where the shell could not start all of a pipeline, or was killed
  group=
  return "$status"
}

# Asks every process of the group to end, again and again, since one that has hardly begun may miss a signal. What has not ended
# after seven seconds is killed.
end_group() {
  local tries
  for ((tries = 0; tries < 70; tries++)); do
    kill -TERM -- "-$group" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$group" 2>/dev/null
}

trap '[ -z "$group" ] || end_group' EXIT  # whatever ends the script
on_signal() {
  [ "$stop_signal" -eq 0 ] || return 0
  stop_signal=$1
  log info "stopped by signal $1"
  [ -z "$group" ] || end_group
}

# The pipelines take these from whoever runs them.
fetch_options=()   # which incidents
push_options=()    # how the state is moved
state_options=()   # where the state is, if it is not in OpenCTI
ledger_options=()  # what push-opencti keeps of earlier pushes

# What a run does, as it could be typed by hand: fetch-token | fetch-incidents | map-stix | push-opencti.
pipeline() {
  stage fetch-token --follow --summary "$(summary_file fetch-token)" |
    fetch --failed "$folder/failed.ndjson" --summary "$(summary_file fetch-incidents)" --no-progress "${fetch_options[@]}" |
    map |
    push ${progress:+"$progress"} "${push_options[@]}"
  judge "${PIPESTATUS[@]}"
}
map() {
  stage map-stix --rejects "$folder/map-stix.rejects.ndjson" --summary "$(summary_file map-stix)" --no-progress "$@"
}
push() {
  stage push-opencti --rejects "$folder/push-opencti.rejects.ndjson" --summary "$(summary_file push-opencti)" \
    "${state_options[@]}" "${ledger_options[@]}" "$@"
}

# The same, but nothing is pushed and nothing kept.
dry_pipeline() {
  stage fetch-token --follow |
    stage fetch-incidents --no-progress "${fetch_options[@]}" |
    stage map-stix --no-progress |
    stage push-opencti --dry-run ${progress:+"$progress"}
  judge "${PIPESTATUS[@]}"
}

# What map-stix rejected in earlier runs, mapped and pushed; and what push-opencti rejected, pushed.
map_again() {
  map "$folder/map-stix.rejects.again.ndjson" | push
  judge "${PIPESTATUS[@]}"
}
push_again() {
  (push "$folder/push-opencti.rejects.again.ndjson")
  judge $?
}

print_state() {
  (stage push-opencti --print-state "${state_options[@]}" >"$folder/state.new.json")
  judge $?
}

# fetch OPTION…  fetches; where a dump is wanted, tee copies the incidents to it on their way.
fetch() {
  local statuses
  [ -n "$dump_file" ] || stage fetch-incidents "$@"
  stage fetch-incidents "$@" | copy_to_dump
  statuses=("${PIPESTATUS[@]}")
  case ${statuses[1]} in 0 | 141) exit "${statuses[0]}" ;; esac
  log error "the copy of incidents for the dump ended early (status ${statuses[1]}); the next run goes on from there"
  exit 75  # what tee has not passed on, no later stage can miss
}
copy_to_dump() {
  local status=0
  # A service manager may have SIGPIPE ignored: tee would then read to the last incident after the end of map-stix.
  env --default-signal=PIPE tee -- >(write_dump >/dev/null) 2>/dev/null || status=$?
  wait "$!"
  return "$status"
}
# A dump that cannot be written costs the dump, never the run: its input is read all the same.
write_dump() {
  trap '' TERM  # what was fetched before a stop is in the dump
  "${compress[@]}" >"$dump_file" || rm -f -- "$dump_file"
  exec cat
}

# judge STATUS…  of the last stages, as many as there are; returns that of the first in pipe order which failed for a reason of its
# own. 141 is the echo of a later stage's end (the last has none); 65 counts where nothing is worse.
judge() {
  local status=0 ended at=$((${#stages[@]} - $#))
  for ended in "$@"; do
    [ "$ended" -ne 141 ] || [ "$at" -eq 3 ] || ended=0
    if [ "$stop_signal" -eq 0 ] && is_success "$status" && ! is_success "$ended"; then
      case $ended in
        137) log error "${stages[at]} was killed; if nobody did that, memory ran out: see the kernel's log" ;;
        *) log error "${stages[at]} ended with status $ended; what it said of that is above" ;;
      esac
    fi
    note_status "$ended"
    at=$((at + 1))
  done
  return "$status"
}

# carry_out PIPELINE  runs one of those above and returns its status.
carry_out() {
  local status=0
  rm -f -- "$folder"/summary.*.json
  in_group "$1" || status=$?
  add_figures
  # No stage ends with these: the shell could not start them.
  if [ "$status" -ne 0 ] && { [ "$status" -lt 64 ] || [ "$status" -eq 254 ]; }; then
    log error "the stages could not be started (too few file descriptors or processes, or a full disk?)"
    return 74
  fi
  return "$status"
}

# fetch_all  carries out the whole pipeline, with a dump where one is wanted. Its file is new: several connectors may share the
# folder, two runs begin within a second, or the clock be set back.
dump_file=  # while it is being written
dumps=0
fetch_all() {
  local status=0 dump_file='' name
  if [ -n "$dump_folder" ]; then
    name=$dump_folder/incidents-$(TZ=UTC printf '%(%Y%m%dT%H%M%SZ)T' -1)-${setting[CONNECTOR_ID],,}
    until [ -n "$dump_file" ] && [ ! -e "$dump_file" ] && [ ! -e "${dump_file%.part}" ]; do
      dumps=$((dumps + 1))
      dump_file=$name-$dumps.ndjson$suffix.part
    done
  fi
  carry_out pipeline || status=$?
  if [ -n "$dump_file" ]; then finish_dump; fi
  return "$status"
}
finish_dump() {
  if [ ! -e "$dump_file" ]; then
    log warning "the dump of this run could not be written to $dump_folder (is the disk full?); the run went on without it"
  elif [ "$("${decompress[@]}" <"$dump_file" 2>/dev/null | head -c 1 | wc -c)" -eq 0 ]; then
    rm -f -- "$dump_file"
  elif mv -- "$dump_file" "${dump_file%.part}"; then
    log info "raw incidents of this run: ${dump_file%.part}"
  fi
}

# The state of the moment: fetch-incidents starts from it, push-opencti moves it. The copy of the last run stays until there is a
# new one.
read_state() {
  carry_out print_state || return
  if ! mv -fT -- "$folder/state.new.json" "$folder/state.json" 2>/dev/null; then
    log error "cannot write $folder/state.json; is the disk full, or read-only?"
    return 74
  fi
  note_watermark
}

# gather NAME  adds what NAME.ndjson holds to NAME.again.ndjson, all or nothing.
gather() {
  local name=$1
  [ -s "$folder/$name.ndjson" ] || return 0
  if ! {
    both_files "$name" >"$folder/$name.new.ndjson" && sync -- "$folder/$name.new.ndjson" &&
      mv -fT -- "$folder/$name.new.ndjson" "$folder/$name.again.ndjson"
  } 2>/dev/null; then
    log error "cannot write $folder/$name.again.ndjson; is the disk full, or read-only?"
    return 74
  fi
  sync -- "$folder" 2>/dev/null  # not every file system can do that for a folder
  rm -f -- "$folder/$name.ndjson"
}
# grep ends a last line that a full disk or a kill has cut, which would swallow the next one; zeros that a loss of power may leave
# there must not make the file binary to it.
both_files() {
  local file
  for file in "$1.again" "$1"; do
    [ ! -s "$folder/$file.ndjson" ] || grep -a '' -- "$folder/$file.ndjson" || return
  done
}

readonly failed_line='^\{"id":"([A-Za-z0-9][A-Za-z0-9._-]*)".*'

# Asks for the incidents that could not be fetched in earlier runs, or of which OpenCTI refused something, with little patience, since they may well fail again. That
# never moves the state.
retry_failed() {
  local id ids=() i status=0 again=$folder/failed.again.ndjson fetch_options push_options=()
  gather failed || return
  [ -s "$again" ] || return 0
  for id in $(sed -nE "s/$failed_line/\\1/p" "$again" | sort -u); do ids+=("--id=$id"); done
  if [ "${#ids[@]}" -eq 0 ]; then
    log warning "$again holds no incident id; look at it and remove it"
    return 0
  fi
  log info "asking again for $(counted ${#ids[@]} incident) that could not be fetched, or not be imported, before"
  for ((i = 0; i < ${#ids[@]} && stop_signal == 0; i += 500)); do
    fetch_options=(--retry-budget PT1M "${ids[@]:i:500}")
    fetch_all || note_status $?
  done
  # Those that failed once more are in failed.ndjson now; lines without an id are left for somebody to look at.
  if [ "$stop_signal" -eq 0 ] && is_success "$status"; then
    grep -avE "$failed_line" -- "$again" >"$folder/failed.new.ndjson"
    case $? in
      0) mv -fT -- "$folder/failed.new.ndjson" "$again" ;;
      1) rm -f -- "$folder/failed.new.ndjson" "$again" ;;
      *) log warning "cannot write $folder/failed.new.ndjson (is the disk full?); the next run asks for these incidents once more" ;;
    esac
  fi
  return "$status"
}

# replay_file NAME PIPELINE  What is rejected once more stands in the new file before the old one is removed.
replay_file() {
  local status=0
  gather "$1" || return
  [ -s "$folder/$1.again.ndjson" ] || return 0
  log info "trying again what is in $folder/$1.again.ndjson"
  carry_out "$2" || status=$?
  if [ "$stop_signal" -eq 0 ] && is_success "$status"; then rm -f -- "$folder/$1.again.ndjson"; fi
  return "$status"
}

# What a run can be: one of the schedule, an import beside it, or a replay.
import() {
  local status=0 fetch_options push_options
  read_state || return
  retry_failed || status=$?
  [ "$stop_signal" -eq 0 ] || return "$status"
  fetch_options=(--state "$folder/state.json" --reading "$folder/reading.json")
  push_options=(--advance-from "$folder/state.json")
  fetch_all
  note_status $?
  return "$status"
}
import_once() {
  local fetch_options=("${one_off[@]}")
  if [ "${#fetch_options[@]}" -eq 0 ]; then
    read_state || return
    fetch_options=(--state "$folder/state.json")
  fi
  if [ -n "$dry_run" ]; then in_group dry_pipeline; else fetch_all; fi
}
replay() {
  local status=0
  retry_failed || status=$?
  [ "$stop_signal" -ne 0 ] || replay_file push-opencti.rejects push_again || note_status $?
  [ "$stop_signal" -ne 0 ] || replay_file map-stix.rejects map_again || note_status $?
  return "$status"
}

# run WORK  does import, import_once or replay under the lock, says what came of it, and returns its status.
ran=  # the lock was free
run() {
  local status=0 waiting
  ran=
  take_lock "$1" || return
  ran=yes
  read_last_run
  begin_figures
  "$1" || status=$?
  [ "$stop_signal" -eq 0 ] || status=$((128 + stop_signal))
  [ -n "$dry_run" ] || say_run "$status"
  [ "$1" != import ] || note_run "$status"
  waiting=$(pending_text)
  [ -z "$waiting" ] || log warning "put aside in $waiting; when the cause is mended, sentinel-incidents --replay-rejects tries them again"
  exec {lock}>&-
  return "$status"
}

# take_lock WORK  One run at a time for each connector id. The stages hold the lock as well: while one of them lives, no second run
# starts. Only who works beside the schedule waits for it.
take_lock() {
  if ! { exec {lock}>>"$folder/lock"; } 2>/dev/null; then
    log error "cannot write $folder/lock; is the disk full, or read-only?"
    return 74
  fi
  flock -n "$lock" && return
  if [ "$1" != import ]; then
    log info "waiting for the end of the run that holds $folder/lock"
    in_group flock "$lock" && return
    [ "$stop_signal" -eq 0 ] || return $((128 + stop_signal))
  fi
  log error "another run with connector id ${setting[CONNECTOR_ID]} holds $folder/lock; this one does nothing"
  exec {lock}>&-
  return 75
}

# rest_until STARTED PERIOD  The platform calls a connector inactive after five minutes without a word: one process keeps in touch.
rest_until() {
  local next=$(($1 + $2)) left
  left=$((next - EPOCHSECONDS))
  # A run may take longer than a period, and somebody may set the clock back.
  if [ "$left" -gt "$2" ] || [ "$left" -lt 0 ]; then
    left=$((left < 0 ? 0 : $2))
    next=$((EPOCHSECONDS + left))
  fi
  log info "next run at $(utc "$next")"
  [ "$left" -gt 0 ] || return 0
  last[next]=$next
  keep_last_run
  [ "${#state_options[@]}" -gt 0 ] || in_group keep_alive "$left"
  left=$((next - EPOCHSECONDS))
  [ "$stop_signal" -ne 0 ] || [ "$left" -le 0 ] || in_group rest "$left"
}
# Both end when this script is killed. Whoever asks for that signal when the script has gone already would never get it.
bound=()
# shellcheck disable=SC2016  # the other shell expands it
! type -P setpriv >/dev/null || bound=(setpriv --pdeathsig TERM sh -c '[ "$PPID" -eq "$0" ] && exec "$@"' "$$")
keep_alive() {
  as_stage push-opencti "${bound[@]}" timeout --foreground -k 7 "$1" "${tool[push-opencti]}" "${config_options[@]}" "${log_options[@]}" --keep-alive
}
rest() { exec "${bound[@]}" sleep "$1"; }
