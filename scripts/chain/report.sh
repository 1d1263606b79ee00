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

json_string() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  printf '"%s"' "${text//[$'\x01'-$'\x1f\x7f']/?}"
}

# utc SECONDS  since 1970, as 2026-01-31T00:00:00Z.
utc() { TZ=UTC printf '%(%Y-%m-%dT%H:%M:%SZ)T' "$1"; }

# log LEVEL TEXT [ATTRIBUTES]  ATTRIBUTES is a JSON object for --log-format json. Text has the form of the tools' messages.
log() {
  local level=$1 text=$2 attributes=${3:-} now=$EPOCHREALTIME
  [ "${level_numbers[$level]}" -ge "$least_level" ] || return 0
  if [ "$log_format" = json ]; then
    printf '{"timestamp":"%s.%.3sZ","level":"%s","name":"sentinel-incidents","message":%s%s}\n' "$(TZ=UTC printf '%(%Y-%m-%dT%H:%M:%S)T' "${now%[.,]*}")" \
      "${now#*[.,]}" "${level^^}" "$(json_string "$text")" "${attributes:+,\"attributes\":$attributes}" >&2
  else
    [ "$level" = info ] || text="$level: $text"
    text=${text//$'\n'/$'\n  '}
    printf 'sentinel-incidents: %s\n' "${text//[$'\x01'-$'\x09\x0b'-$'\x1f\x7f']/?}" >&2
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

declare -A figure=()      # of the run: fetched, failed, mapped, pushed, rejected; watermark from and to; started
declare -A stage_time=()  # milliseconds that each stage worked
declare -A last=()        # of the run before: ended, status, succeeded, watermark, next

summary_file() { echo "$folder/summary.$1.json"; }
milliseconds() { echo "$((10#${1/./}))"; }
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
  figure=([fetched]=0 [failed]=0 [mapped]=0 [pushed]=0 [rejected]=0 [from]=${last[watermark]:-} [to]=${last[watermark]:-} [started]=${EPOCHREALTIME/[.,]/})
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
  if [[ $text =~ ^[0-9]+ ]] && [[ $text != *T* ]]; then text=$(utc "${BASH_REMATCH[0]}"); fi
  figure[from]=$text figure[to]=$text
}

# Adds what the stages that have just ended say of their work. One that was killed, or found the disk full, has left nothing
# or half a line.
add_figures() {
  local stage text
  for stage in "${stages[@]}"; do
    text=
    [ ! -s "$(summary_file "$stage")" ] || read -r text <"$(summary_file "$stage")"
    [[ $text == *\} ]] || continue
    stage_time[$stage]=$((stage_time[$stage] + $(milliseconds "$(value seconds "$text")")))
    case $stage in
      fetch-incidents) add fetched incidents && add failed failed ;;
      map-stix) add mapped bundles && add rejected rejected ;;
      push-opencti)
        add pushed bundles && add rejected rejected
        text=$(value watermark_to "$text")
        figure[to]=${text:-${figure[to]}}
        ;;
    esac
  done
}
# add FIGURE MEMBER  of the summary in $text.
add() { figure[$1]=$((figure[$1] + 10#0$(value "$2" "$text"))); }

meaning_of() {
  case $1 in
    0) echo "all is well" ;;
    64) echo "wrong usage" ;;
    65) echo "some input was rejected or could not be fetched" ;;
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

# A run that did its work. What was rejected has figures of its own.
is_success() { [ "$1" -eq 0 ] || [ "$1" -eq 65 ]; }

# say_run STATUS  the closing message of a run.
say_run() {
  local name stage text fields times='' spent
  spent=$(seconds "$(run_time)")
  text="run ended with status $1 after $spent s: $(counted "${figure[fetched]}" incident) fetched, ${figure[mapped]} mapped, ${figure[pushed]} pushed"
  [ "${figure[rejected]}" -eq 0 ] || text+=", ${figure[rejected]} rejected"
  [ "${figure[failed]}" -eq 0 ] || text+=", ${figure[failed]} could not be fetched"
  fields="{\"status\":$1"
  for name in fetched failed mapped pushed rejected; do fields+=",\"$name\":${figure[$name]}"; done
  fields+=",\"watermark_from\":$(json_or_null "${figure[from]}"),\"watermark_to\":$(json_or_null "${figure[to]}"),\"seconds\":$spent"
  for stage in "${stages[@]}"; do times+=${times:+,}"\"$stage\":$(seconds "${stage_time[$stage]}")"; done
  log info "$text; watermark ${figure[to]:-none}" "$fields,\"stage_seconds\":{$times}}"
  log debug "seconds that each stage worked: ${times//\"/}"
}
json_or_null() { if [ -n "$1" ]; then json_string "$1"; else printf null; fi; }

# Records that a stage has put aside and that nobody has dealt with yet: their files, and what each is called.
readonly -A pending_files=([fetch-incidents]="failed.ndjson failed.again.ndjson"
  [map-stix]="map-stix.rejects.ndjson map-stix.rejects.again.ndjson"
  [push-opencti]="push-opencti.rejects.ndjson push-opencti.rejects.again.ndjson")
# pending STAGE  how many.
pending() {
  local name count=0
  for name in ${pending_files[$1]}; do
    if [ -f "$folder/$name" ]; then count=$((count + $(wc -l <"$folder/$name"))); fi
  done
  echo "$count"
}

# pending_text  where and what, "" when there is nothing.
pending_text() {
  local fetching mapping pushing text=
  fetching=$(pending fetch-incidents) mapping=$(pending map-stix) pushing=$(pending push-opencti)
  [ "$fetching" -eq 0 ] || text+=", $(counted "$fetching" incident) that could not be fetched (the next run asks again)"
  [ "$mapping" -eq 0 ] || text+=", $(counted "$mapping" line) that map-stix rejected"
  [ "$pushing" -eq 0 ] || text+=", $(counted "$pushing" bundle) that push-opencti rejected"
  [ -z "$text" ] || echo "$folder: ${text#, }"
}

# label_value TEXT  fit for the quotes of a label.
label_value() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '%s' "${text//$'\n'/\\n}"
}

# metrics  the text for node_exporter's textfile collector.
metrics() {
  local id stage outcome
  id="connector_id=\"$(label_value "${setting[CONNECTOR_ID]}")\""
  gauge info "Version of sentinel-incidents and name of the connector; always 1."
  sample info 1 "connector_name=\"$(label_value "${setting[CONNECTOR_NAME]}")\",version=\"$(label_value "$version")\""
  gauge last_run_timestamp_seconds "When the last run ended."
  sample last_run_timestamp_seconds "${last[ended]}"
  gauge last_run_status "Exit status of the last run: 0 all well, 65 some input rejected, anything else a failure."
  sample last_run_status "${last[status]}"
  gauge last_run_duration_seconds "How long the last run took."
  sample last_run_duration_seconds "$(seconds "$(run_time)")"
  gauge last_run_stage_seconds "How long each stage of the last run worked; waiting for its neighbours does not count."
  for stage in "${stages[@]}"; do sample last_run_stage_seconds "$(seconds "${stage_time[$stage]}")" "stage=\"$stage\""; done
  gauge last_run_incidents "What became of the incidents of the last run."
  for outcome in fetched failed mapped pushed rejected; do sample last_run_incidents "${figure[$outcome]}" "outcome=\"$outcome\""; done
  gauge pending_records "Records that a stage has put aside, in all runs, and that nobody has dealt with yet."
  for stage in fetch-incidents map-stix push-opencti; do sample pending_records "$(pending "$stage")" "stage=\"$stage\""; done
  if [ -n "${last[succeeded]:-}" ]; then
    gauge last_success_timestamp_seconds "When a run last ended with status 0 or 65."
    sample last_success_timestamp_seconds "${last[succeeded]}"
  fi
  if [ -n "${figure[to]}" ]; then
    gauge watermark_timestamp_seconds "Everything that was updated up to then is in OpenCTI."
    sample watermark_timestamp_seconds "$(date -u -d "${figure[to]}" +%s)"
  fi
}
# gauge NAME HELP  begins a family of samples; sample NAME VALUE [LABELS] writes one.
gauge() { printf '# HELP sentinel_incidents_%s %s\n# TYPE sentinel_incidents_%s gauge\n' "$1" "$2" "$1"; }
sample() { printf 'sentinel_incidents_%s{%s%s} %s\n' "$1" "$id" "${3:+,$3}" "$2"; }

# replace_file FILE COMMAND…  by what the command writes: readers see the old file or the new one, never a part of it.
replace_file() {
  local file=$1 part=$1.$$
  shift
  if ! { "$@" >"$part" && chmod "${mode_of_file:-600}" -- "$part" && mv -fT -- "$part" "$file"; } 2>/dev/null; then
    rm -f -- "$part"
    log warning "cannot write $file (is the disk full?)"
    return 1
  fi
}

# note_run STATUS  keeps what --status, the next run and Prometheus want to know of this one. What cannot be written costs no run.
note_run() {
  last[ended]=$EPOCHSECONDS last[status]=$1 last[watermark]=${figure[to]} last[next]=
  if is_success "$1"; then last[succeeded]=${last[ended]}; fi
  keep_last_run
  [ -z "$metrics_file" ] || mode_of_file=644 replace_file "$metrics_file" metrics
}
keep_last_run() { replace_file "$folder/last-run" print_last_run; }
print_last_run() {
  local name
  for name in "${!last[@]}"; do echo "$name=${last[$name]}"; done
}

# --status: everything is in files, no service is asked.
say_status() {
  local name age='' next='not known here; does a timer start it?' put_aside='' running=false
  [ -n "$folder" ] || die 78 "CONNECTOR_ID is missing: it names the folder of the chain's files"
  read_last_run
  lock_is_free || running=true
  [ -z "${last[watermark]:-}" ] || age=$((EPOCHSECONDS - $(date -u -d "${last[watermark]}" +%s)))
  if [ "$log_format" = json ]; then
    for name in fetch-incidents map-stix push-opencti; do put_aside+=${put_aside:+,}"\"$name\":$(pending "$name")"; done
    printf '{"version":"%s","tools":%s,"folder":%s,"running":%s,"last_run":%s,"last_status":%s,"last_success":%s,' \
      "$version" "$(json_string "${tool[push-opencti]%/*}")" "$(json_string "$folder")" "$running" "$(json_time "${last[ended]:-}")" \
      "${last[status]:-null}" "$(json_time "${last[succeeded]:-}")"
    printf '"watermark":%s,"watermark_age_seconds":%s,"pending":{%s},"next_run":%s}\n' \
      "$(json_or_null "${last[watermark]:-}")" "${age:-null}" "$put_aside" "$(json_time "${last[next]:-}")"
    exit 0
  fi
  if [ -n "${last[next]:-}" ]; then
    next=$(utc "${last[next]}")
    [ "${last[next]}" -ge "$EPOCHSECONDS" ] || [ "$running" = true ] || next+=" was its time: is the chain still running?"
  fi
  put_aside=$(pending_text)
  echo "version:      $version, tools in ${tool[push-opencti]%/*}"
  echo "files:        $folder"
  echo "now:          $(if [ "$running" = true ]; then echo "a run is at work"; else echo "no run is at work"; fi)"
  echo "last run:     ${last[ended]:+ended $(utc "${last[ended]:-0}") with status ${last[status]}: $(meaning_of "${last[status]}")}"
  echo "last success: ${last[succeeded]:+$(utc "${last[succeeded]}")}"
  echo "imported:     ${age:+everything up to ${last[watermark]}, $(span "${age:-0}") ago}"
  echo "put aside:    ${put_aside:-nothing}"
  echo "next run:     $next"
  exit 0
}
json_time() { if [ -n "$1" ]; then printf '"%s"' "$(utc "$1")"; else printf null; fi; }
# span SECONDS  "3 d 4 h", "2 h 5 min", "12 min", "40 s".
span() {
  if [ "$1" -ge 86400 ]; then
    echo "$(($1 / 86400)) d $(($1 % 86400 / 3600)) h"
  elif [ "$1" -ge 3600 ]; then
    echo "$(($1 / 3600)) h $(($1 % 3600 / 60)) min"
  elif [ "$1" -ge 60 ]; then
    echo "$(($1 / 60)) min"
  else
    echo "$1 s"
  fi
}
