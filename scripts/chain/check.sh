# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# --check: the way that an incident takes, step by step, in the form of the tools' own --check. Sourced by sentinel-incidents.

check_status=0

# note_status STATUS  the first one that is not 0 counts.
note_status() { if [ "$check_status" -eq 0 ]; then check_status=$1; fi; }

# say_step RESULT STEP TEXT  RESULT is ok, warning, failed or skipped.
say_step() {
  local result=$1 step=$2 text=$3 colour='' plain=''
  if [ "$log_format" = json ]; then
    printf '{"step":%s,"result":"%s","message":%s}\n' "$(json_string "$step")" "$result" "$(json_string "$text")"
    return
  fi
  if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ -n "${TERM:-}" ] && [ "$TERM" != dumb ]; then
    case $result in ok) colour=$'\e[1;32m' ;; warning) colour=$'\e[1;33m' ;; failed) colour=$'\e[1;31m' ;; *) colour=$'\e[1;36m' ;; esac
    plain=$'\e[0m'
  fi
  printf '%s%s%s%*s%s: %s\n' "$colour" "$result" "$plain" $((9 - ${#result})) '' "$step" "${text//[$'\x01'-$'\x1f\x7f']/?}"
}

# fail_step STATUS STEP TEXT
fail_step() {
  note_status "$1"
  say_step failed "$2" "$3"
}

is_wrong() { case " ${wrong_stages[*]} " in *" $1 "*) return 0 ;; *) return 1 ;; esac }

check_settings_step() {
  local fault
  for fault in "${faults[@]}"; do fail_step 78 settings "$fault"; done
  [ "${#faults[@]}" -gt 0 ] || say_step ok settings "right for all four stages"
}

# Where the chain will keep its files, and whether a run is at work there. What is made to try it is removed again.
check_places() {
  local reason='' waiting
  if [ -z "$folder" ]; then
    say_step skipped files "CONNECTOR_ID names their folder"
  elif ! can_keep_files; then
    fail_step 74 files "$reason; SENTINEL_INCIDENTS_STATE_DIR names another place"
  elif [ -e "$folder/lock" ] && [ ! -w "$folder/lock" ]; then
    fail_step 74 files "cannot write $folder/lock; does it belong to another user?"
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

# check_stage STAGE  its own steps, on standard output.
check_stage() { as_stage "$1" "${tool[$1]}" "${config_options[@]}" "${log_options[@]}" --check; }

# Steps to Graph do not depend on those to OpenCTI, nor the other way round.
check_way() {
  local token=failed status
  check_settings_step
  check_places
  if is_wrong fetch-token; then
    say_step skipped login "the settings of fetch-token are wrong"
  else
    status=0
    (check_stage fetch-token) </dev/null || status=$?
    note_status "$status"
    # The settings are right, so 78 is the clock, in spite of which there is a token.
    case $status in 0 | 78) token=given ;; esac
  fi
  if is_wrong fetch-incidents; then
    say_step skipped Graph "the settings of fetch-incidents are wrong"
  else
    status=0
    # A token of its own, through a pipe; what may go wrong with it was said above.
    if [ "$token" = given ]; then as_stage fetch-token "${tool[fetch-token]}" "${config_options[@]}" 2>/dev/null </dev/null; fi |
      (check_stage fetch-incidents) || status=$?
    note_status "$status"
  fi
  if is_wrong push-opencti; then
    say_step skipped OpenCTI "the settings of push-opencti are wrong"
  else
    (check_stage push-opencti) </dev/null || note_status $?
  fi
  if [ "$check_status" -eq 0 ]; then
    say_step ok all "the next run can work"
  else
    say_step failed all "the next run cannot work; mend what failed, from the top"
  fi
  exit "$check_status"
}
