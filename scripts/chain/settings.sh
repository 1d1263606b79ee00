# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Where the tools are, what each of them may know, the settings of the whole chain, and the places of its files. Sourced by
# sentinel-incidents.

readonly stages=(fetch-token fetch-incidents map-stix push-opencti)

# What a stage may read from the environment beyond what all of them may. Nothing of this list reaches another stage, nor
# any other program that the chain starts. A proxy's address may hold a password.
readonly proxies="http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY"
readonly -A private=(
  [fetch-token]="SENTINEL_INCIDENTS_CLIENT_SECRET MICROSOFT_DEFENDER_INCIDENTS_CLIENT_SECRET MICROSOFT_SENTINEL_INCIDENTS_CLIENT_SECRET $proxies"
  [fetch-incidents]="$proxies"
  [map-stix]=""
  [push-opencti]="OPENCTI_TOKEN OPENCTI_CUSTOM_HEADERS MQ_PASS MQ_USE_SSL_KEY MQ_USE_SSL_PASSPHRASE $proxies"
)

hide_private() {
  local name variable
  for name in "${stages[@]}"; do
    for variable in ${private[$name]}; do export -n "${variable?}"; done
  done
}

# as_stage STAGE COMMAND…  becomes the command, with the stage's own secrets in its environment.
as_stage() {
  local variable
  for variable in ${private[$1]}; do
    if [ -n "${!variable:-}" ]; then export "${variable?}"; fi
  done
  shift
  exec "$@"
}

# stage STAGE OPTION…  becomes that tool.
stage() {
  local quiet=()
  # What these two say at level info, the closing message of the run says too.
  case $1 in fetch-token | map-stix) [ "$least_level" -ne "${level_numbers[info]}" ] || quiet=(--quiet) ;; esac
  as_stage "$1" "${tool[$1]}" "${config_options[@]}" "${log_options[@]}" "${quiet[@]}" "${@:2}"
}

declare -A tool=()
# find_tools FOLDER…  all four from the first folder that has them, else from PATH.
find_tools() {
  local place name
  for place in "$@" ""; do
    for name in "${stages[@]}"; do
      if [ -n "$place" ]; then tool[$name]=$place/$name; else tool[$name]=$(type -P "$name"); fi
      [ -x "${tool[$name]}" ] || continue 2
    done
    return
  done
  die 69 "the tools ${stages[*]} are neither in ../build or ../libexec/sentinel-incidents beside this script nor in PATH"
}

is_true() { case ${1,,} in true | yes | on | 1) return 0 ;; *) return 1 ;; esac }

declare -A setting=()   # values, by the name of the variable
declare -A duration=()  # those that are durations, in seconds
faults=()
wrong_stages=()  # whose settings have faults
seen_lines=$'\n'
is_new() {
  [[ $seen_lines != *$'\n'"$1"$'\n'* ]] || return 1
  seen_lines+=$1$'\n'
}

# json_member NAME JSON  sets $text to that string or number of a flat JSON object; fails where there is none.
json_member() {
  local pattern='"'$1'":("(([^"\\]|\\.)*)"|[0-9]+)'
  text=
  [[ $2 =~ $pattern ]] || return 1
  case ${BASH_REMATCH[1]} in
    '"'*) printf -v text %b "${BASH_REMATCH[2]//'\"'/'"'}" ;;  # %b knows every escape of JSON but that of quotes
    *) text=${BASH_REMATCH[1]} ;;
  esac
}

# ask_stage STAGE  adds the stage's settings, warnings and faults to those of the others, from the JSON lines of --check-settings; the
# stages share settings, so each counts once.
ask_stage() {
  local said line name text status=0
  said=$(as_stage "$1" "${tool[$1]}" "${config_options[@]}" --check-settings --log-format json 2>&1) || status=$?
  while IFS= read -r line; do
    case $line in
      '{"setting":'*)
        json_member setting "$line" && name=$text
        if json_member value "$line"; then setting[$name]=$text; fi
        if json_member seconds "$line"; then duration[$name]=$text; fi
        ;;
      '{"fault":'*)
        json_member fault "$line"
        # A stage names its own option for the setting as well; the chain has no such option.
        if [[ $text =~ ^([A-Z_]+\ \([^\)]*\)),\ --[a-z-]+(.*)$ ]]; then text=${BASH_REMATCH[1]}${BASH_REMATCH[2]}; fi
        if is_new "$text"; then faults+=("$text"); fi
        ;;
      '{"warning":'*)
        json_member warning "$line"
        if is_new "$text"; then warnings+=("$text"); fi
        ;;
    esac
  done <<<"$said"
  if [ "$status" -eq 78 ]; then wrong_stages+=("$1"); fi
  [ "$status" -eq 0 ] || [ "$status" -eq 78 ] || die "$status" "$1 cannot check its settings (status $status): $said"
  # A stage that refuses its settings without a fault in that form has said why in its own.
  [ "$status" -eq 0 ] || [ "${#faults[@]}" -gt 0 ] || die 78 "$1 refuses its settings: $said"
}

# Collects the settings and faults of every stage, and of the chain itself; sets $folder, where the chain keeps its files.
ask_settings() {
  local name base line
  warnings=()
  for name in "${stages[@]}"; do ask_stage "$name"; done
  if [ -z "${setting[CONNECTOR_ID]:-}" ] && [[ $seen_lines != *$'\n'"CONNECTOR_ID "* ]]; then
    faults+=("CONNECTOR_ID (config.yml: connector.id) is missing: it names the folder of the chain's files (uuidgen makes one)")
  fi
  base=${setting[SENTINEL_INCIDENTS_STATE_DIR]:-}
  if [ -z "$base" ] && [ "$EUID" -eq 0 ]; then base=/var/lib/sentinel-incidents; fi
  if [ -z "$base" ] && [ -n "${XDG_STATE_HOME:-}${HOME:-}" ]; then base=${XDG_STATE_HOME:-$HOME/.local/state}/sentinel-incidents; fi
  if [ -z "$base" ]; then
    faults+=("SENTINEL_INCIDENTS_STATE_DIR (config.yml: sentinel_incidents.state_dir) is missing, and there is no HOME to take its place")
  elif [ -n "${setting[CONNECTOR_ID]:-}" ]; then
    folder=$(realpath -ms -- "$base")/${setting[CONNECTOR_ID],,}
  fi
  metrics_file=${metrics_file:-${setting[SENTINEL_INCIDENTS_METRICS_FILE]:-}}
  [ -z "$metrics_file" ] || metrics_file=$(realpath -m -- "$metrics_file")
  [ -z "$dump_folder" ] || dump_folder=$(realpath -m -- "$dump_folder")
}
folder=

# The checks of places are the same before a run and in --check. Each leaves in $reason why a place will not do.

# can_write FOLDER  tries it: makes a file there, or in the nearest folder that exists where it would be made, and removes it.
can_write() {
  local place=$1 probe
  until [ -e "$place" ]; do place=$(dirname -- "$place"); done
  if probe=$(mktemp -d -- "$place/.sentinel-incidents.XXXXXX" 2>&1); then
    if head -c 4096 /dev/zero 2>/dev/null >"$probe/probe" && rm -r -- "$probe"; then return 0; fi 2>/dev/null
    rm -rf -- "$probe"
    reason="cannot write in $place (is the disk full?)"
  else
    reason="cannot write in $place (${probe##*: })"
  fi
  return 1
}

# is_own FOLDER  Where anybody may make files, a link or a folder on the way there may be somebody else's trap.
is_own() {
  local place=$1
  while [ "$place" != / ]; do
    if { [ -e "$place" ] || [ -L "$place" ]; } && [ -n "$(find -- "$(dirname -- "$place")/." -maxdepth 0 -perm -o=w)" ]; then
      case $(stat -c %u -- "$place") in 0 | "$EUID") ;; *)
        reason="$place belongs to another user and is in a folder that everybody may write to"
        return 1
        ;;
      esac
    fi
    place=$(dirname -- "$place")
  done
}

can_keep_files() { is_own "$folder" && can_write "$folder"; }
can_keep_metrics() {
  reason="its folder must be there, and it must not be a folder itself"
  [ ! -d "$metrics_file" ] && [ -d "${metrics_file%/*}/" ] && can_write "${metrics_file%/*}/"
}
lock_is_free() {
  local held status=0
  [ -e "$folder/lock" ] || return 0
  { exec {held}<"$folder/lock"; } 2>/dev/null || return 0
  flock -n -s "$held" || status=1
  exec {held}<&-
  return "$status"
}

prepare_files() {
  can_keep_files || die 74 "$reason; SENTINEL_INCIDENTS_STATE_DIR names another place"
  mkdir -p -- "$folder" && chmod 700 -- "$folder" || die 74 "cannot make $folder; SENTINEL_INCIDENTS_STATE_DIR names another place"
  folder=$(realpath -- "$folder")  # the ledger follows no link
  [ -z "$metrics_file" ] || can_keep_metrics || die 74 "cannot write the file of --metrics-file, $metrics_file: $reason"
  if [ -n "$dump_folder" ]; then
    mkdir -p -- "$dump_folder" && can_write "$dump_folder" || die 74 "cannot keep dumps in $dump_folder: ${reason:-it cannot be made}"
    if type -P zstd >/dev/null; then
      suffix=.zst compress=(zstd -q -c) decompress=(zstd -q -d -c)
    else
      suffix=.gz compress=(gzip -c) decompress=(gzip -d -c)
    fi
  fi
  # With the directory sink alone there is no platform to keep the state.
  if is_true "${setting[CONNECTOR_SEND_TO_DIRECTORY]:-}" && ! is_true "${setting[CONNECTOR_SEND_TO_QUEUE]:-true}"; then
    state_options=(--state-file "$folder/connector-state.json")
  else
    # What OpenCTI refused joins what could not be fetched: both are asked for first in the next run.
    ledger_options=(--ledger "$folder/ledger.db" --refetch "$folder/failed.ndjson")
  fi
}
