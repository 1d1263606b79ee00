# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# --check: the way that an incident takes, step by step, in the form of the tools' own --check. Sourced by sentinel-incidents.

# say_step RESULT STEP TEXT  RESULT is ok, warning, failed or skipped.
say_step() {
  local result=$1 step=$2 text=$3 colour=''
  if [ "$log_format" = json ]; then
    printf '{"step":"%s","result":"%s","message":%s}\n' "$step" "$result" "$(json "$text")"
    return
  fi
  if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    case $result in ok) colour='1;32' ;; warning) colour='1;33' ;; failed) colour='1;31' ;; *) colour='1;36' ;; esac
  fi
  printf '%s%s%s%*s%s: %s\n' "${colour:+$'\e['${colour}m}" "$result" "${colour:+$'\e[0m'}" $((9 - ${#result})) '' "$step" \
    "${text//[$'\x01'-$'\x1f\x7f']/?}"
}

# fail_step STATUS STEP TEXT
fail_step() {
  note_status "$1"
  say_step failed "$2" "$3"
}

# Where the chain will keep its files, and whether a run is at work there. What is made to try it is removed again.
check_places() {
  local reason='' waiting
  if [ -z "$folder" ]; then
    say_step skipped files "CONNECTOR_ID names their folder"
  elif ! can_keep_files; then
    fail_step 74 files "$reason; SENTINEL_INCIDENTS_STATE_DIR names another place"
  elif ! lock_is_free; then
    fail_step 75 files "a run with this connector id is at work in $folder; another one would do nothing until that has ended"
  else
    say_step ok files "$folder"
  fi
  if [ -n "$metrics_file" ]; then
    if can_keep_metrics; then say_step ok metrics "$metrics_file"; else fail_step 74 metrics "cannot write $metrics_file: $reason"; fi
  fi
  if [ -n "$dump_folder" ]; then
    if can_write "$dump_folder"; then say_step ok dumps "$dump_folder"; else fail_step 74 dumps "$reason"; fi
  fi
  [ -n "$folder" ] || return 0
  waiting=$(pending_text)
  [ -z "$waiting" ] || say_step warning rejects "put aside in $waiting; when the cause is mended, sentinel-incidents --replay-rejects tries them again"
}

# check_stage STAGE STEP  the tool's own steps. Those to Graph do not depend on those to OpenCTI, nor the other way round.
check_stage() {
  case " ${wrong_stages[*]} " in *" $1 "*) say_step skipped "$2" "the settings of $1 are wrong" && return ;; esac
  (as_stage "$1" "${tool[$1]}" "${config_options[@]}" "${log_options[@]}" --check)
}
# token STATUS  a token of its own for the way to Graph, where fetch-token has just got one: 78 is the clock, its settings are right.
# What may go wrong with it was said before.
token() {
  case $1 in 0 | 78) (as_stage fetch-token "${tool[fetch-token]}" "${config_options[@]}" 2>/dev/null </dev/null) ;; esac
  return 0
}

check_way() {
  local fault given=0 status=0
  for fault in "${faults[@]}"; do fail_step 78 settings "$fault"; done
  [ "${#faults[@]}" -gt 0 ] || say_step ok settings "right for all four stages"
  check_places
  check_stage fetch-token login </dev/null || given=$?
  note_status "$given"
  token "$given" | check_stage fetch-incidents Graph || note_status $?
  check_stage push-opencti OpenCTI </dev/null || note_status $?
  if [ "$status" -eq 0 ]; then
    say_step ok all "the next run can work"
  else
    say_step failed all "the next run cannot work; mend what failed, from the top"
  fi
  exit "$status"
}
