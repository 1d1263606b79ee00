# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the chain says: messages, the figures of a run for the closing message and for Prometheus, and --status. Sourced by
# sentinel-incidents.

declare -rA level_numbers=([debug]=1 [info]=2 [warn]=3 [warning]=3 [error]=4)
least_level=2
log_format=text

# The log's settings: the command line, else what the tools found in the environment and config.yml.
apply_log_settings() {
  local level=${wanted_level:-${setting[CONNECTOR_LOG_LEVEL]:-info}}
  least_level=${level_numbers[${level,,}]:-2}
  case " ${log_options[*]} " in *" --quiet "*) least_level=3 ;; esac
  log_format=${wanted_format:-text}
  if [ -z "$wanted_format" ] && is_true "${setting[OPENCTI_JSON_LOGGING]:-}"; then log_format=json; fi
}

# json TEXT  as a JSON string, null for none.
json() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  if [ -n "$text" ]; then printf '"%s"' "${text//[$'\x01'-$'\x1f\x7f']/?}"; else printf null; fi
}

# utc SECONDS  since 1970, as 2026-01-31T00:00:00Z; nothing for none.
utc() { [ -z "$1" ] || TZ=UTC printf '%(%Y-%m-%dT%H:%M:%SZ)T' "$1"; }

# log LEVEL TEXT [ATTRIBUTES]  ATTRIBUTES is a JSON object for --log-format json. Text has the form of the tools' messages.
log() {
  local level=$1 text=$2 attributes=${3:-} now=$EPOCHREALTIME
  [ "${level_numbers[$level]}" -ge "$least_level" ] || return 0
  now=$(TZ=UTC printf '%(%Y-%m-%dT%H:%M:%S)T.%.3sZ' "${now%[.,]*}" "${now#*[.,]}")
  if [ "$log_format" = json ]; then
    printf '{"timestamp":"%s","level":"%s","name":"sentinel-incidents","message":%s%s}\n' \
      "$now" "${level^^}" "$(json "$text")" "${attributes:+,\"attributes\":$attributes}" >&2
  else
    [ "$level" = info ] || text="$level: $text"
    text=${text//$'\n'/$'\n  '}
    # A terminal is read at once, and the journal keeps the time of each line by itself.
    if [ -t 2 ] || [ -n "${JOURNAL_STREAM:-}" ]; then now=; fi
    printf '%ssentinel-incidents: %s\n' "${now:+$now }" "${text//[$'\x01'-$'\x09\x0b'-$'\x1f\x7f']/?}" >&2
  fi
}

# die STATUS TEXT
die() {
  log error "$2"
  exit "$1"
}

# counted NUMBER NOUN  "1 line", "2 lines".
counted() { echo "$1 $2$([ "$1" -eq 1 ] || echo s)"; }

# value NAME JSON  the member's number or time, "" for null or none.
value() { if [[ $2 =~ \"$1\":\ ?\"?([0-9TZ:+.-]+) ]]; then echo "${BASH_REMATCH[1]}"; fi; }

declare -A figure=()      # of the run: fetched, failed, mapped, pushed, rejected, refused; watermark from and to; started
declare -A stage_time=()  # milliseconds that each stage worked
declare -A last=()        # of the run before: ended, status, succeeded, watermark, next

summary_file() { echo "$folder/summary.$1.json"; }
seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); }

# The file of the last run holds NAME=VALUE lines.
read_last_run() {
  local name text
  last=()
  [ -r "$folder/last-run" ] || return 0
  while IFS='=' read -r name text; do [ -z "$name" ] || last[$name]=$text; done <"$folder/last-run"
}

begin_figures() {
  local stage
  figure=([fetched]=0 [failed]=0 [mapped]=0 [pushed]=0 [rejected]=0 [refused]=0 [started]=${EPOCHREALTIME/[.,]/})
  figure[from]=${last[watermark]:-} figure[to]=${last[watermark]:-}
  for stage in "${stages[@]}"; do stage_time[$stage]=0; done
}

# milliseconds since the run began; 0 where the clock was set back meanwhile.
run_time() {
  local spent=$(((${EPOCHREALTIME/[.,]/} - figure[started]) / 1000))
  echo $((spent > 0 ? spent : 0))
}

# The position as the run found it. Connectors keep seconds since 1970, or an ISO time.
note_watermark() {
  local text
  text=$(value last_incident_timestamp "$(<"$folder/state.json")")
  if [[ $text != *T* ]]; then text=$(utc "${text%%.*}"); fi
  figure[from]=$text figure[to]=$text
}

# Adds what the stages that have just ended say of their work. One that was killed, or found the disk full, has left nothing
# or half a line.
add_figures() {
  local stage text spent
  for stage in "${stages[@]}"; do
    text=
    [ ! -s "$(summary_file "$stage")" ] || read -r text <"$(summary_file "$stage")"
    [[ $text == *\} ]] || continue
    spent=$(value seconds "$text")  # with three decimals
    stage_time[$stage]=$((stage_time[$stage] + 10#0${spent/./}))
    case $stage in
      fetch-incidents) add fetched incidents && add failed failed ;;
      map-stix) add mapped bundles && add rejected rejected ;;
      push-opencti)
        add pushed bundles && add rejected rejected && add refused refused
        text=$(value watermark_to "$text")
        figure[to]=${text:-${figure[to]}}
        ;;
    esac
  done
}
# add FIGURE MEMBER  of the summary in $text.
add() { figure[$1]=$((figure[$1] + 10#0$(value "$2" "$text"))); }

# A run that did its work. What was rejected has figures of its own.
is_success() { [ "$1" -eq 0 ] || [ "$1" -eq 65 ]; }

# note_status STATUS  in $status: the first that is neither 0 nor 65 stays, else 65.
note_status() { case $status in 0) status=$1 ;; 65) [ "$1" -eq 0 ] || status=$1 ;; esac; }

# say_run STATUS  the closing message of a run.
say_run() {
  local name text fields times='' spent
  spent=$(seconds "$(run_time)")
  text="run ended with status $1 after $spent s: $(counted "${figure[fetched]}" incident) fetched, ${figure[mapped]} mapped, ${figure[pushed]} pushed"
  [ "${figure[rejected]}" -eq 0 ] || text+=", ${figure[rejected]} rejected"
  [ "${figure[failed]}" -eq 0 ] || text+=", ${figure[failed]} could not be fetched"
  [ "${figure[refused]}" -eq 0 ] || text+=", $(counted "${figure[refused]}" object) of earlier runs refused by OpenCTI"
  fields="{\"status\":$1"
  for name in fetched failed mapped pushed rejected refused; do fields+=",\"$name\":${figure[$name]}"; done
  for name in "${stages[@]}"; do times+=",\"$name\":$(seconds "${stage_time[$name]}")"; done
  fields+=",\"watermark_from\":$(json "${figure[from]}"),\"watermark_to\":$(json "${figure[to]}"),\"seconds\":$spent,\"stage_seconds\":{${times#,}}}"
  log info "$text; watermark ${figure[to]:-none}" "$fields"
  times=${times//\"/}
  log debug "seconds that each stage worked: ${times#,}"
}

# Records that a stage has put aside and that nobody has dealt with yet.
readonly -A pending_files=([fetch-incidents]=failed [map-stix]=map-stix.rejects [push-opencti]=push-opencti.rejects)
# pending STAGE  how many; what is being tried again is among them. Only files count: reading a device would never end.
pending() {
  local file count=0
  for file in "$folder/${pending_files[$1]}.ndjson" "$folder/${pending_files[$1]}.again.ndjson"; do
    [ ! -f "$file" ] || count=$((count + $(wc -l <"$file")))
  done
  echo "$count"
}
# pending_text  where and what, "" when there is nothing.
pending_text() {
  local count text=
  count=$(pending fetch-incidents)
  [ "$count" -eq 0 ] || text+=", $(counted "$count" incident) to fetch again (the next run does)"
  count=$(pending map-stix)
  [ "$count" -eq 0 ] || text+=", $(counted "$count" line) that map-stix rejected"
  count=$(pending push-opencti)
  [ "$count" -eq 0 ] || text+=", $(counted "$count" bundle) that push-opencti rejected"
  [ -z "$text" ] || echo "$folder: ${text#, }"
}

# metrics  the text for node_exporter's textfile collector.
metrics() {
  local id name
  id="connector_id=$(label "${setting[CONNECTOR_ID]}")"
  gauge info "Version of sentinel-incidents and name of the connector; always 1."
  sample info 1 "connector_name=$(label "${setting[CONNECTOR_NAME]}"),version=$(label "$version")"
  gauge last_run_timestamp_seconds "When the last run ended."
  sample last_run_timestamp_seconds "${last[ended]}"
  gauge last_run_status "Exit status of the last run: 0 all well, 65 some input rejected, anything else a failure."
  sample last_run_status "${last[status]}"
  gauge last_run_duration_seconds "How long the last run took."
  sample last_run_duration_seconds "$(seconds "$(run_time)")"
  gauge last_run_stage_seconds "How long each stage of the last run worked; waiting for its neighbours does not count."
  for name in "${stages[@]}"; do sample last_run_stage_seconds "$(seconds "${stage_time[$name]}")" "stage=\"$name\""; done
  gauge last_run_incidents "What became of the incidents of the last run."
  for name in fetched failed mapped pushed rejected; do sample last_run_incidents "${figure[$name]}" "outcome=\"$name\""; done
  gauge last_run_refused_objects "Objects of earlier runs of which the last run learnt that OpenCTI refused them."
  sample last_run_refused_objects "${figure[refused]}"
  gauge pending_records "Records that a stage has put aside, in all runs, and that nobody has dealt with yet."
  for name in fetch-incidents map-stix push-opencti; do sample pending_records "$(pending "$name")" "stage=\"$name\""; done
  if [ -n "${last[succeeded]:-}" ]; then
    gauge last_success_timestamp_seconds "When a run last ended with status 0 or 65."
    sample last_success_timestamp_seconds "${last[succeeded]}"
  fi
  if [ -n "${figure[to]}" ]; then
    gauge watermark_timestamp_seconds "Everything that was updated up to then is in OpenCTI."
    sample watermark_timestamp_seconds "$(date -u -d "${figure[to]}" +%s)"
  fi
}
# gauge NAME HELP  begins a family of samples; sample NAME VALUE [LABELS]  writes one; label TEXT  is a label's value.
gauge() { printf '# HELP sentinel_incidents_%s %s\n# TYPE sentinel_incidents_%s gauge\n' "$1" "$2" "$1"; }
sample() { printf 'sentinel_incidents_%s{%s%s} %s\n' "$1" "$id" "${3:+,$3}" "$2"; }
label() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "${text//$'\n'/\\n}"
}

# replace_file FILE MODE COMMAND…  by what the command writes: readers see the old file or the new one, never a part of it. What
# cannot be written costs no run.
replace_file() {
  local part=$1.$$
  { "${@:3}" >"$part" && chmod "$2" -- "$part" && mv -fT -- "$part" "$1"; } 2>/dev/null && return
  rm -f -- "$part"
  log warning "cannot write $1 (is the disk full?)"
}

# note_run STATUS  keeps what --status, the next run and Prometheus want to know of this one.
note_run() {
  last[ended]=$EPOCHSECONDS last[status]=$1 last[watermark]=${figure[to]} last[next]=
  if is_success "$1"; then last[succeeded]=${last[ended]}; fi
  keep_last_run
  [ -z "$metrics_file" ] || replace_file "$metrics_file" 644 metrics
}
keep_last_run() { replace_file "$folder/last-run" 600 print_last_run; }
print_last_run() {
  local name
  for name in "${!last[@]}"; do echo "$name=${last[$name]}"; done
}

# --status: everything is in files, no service is asked.
say_status() {
  local name age='' aside='' running=false
  [ -n "$folder" ] || die 78 "CONNECTOR_ID is missing: it names the folder of the chain's files"
  read_last_run
  lock_is_free || running=true
  [ -z "${last[watermark]:-}" ] || age=$((EPOCHSECONDS - $(date -u -d "${last[watermark]}" +%s)))
  if [ "$log_format" = json ]; then
    for name in fetch-incidents map-stix push-opencti; do aside+=",\"$name\":$(pending "$name")"; done
    printf '{"version":"%s","tools":%s,"folder":%s,"running":%s,' "$version" "$(json "${tool[push-opencti]%/*}")" "$(json "$folder")" "$running"
    for name in ended succeeded next; do printf '"%s":%s,' "$name" "$(json "$(utc "${last[$name]:-}")")"; done
    printf '"status":%s,"watermark":%s,"watermark_age_seconds":%s,"pending":{%s}}\n' \
      "${last[status]:-null}" "$(json "${last[watermark]:-}")" "${age:-null}" "${aside#,}"
    exit 0
  fi
  aside=$(pending_text)
  echo "version:      $version, tools in ${tool[push-opencti]%/*}"
  echo "files:        $folder"
  echo "run at work:  $(if [ "$running" = true ]; then echo yes; else echo no; fi)"
  echo "last run:     ${last[ended]:+ended $(utc "${last[ended]:-}") with status ${last[status]}}"
  echo "last success: $(utc "${last[succeeded]:-}")"
  echo "imported:     ${age:+everything up to ${last[watermark]}, $((age / 86400)) d $((age / 3600 % 24)) h $((age / 60 % 60)) min ago}"
  echo "put aside:    ${aside:-nothing}"
  echo "next run:     ${last[next]:+$(utc "${last[next]:-}")$([ "${last[next]}" -ge "$EPOCHSECONDS" ] || echo ", which is over: does the chain still run?")}"
  exit 0
}
