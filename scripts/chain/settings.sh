# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Where the tools are, what each of them may know, and whether the settings of the whole chain are right. Sourced by
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
  local stage variable
  for stage in "${stages[@]}"; do
    for variable in ${private[$stage]}; do export -n "${variable?}"; done
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

declare -A tool=()
# find_tools FOLDER…  all four from the first folder that has them, else from PATH.
find_tools() {
  local folder stage
  for folder in "$@" ""; do
    for stage in "${stages[@]}"; do
      if [ -n "$folder" ]; then tool[$stage]=$folder/$stage; else tool[$stage]=$(type -P "$stage"); fi
      [ -x "${tool[$stage]}" ] || continue 2
    done
    return
  done
  die 69 "the tools ${stages[*]} are neither in ../build or ../libexec/sentinel-incidents beside this script nor in PATH"
}

is_true() { case ${1,,} in true | yes | on | 1) return 0 ;; *) return 1 ;; esac }

# An ISO 8601 duration in seconds, 0 for one of another form (push-opencti has refused those).
duration_seconds() {
  local text=${1^^} part
  [[ $text =~ ^P(([0-9]+)W)?(([0-9]+)D)?(T(([0-9]+)H)?(([0-9]+)M)?(([0-9]+)([.,][0-9]+)?S)?)?$ ]] || { echo 0 && return; }
  part=("${BASH_REMATCH[@]}")
  echo $((10#0${part[2]} * 604800 + 10#0${part[4]} * 86400 + 10#0${part[7]} * 3600 + 10#0${part[9]} * 60 + 10#0${part[11]}))
}

faults=()
wrong_stages=()  # whose settings have faults
seen_lines=$'\n'
is_new() {
  [[ $seen_lines != *$'\n'"$1"$'\n'* ]] || return 1
  seen_lines+=$1$'\n'
}

# ask_stage STAGE  adds the stage's faults to those of the others; the stages share settings, so each counts once.
ask_stage() {
  local stage=$1 said line fault status=0
  said=$(as_stage "$stage" "${tool[$stage]}" "${config_options[@]}" --check-settings --log-format text 2>&1 >/dev/null) || status=$?
  while IFS= read -r line; do
    case $line in
      "$stage: error: wrong settings"*)
        line=${line#*: error: wrong settings*: }
        # One fault a line; the log shows a line end as \n.
        while IFS= read -r fault; do
          # A stage names its own option for the setting as well; the chain has no such option.
          if [[ $fault =~ ^([A-Z_]+ \([^\)]*\)),\ --[a-z-]+(.*)$ ]]; then fault=${BASH_REMATCH[1]}${BASH_REMATCH[2]}; fi
          if is_new "$fault"; then faults+=("$fault"); fi
        done <<<"${line//\\n/$'\n'}"
        ;;
      "$stage: warning: "*)
        line=${line#*: warning: }
        if is_new "$line"; then log warning "$line"; fi
        ;;
    esac
  done <<<"$said"
  if [ "$status" -eq 78 ]; then wrong_stages+=("$stage"); fi
  [ "$status" -eq 0 ] || [ "$status" -eq 78 ] || die "$status" "$stage cannot check its settings (status $status): $said"
}

declare -A setting=()
# Asks push-opencti for the values that the chain itself needs.
read_settings() {
  local line
  while IFS= read -r line; do
    line=${line%  # *}  # where the value comes from
    setting[${line%%=*}]=${line#*=}
  done < <(
    as_stage push-opencti "${tool[push-opencti]}" "${config_options[@]}" --check-settings 2>/dev/null)
}

# Collects the faults of every stage, and of the chain itself.
find_faults() {
  local stage
  for stage in "${stages[@]}"; do ask_stage "$stage"; done
  if [ -z "${setting[CONNECTOR_ID]:-}" ] && [[ $seen_lines != *$'\n'"CONNECTOR_ID "* ]]; then
    faults+=("CONNECTOR_ID (config.yml: connector.id) is missing: it names the folder of the chain's files (uuidgen makes one)")
  fi
  if [ -z "${setting[SENTINEL_INCIDENTS_STATE_DIR]:-}${XDG_STATE_HOME:-}${HOME:-}" ] && [ "$(id -u)" -ne 0 ]; then
    faults+=("SENTINEL_INCIDENTS_STATE_DIR (config.yml: sentinel_incidents.state_dir) is missing, and there is no HOME to take its place")
  fi
}

# One message with all of them.
check_settings() {
  find_faults
  [ "${#faults[@]}" -eq 0 ] || die 78 "wrong settings (${#faults[@]}), nothing was run:$(printf '\n%s' "${faults[@]}")"
}

# Where the chain keeps its files: a folder for each connector id.
state_folder() {
  local base=${setting[SENTINEL_INCIDENTS_STATE_DIR]:-}
  if [ -z "$base" ]; then
    if [ "$(id -u)" -eq 0 ]; then base=/var/lib; else base=${XDG_STATE_HOME:-$HOME/.local/state}; fi
    base+=/sentinel-incidents
  fi
  echo "$(readlink -m -- "$base")/${setting[CONNECTOR_ID],,}"
}
