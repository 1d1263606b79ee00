# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Messages on standard error, in the form of the tools' own. Sourced by sentinel-incidents.

log_format=text
least_level=1

level_number() {
  case ${1,,} in
    debug) echo 0 ;;
    info) echo 1 ;;
    warn | warning) echo 2 ;;
    error) echo 3 ;;
    *) return 1 ;;
  esac
}

json_string() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//$'\t'/\\t}
  printf '"%s"' "${text//[$'\x01'-$'\x1f\x7f']/?}"
}

# counted NUMBER NOUN  "1 line", "2 lines".
counted() { echo "$1 $2$([ "$1" -eq 1 ] || echo s)"; }

# On a terminal that a stage draws its progress on, each message begins by erasing that line; see common/console/progress.hpp.
erase=

# log LEVEL TEXT [ATTRIBUTES]  ATTRIBUTES is a JSON object, for lines of JSON.
log() {
  local level=$1 text=$2 attributes=${3:-} prefix="sentinel-incidents: " now=$EPOCHREALTIME
  [ "$(level_number "$level")" -ge "$least_level" ] || return 0
  if [ "$log_format" = json ]; then
    printf '{"timestamp":"%s.%.3sZ","level":"%s","name":"sentinel-incidents","message":%s%s}\n' \
      "$(TZ=UTC printf '%(%Y-%m-%dT%H:%M:%S)T' "${now%.*}")" "${now#*.}" "${level^^}" "$(json_string "$text")" "${attributes:+,\"attributes\":$attributes}" >&2
  else
    [ "$level" = info ] || prefix+="$level: "
    text=${text//$'\n'/$'\n  '}
    printf '%s%s%s\n' "$erase" "$prefix" "${text//[$'\x01'-$'\x09\x0b'-$'\x1f\x7f']/?}" >&2
  fi
}

# die STATUS TEXT
die() {
  log error "$2"
  exit "$1"
}

# The log's settings: what the command line says, over what push-opencti found in the environment and config.yml.
apply_log_settings() {
  least_level=$(level_number "${wanted_level:-${setting[CONNECTOR_LOG_LEVEL]:-info}}") || least_level=1
  if [ -n "$quiet" ]; then least_level=2; fi
  log_format=text
  if [ -n "$wanted_format" ]; then
    log_format=$wanted_format
  elif is_true "${setting[OPENCTI_JSON_LOGGING]:-}"; then
    log_format=json
  fi
}
