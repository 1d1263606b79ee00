# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What a run brought, in figures: from the summaries that the stages leave, for the closing message and for Prometheus. Sourced by
# sentinel-incidents.

declare -A figure=()         # of the run: fetched, failed, mapped, pushed, rejected, from, to
declare -A stage_time=()     # milliseconds that each stage worked

summary_file() { echo "$folder/summary.$1.json"; }

# milliseconds SECONDS  of a number with three decimals.
milliseconds() { echo "$((10#${1/./}))"; }
# in_seconds MILLISECONDS
in_seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); }

# microseconds since 1970
now() { echo "${EPOCHREALTIME/[.,]/}"; }
# milliseconds that the run has taken; 0 where the clock was set back.
run_time() {
  local spent=$((($(now) - run_started) / 1000))
  echo $((spent > 0 ? spent : 0))
}

begin_figures() {
  local stage
  run_started=$(now)
  figure=([fetched]=0 [failed]=0 [mapped]=0 [pushed]=0 [rejected]=0 [from]='' [to]='')
  for stage in "${stages[@]}"; do stage_time[$stage]=0; done
}

# The time in the state that the run found: Unix seconds, or the ISO text that version 0.1.0 wrote.
note_start() {
  local text
  text=$(<"$folder/state.json")
  if [[ $text =~ \"last_incident_timestamp\":\ ?\"([0-9TZ:+.-]+)\" ]]; then figure[from]=${BASH_REMATCH[1]}; fi
  if [[ $text =~ \"last_incident_timestamp\":\ ?\"?([0-9]{1,11})[.\",}] ]]; then
    TZ=UTC printf -v 'figure[from]' '%(%FT%TZ)T' "${BASH_REMATCH[1]}"
  fi
  figure[to]=${figure[from]}
}

# value NAME TEXT  of a summary: a number or a time; "" for null or none.
value() { if [[ $2 =~ \"$1\":\"?([0-9TZ:.-]+) ]]; then echo "${BASH_REMATCH[1]}"; fi; }

# add_figures  those of the stages that have just ended; one that was killed, or found the disk full, has left none or a part.
add_figures() {
  local stage file text to
  for stage in "${stages[@]}"; do
    file=$(summary_file "$stage")
    text=
    [ ! -s "$file" ] || read -r text <"$file"
    [[ $text == *\} ]] || continue
    stage_time[$stage]=$((stage_time[$stage] + $(milliseconds "$(value seconds "$text")")))
    case $stage in
      fetch-incidents)
        figure[fetched]=$((figure[fetched] + $(value incidents "$text")))
        figure[failed]=$((figure[failed] + $(value failed "$text")))
        ;;
      map-stix)
        figure[mapped]=$((figure[mapped] + $(value bundles "$text")))
        figure[rejected]=$((figure[rejected] + $(value rejected "$text")))
        ;;
      push-opencti)
        figure[pushed]=$((figure[pushed] + $(value bundles "$text")))
        figure[rejected]=$((figure[rejected] + $(value rejected "$text")))
        to=$(value watermark_to "$text")
        figure[to]=${to:-${figure[to]}}
        ;;
    esac
  done
}

# say_run STATUS  the closing message of a run.
say_run() {
  local name spent stage text fields times='' parts=''
  spent=$(run_time)
  for stage in "${stages[@]}"; do
    parts+=${parts:+, }"$stage $(in_seconds "${stage_time[$stage]}")"
    times+=${times:+,}"\"$stage\":$(in_seconds "${stage_time[$stage]}")"
  done
  text="run ended with status $1: $(counted "${figure[fetched]}" incident) fetched, ${figure[mapped]} mapped, ${figure[pushed]} pushed"
  text+=", ${figure[rejected]} rejected, ${figure[failed]} could not be fetched"
  text+="; watermark ${figure[from]:-none} -> ${figure[to]:-none}; $(in_seconds "$spent") s ($parts)"
  fields="{\"status\":$1"
  for name in fetched failed mapped pushed rejected; do fields+=",\"$name\":${figure[$name]}"; done
  fields+=",\"watermark_from\":$(json_time "${figure[from]}"),\"watermark_to\":$(json_time "${figure[to]}")"
  log info "$text" "$fields,\"seconds\":$(in_seconds "$spent"),\"stage_seconds\":{$times}}"
}

json_time() { if [ -n "$1" ]; then printf '"%s"' "$1"; else printf null; fi; }

# A run that did its work; what was rejected has a figure of its own.
is_success() { [ "$1" -eq 0 ] || [ "$1" -eq 65 ]; }

# label_value TEXT  fit for the quotes of a label.
label_value() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '%s' "${text//$'\n'/\\n}"
}

# gauge NAME HELP  begins a family of metrics.
gauge() { printf '# HELP %s %s\n# TYPE %s gauge\n' "$1" "$2" "$1"; }

# metrics STATUS ENDED SUCCEEDED  the text for node_exporter's textfile collector; SUCCEEDED is '' where no run has.
metrics() {
  local name=sentinel_incidents connector stage outcome
  connector="connector_id=\"$(label_value "${setting[CONNECTOR_ID]}")\""
  gauge ${name}_info "Version of sentinel-incidents and name of the connector; always 1."
  echo "${name}_info{$connector,connector_name=\"$(label_value "${setting[CONNECTOR_NAME]}")\",version=\"$(label_value "$version")\"} 1"
  gauge ${name}_last_run_timestamp_seconds "When the last run ended."
  echo "${name}_last_run_timestamp_seconds{$connector} $2"
  gauge ${name}_last_run_status "Exit status of the last run: 0 all well, 65 some input rejected, anything else a failure."
  echo "${name}_last_run_status{$connector} $1"
  gauge ${name}_last_run_duration_seconds "How long the last run took."
  echo "${name}_last_run_duration_seconds{$connector} $(in_seconds "$(run_time)")"
  gauge ${name}_last_run_stage_seconds "How long each stage of the last run worked; waiting for its neighbours does not count."
  for stage in "${stages[@]}"; do
    echo "${name}_last_run_stage_seconds{$connector,stage=\"$stage\"} $(in_seconds "${stage_time[$stage]}")"
  done
  gauge ${name}_last_run_incidents "What became of the incidents of the last run."
  for outcome in fetched failed mapped pushed rejected; do
    echo "${name}_last_run_incidents{$connector,outcome=\"$outcome\"} ${figure[$outcome]}"
  done
  if [ -n "$3" ]; then
    gauge ${name}_last_success_timestamp_seconds "When a run last ended with status 0 or 65."
    echo "${name}_last_success_timestamp_seconds{$connector} $3"
  fi
  if [ -n "${figure[to]}" ]; then
    gauge ${name}_watermark_timestamp_seconds "Everything that was updated up to then is in OpenCTI."
    echo "${name}_watermark_timestamp_seconds{$connector} $(date -u -d "${figure[to]}" +%s)"
  fi
}

# The folder must be there: a setting that never brings a file should be noticed at once.
prepare_metrics() {
  metrics_file=${metrics_file:-${setting[SENTINEL_INCIDENTS_METRICS_FILE]:-}}
  [ -n "$metrics_file" ] || return 0
  metrics_file=$(readlink -m -- "$metrics_file")
  if [ -d "$metrics_file" ] || [ ! -d "${metrics_file%/*}/" ] || [ ! -w "${metrics_file%/*}/" ]; then
    die 74 "cannot write the file of --metrics-file, $metrics_file: its folder must be there and take files of this user"
  fi
}

# note_success TIME  The old time stays where the new one cannot be written.
note_success() {
  local file=$folder/last-success
  if ! { echo "$1" >"$file.new" && mv -f -- "$file.new" "$file"; } 2>/dev/null; then log warning "cannot write $file (is the disk full?)"; fi
}

# write_metrics STATUS  Readers see the old file or the new one, never a part of it. What cannot be written costs no run.
write_metrics() {
  local succeeded='' ended=$EPOCHSECONDS part=$metrics_file.$$
  if is_success "$1"; then
    succeeded=$ended
    note_success "$ended"
  elif [ -s "$folder/last-success" ]; then
    read -r succeeded <"$folder/last-success"
  fi
  [ -n "$metrics_file" ] || return 0
  if ! { metrics "$1" "$ended" "$succeeded" >"$part" && chmod 644 -- "$part" && mv -f -- "$part" "$metrics_file"; } 2>/dev/null; then
    rm -f -- "$part"
    log warning "cannot write the file of --metrics-file, $metrics_file (is the disk full?)"
  fi
}
