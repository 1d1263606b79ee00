# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# One run of the chain, and the rest between two runs. Sourced by sentinel-incidents.

meaning_of() {
  case $1 in
    64) echo "wrong usage" ;;
    66) echo "an input file cannot be opened" ;;
    69) echo "a service did not answer" ;;
    70) echo "a defect in the tool" ;;
    74) echo "reading or writing failed" ;;
    75) echo "stopped early, the next run goes on from there" ;;
    77) echo "credentials or rights refused" ;;
    78) echo "wrong settings" ;;
    137) echo "killed (if nobody did that, memory ran out: see the kernel's log)" ;;
    141) echo "its standard output was closed" ;;
    *) if [ "$1" -gt 128 ]; then echo "ended by signal $(($1 - 128))"; else echo "failed"; fi ;;
  esac
}

# The last error that the stage reported.
reason_of() {
  sed -nE -e "s/^$1: error: //p" \
    -e "s/^\\{.*\"level\":\"ERROR\",\"name\":\"$1\",\"message\":\"(.*)\"\\}\$/\\1/p" "$folder/messages" 2>/dev/null | tail -n 1
}

# report_failure STAGE STATUS
report_failure() {
  local reason
  [ "$stop_signal" -eq 0 ] || return 0
  reason=$(reason_of "$1")
  log error "$1: $(meaning_of "$2") (status $2)${reason:+: $reason}"
}

# judge  returns the run's status: that of the first stage in pipe order that failed for a reason of its own. 141 is the echo
# of a later stage's end (the last stage has none), and 65 counts only when nothing worse happened.
judge() {
  local i status last=$((${#statuses[@]} - 1)) rejected=0
  for i in "${!statuses[@]}"; do
    status=${statuses[i]}
    if [ "$status" -eq 0 ] || { [ "$status" -eq 141 ] && [ "$i" -ne "$last" ]; }; then continue; fi
    if [ "$status" -eq 65 ]; then
      rejected=65
      continue
    fi
    report_failure "${stages[i]}" "$status"
    return "$status"
  done
  return "$rejected"
}

# worse A B  the one of two runs' statuses that matters: the first that is neither 0 nor 65, else 65.
worse() {
  case $1 in
    0) echo "$2" ;;
    65) if [ "$2" -eq 0 ]; then echo 65; else echo "$2"; fi ;;
    *) echo "$1" ;;
  esac
}

# The state of the moment, from the platform or the state file: fetch-incidents starts from it, push-opencti moves it.
read_state() {
  local out
  if ! { exec {out}>"$folder/state.json"; } 2>/dev/null; then
    log error "cannot write $folder/state.json; is the disk full, or read-only?"
    return 74
  fi
  begin_processes
  start_stage push-opencti "$null" "$out" --print-state "${push_options[@]}"
  exec {out}>&-
  end_processes
  [ "${statuses[0]}" -eq 0 ] || report_failure push-opencti "${statuses[0]}"
  return "${statuses[0]}"
}

# tap IN OUT DUMP  copies incidents to the next stage and to the dump. Under systemd SIGPIPE is ignored: tee would read on when the
# next stage is gone, up to the last incident.
tap() {
  exec <&"$1" >&"$2"
  close_pipes "$3"
  exec tee --output-error=exit -- "/dev/fd/$3" 2>/dev/null
}

# write_dump IN FILE  A full disk costs the dump, never the run: what cannot be written is read all the same.
write_dump() {
  local whole=0
  exec <&"$1"
  close_pipes
  "${compress[@]}" >"$2" || whole=1
  cat >/dev/null
  return "$whole"
}

# finish_dump FILE STATUS  FILE is the unfinished one.
finish_dump() {
  local kept=${1%.part}
  if [ "$2" -ne 0 ]; then
    rm -f -- "$1"
    log warning "the dump of this run could not be written to $dump_folder (is the disk full?); the run went on without it"
  elif [ "$("${decompress[@]}" <"$1" 2>/dev/null | head -c 1 | wc -c)" -eq 0 ]; then
    rm -f -- "$1"
  elif mv -- "$1" "$kept"; then
    log info "raw incidents of this run: $kept"
  fi
}

# One stage shows how far the whole chain is: the last, which knows what OpenCTI has. On a terminal it draws a line there, past the
# collector of messages; else it says so once a minute.
push_progress=(--no-progress)
prepare_progress() {
  local terminal
  [ "$progress" != no ] || return 0
  push_progress=(--progress)
  [ "$progress" = yes ] || [ "$least_level" -le 1 ] || return 0
  if [ -t 2 ] && [ -n "${TERM:-}" ] && [ "$TERM" != dumb ] && [ "$log_format" = text ]; then
    exec {terminal}>&2
    push_progress=(--progress --progress-fd "$terminal")
    erase=$'\e[K'
  fi
}

# Sets $part, the unfinished file of the next dump. Several connectors may share the folder, and what is there stays: two runs may
# begin within a second, or the clock be set back.
name_dump() {
  local run
  run=$dump_folder/incidents-$(TZ=UTC printf '%(%Y%m%dT%H%M%SZ)T' -1)-${setting[CONNECTOR_ID],,}
  part=
  until [ -n "$part" ] && [ ! -e "$part" ] && [ ! -e "${part%.part}" ]; do
    dumps=$((dumps + 1))
    part=$run-$dumps.ndjson$suffix.part
  done
}

# run_chain FETCH_OPTION… -- PUSH_OPTION…  runs the four stages once and returns the run's status.
run_chain() {
  local fetch=() incidents dump bundles part= status=0 stage
  while [ "$1" != -- ]; do
    fetch+=("$1")
    shift
  done
  shift
  for stage in "${stages[@]}"; do rm -f -- "$(summary_file "$stage")"; done
  begin_processes
  make_pipe
  start_stage fetch-token "$null" "$pipe_in" --follow --summary "$(summary_file fetch-token)"
  incidents=$pipe_out
  make_pipe
  start_stage fetch-incidents "$incidents" "$pipe_in" --failed "$folder/failed.ndjson" \
    --summary "$(summary_file fetch-incidents)" --no-progress "${fetch[@]}"
  incidents=$pipe_out
  if [ -n "$dump_folder" ]; then
    name_dump
    make_pipe
    dump=$pipe_in
    start_helper write_dump "$pipe_out" "$part"
    make_pipe
    start_helper tap "$incidents" "$pipe_in" "$dump"
    incidents=$pipe_out
  fi
  make_pipe
  bundles=$pipe_out
  start_stage map-stix "$incidents" "$pipe_in" --rejects "$folder/map-stix.rejects.ndjson" \
    --summary "$(summary_file map-stix)" --no-progress
  start_stage push-opencti "$bundles" 1 --rejects "$folder/push-opencti.rejects.ndjson" \
    --summary "$(summary_file push-opencti)" "${push_progress[@]}" "${push_options[@]}" "$@"
  end_processes
  add_figures
  if [ -n "$part" ]; then finish_dump "$part" "${helper_statuses[1]}"; fi
  judge || status=$?
  # What the copy for the dump has not passed on, no later stage can miss.
  if [ -n "$part" ] && [ "${helper_statuses[2]}" -ne 0 ] && is_success "$status"; then
    [ "$stop_signal" -ne 0 ] || log error "the copy of incidents for the dump ended early (status ${helper_statuses[2]}); the next run goes on from there"
    status=75
  fi
  return "$status"
}

readonly failed_line='^\{"id":"([A-Za-z0-9][A-Za-z0-9._-]*)".*'

# Adds what the last run could not fetch to what earlier runs could not, all or nothing. grep ends a last line that a full disk
# or a kill has cut, which would swallow the next one; the zeros that a loss of power may leave there must not make the list
# binary to it, for then it would copy nothing. What fetch-incidents made durable stays so: the state has passed these incidents.
join_failed() {
  local file
  [ -s "$folder/failed.ndjson" ] || return 0
  {
    for file in failed.again failed; do
      [ ! -s "$folder/$file.ndjson" ] || grep -a '' -- "$folder/$file.ndjson" || return
    done
  } >"$folder/failed.new.ndjson" && sync -- "$folder/failed.new.ndjson" &&
    mv -f -- "$folder/failed.new.ndjson" "$folder/failed.again.ndjson" || return
  sync -- "$folder" 2>/dev/null  # not every file system can do that for a folder
  rm -f -- "$folder/failed.ndjson"
}

# Incidents that could not be fetched in earlier runs are asked for first, with little patience, since they may well fail
# again. That never moves the state.
retry_failed() {
  local id ids=() i status=0
  if ! join_failed; then
    log error "cannot write $folder/failed.again.ndjson; is the disk full, or read-only?"
    return 74
  fi
  [ -s "$folder/failed.again.ndjson" ] || return 0
  while IFS= read -r id; do ids+=("--id=$id"); done < <(
    sed -nE "s/$failed_line/\\1/p" "$folder/failed.again.ndjson" | sort -u)
  if [ "${#ids[@]}" -eq 0 ]; then
    log warning "$folder/failed.again.ndjson holds no incident id; look at it and remove it"
    return 0
  fi
  log info "asking again for $(counted ${#ids[@]} incident) that could not be fetched before"
  for ((i = 0; i < ${#ids[@]} && stop_signal == 0; i += 500)); do
    run_chain --retry-budget PT1M "${ids[@]:i:500}" --
    status=$(worse "$status" $?)
  done
  # Those that failed once more are in failed.ndjson now; lines without an id are left for somebody to look at.
  if [ "$stop_signal" -eq 0 ] && is_success "$status"; then
    grep -avE "$failed_line" -- "$folder/failed.again.ndjson" >"$folder/failed.new.ndjson"
    case $? in
      0) mv -f -- "$folder/failed.new.ndjson" "$folder/failed.again.ndjson" ;;
      1) rm -f -- "$folder/failed.new.ndjson" "$folder/failed.again.ndjson" ;;
      *) log warning "cannot write $folder/failed.new.ndjson (is the disk full?); the next run asks for these incidents once more" ;;
    esac
  fi
  return "$status"
}

lines_in() { if [ -f "$1" ]; then wc -l <"$1"; else echo 0; fi; }

# say_rejects MAPPED PUSHED  what the rejects held before the run.
say_rejects() {
  local rejects=$folder/map-stix.rejects.ndjson count
  count=$(($(lines_in "$rejects") - $1))
  [ "$count" -le 0 ] || log warning "map-stix rejected $(counted "$count" line); when the cause is mended, replay them: map-stix $rejects | push-opencti"
  rejects=$folder/push-opencti.rejects.ndjson
  count=$(($(lines_in "$rejects") - $2))
  [ "$count" -le 0 ] || log warning "push-opencti rejected $(counted "$count" bundle); when the cause is mended, replay them: push-opencti $rejects"
  count=$(lines_in "$folder/failed.ndjson")
  [ "$count" -le 0 ] || log warning "$(counted "$count" incident) could not be fetched; the next run asks for them first ($folder/failed.ndjson)"
}

# The work of a run.
work() {
  local status again=0 mapped pushed
  mapped=$(lines_in "$folder/map-stix.rejects.ndjson")
  pushed=$(lines_in "$folder/push-opencti.rejects.ndjson")
  read_state || return
  note_start
  retry_failed || again=$?
  [ "$stop_signal" -eq 0 ] || return "$again"
  run_chain --state "$folder/state.json" --reading "$folder/reading.json" -- --advance-from "$folder/state.json"
  status=$(worse $? "$again")
  say_rejects "$mapped" "$pushed"
  return "$status"
}

run() {
  local status=0
  begin_figures
  work || status=$?
  [ "$stop_signal" -eq 0 ] || status=$((128 + stop_signal))
  say_run "$status"
  write_metrics "$status"
  return "$status"
}

# rest SECONDS  The platform calls a connector inactive after five minutes without a word: one process keeps in touch.
rest() {
  begin_processes
  if [ -z "$directory_only" ]; then
    start_bound push-opencti "${tool[push-opencti]}" "${config_options[@]}" "${log_options[@]}" --keep-alive
  fi
  start_bound map-stix sleep "$1"
  all_started
  wait_for "${children[-1]}"
  [ "$stop_signal" -ne 0 ] || end_children
  end_processes
}
