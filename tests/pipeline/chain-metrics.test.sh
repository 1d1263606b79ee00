#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a run says of itself at its end: the closing message, the stages' summaries, and the file of metrics for Prometheus.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=chain_lib.sh
. "$(dirname "$0")/chain_lib.sh"
use_chain

start() {
  start_examples "$@"
  mkdir "$WORK/metrics"
  file=$WORK/metrics/sentinel.prom
}
# run STATUS OPTION…
run() {
  local status=$1
  shift
  expect_status "$status" sentinel-incidents --once "$@" >"$WORK/receipts" 2>"$WORK/log"
}
# metric NAME [LABEL]  its only value.
metric() { awk -v name="sentinel_incidents_$1{" -v label="${2:-}" 'index($0, name) == 1 && index($0, label) { print $NF }' "$file"; }

# The text format of Prometheus, strictly: HELP and TYPE before each family, its samples together and once each, every value a number.
well_formed() {
  awk '
    function wrong(what) { print NR ": " what ": " $0; bad = 1 }
    function is_number(text) { return text ~ /^-?[0-9]+(\.[0-9]+)?$/ }
    /^# HELP / { if ($3 in helped) wrong("a second HELP"); if (NF < 4) wrong("no help"); helped[$3] = 1; next }
    /^# TYPE / {
      if (!($3 in helped) || ($3 in typed)) wrong("TYPE without HELP, or a second one")
      if ($4 != "gauge") wrong("a figure of one run is a gauge")
      if ($3 !~ /^[a-z]+(_[a-z]+)*$/ || $3 ~ /_total$/) wrong("name")
      if ($3 ~ /(time|duration|age)/ && $3 !~ /_seconds$/) wrong("a time without its unit")
      typed[$3] = 1; family = $3; samples = 0; next
    }
    /^#/ { wrong("comment"); next }
    {
      if (!match($0, /^[a-z_]+\{[a-z_]+="([^"\\]|\\["\\n])*"(,[a-z_]+="([^"\\]|\\["\\n])*")*\} /)) { wrong("sample"); next }
      if (substr($0, 1, index($0, "{") - 1) != family) wrong("out of its family")
      if (!is_number(substr($0, RLENGTH + 1))) wrong("value")
      if (substr($0, 1, RLENGTH) in seen) wrong("twice")
      seen[substr($0, 1, RLENGTH)] = 1; total++
    }
    END { if (total < 10) { print "only " total " samples"; bad = 1 }; exit bad }' "$file" || fail "$(cat "$file")"
  if command -v promtool >/dev/null; then promtool check metrics <"$file"; fi
}

good_run() {
  start
  before=$(date +%s)
  run 0 --metrics-file "$file"
  well_formed
  expect_equal "$(stat -c %a "$file")" 644
  expect_equal "$(ls -A "$WORK/metrics")" sentinel.prom "what is left in the folder"
  expect_equal "$(metric last_run_status)" 0
  expect_equal "$(for what in fetched failed mapped pushed rejected; do metric last_run_incidents "outcome=\"$what\""; done | tr '\n' ' ')" "8 0 8 7 0 "
  expect_equal "$(metric watermark_timestamp_seconds)" "$(date -u -d 2026-09-08T20:44:59Z +%s)"
  [ "$(metric last_run_timestamp_seconds)" -ge "$before" ] || fail "the run ended before it began: $(cat "$file")"
  expect_equal "$(metric last_success_timestamp_seconds)" "$(metric last_run_timestamp_seconds)"
  expect_contains "$file" "sentinel_incidents_info{connector_id=\"$CONNECTOR_ID\",connector_name=\"Microsoft Sentinel\",version=\"$(map-stix --version | awk 'NR == 1 { print $2 }')\"} 1"
  # One of them may take less than half a millisecond.
  for stage in fetch-token fetch-incidents map-stix push-opencti; do metric last_run_stage_seconds "stage=\"$stage\""; done >"$WORK/times"
  [ "$(grep -cxE '[0-9]+\.[0-9]{3}' "$WORK/times")" -eq 4 ] || fail "not every stage has a time: $(cat "$file")"
  awk '{ sum += $1 } END { exit !(sum > 0) }' "$WORK/times" || fail "the stages took no time: $(cat "$file")"
}
case_ok "after a run the metrics say what it brought, in the form that Prometheus reads" good_run

failed_runs() {
  start
  export SENTINEL_INCIDENTS_METRICS_FILE=$file SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S
  control /fault '{"service": "graph", "status": 503, "times": 0}' >/dev/null
  run 69
  well_formed
  expect_equal "$(metric last_run_status)" 69
  expect_lacks "$file" last_success
  expect_lacks "$file" watermark
  control /clear-faults '{}' >/dev/null
  run 0
  succeeded=$(metric last_success_timestamp_seconds)
  # The metrics of the last success outlive a reboot that empties /run.
  rm "$file"
  control /fault '{"service": "opencti", "status": 503, "times": 0}' >/dev/null
  run 69
  well_formed
  expect_equal "$(metric last_run_status)" 69
  expect_equal "$(metric last_success_timestamp_seconds)" "$succeeded"
  expect_equal "$(metric last_run_incidents 'outcome="fetched"')" 0 "incidents of a run that came to nothing"
}
case_ok "a failed run says so, and keeps the time of the last success" failed_runs

success_not_kept() {
  start
  run 0
  cp "$(files)/last-run" "$WORK/before"
  # Nothing can take the place of what is written on a full disk.
  printf 'chmod() { [[ $* != *last-run* ]] || return 1; command chmod "$@"; }\n' >"$WORK/full"
  BASH_ENV=$WORK/full run 0 --metrics-file "$file" --log-format json
  expect_same "$(files)/last-run" "$WORK/before"
  well_formed
  expect_equal "$(metric last_success_timestamp_seconds)" "$(metric last_run_timestamp_seconds)"
  jq -c .message "$WORK/log" >"$WORK/messages" || fail "not JSON: $(cat "$WORK/log")"
  expect_contains "$WORK/messages" "is the disk full?"
}
case_ok "a disk that is full when the time of the success is noted costs neither its metric nor the time of the one before" success_not_kept

# Bash reads the file before the chain: by the end of the run the clock is set back by a day.
clock_set_back() {
  start
  cat >"$WORK/moment" <<'END'
trap 'case $BASH_COMMAND in *retry_failed*) trap - DEBUG; figure[started]=$((figure[started] + 86400000000)) ;; esac' DEBUG
set -T
END
  BASH_ENV=$WORK/moment run 0 --metrics-file "$file" --log-format json
  well_formed
  expect_equal "$(metric last_run_duration_seconds)" 0.000
  expect_equal "$(jq -c 'select(.message | startswith("run ended")) | .attributes.seconds == 0' "$WORK/log")" true
}
case_ok "a clock that is set back during a run makes no figure unreadable" clock_set_back

cut_summary() {
  start
  cat >"$WORK/moment" <<'END'
trap 'case $BASH_COMMAND in add_figures*) printf "{\"bundles\":7,\"seconds\"" >"$(summary_file map-stix)" ;; esac' DEBUG
set -T
END
  BASH_ENV=$WORK/moment run 0 --metrics-file "$file"
  well_formed
  expect_equal "$(metric last_run_stage_seconds 'stage="map-stix"')" 0.000
}
case_ok "a summary that is cut off costs its figures, not the run" cut_summary

rejects_counted() {
  start --refuse-bundles-with "Megan Bowen"
  control /graph '{"failing_incidents": ["4103"]}' >/dev/null
  run 65 --metrics-file "$file"
  well_formed
  expect_equal "$(metric last_run_status)" 65
  expect_equal "$(metric last_run_incidents 'outcome="failed"')" 1
  expect_equal "$(metric last_run_incidents 'outcome="rejected"')" "$(wc -l <"$(files)/push-opencti.rejects.ndjson")"
  expect_equal "$(metric last_success_timestamp_seconds)" "$(metric last_run_timestamp_seconds)"
}
case_ok "rejects and failed incidents are counted, and do not make a run a failure" rejects_counted

odd_name() {
  start
  export CONNECTOR_NAME='an "odd" \ name'
  run 0 --metrics-file "$file"
  well_formed
  expect_contains "$file" 'connector_name="an \"odd\" \\ name"'
}
case_ok "a name with quotes and backslashes is escaped" odd_name

replaced_whole() {
  start
  run 0 --metrics-file "$file"
  ln "$file" "$WORK/old"
  cp "$file" "$WORK/copy"
  run 0 --metrics-file "$file"
  expect_same "$WORK/old" "$WORK/copy"
  [ ! "$file" -ef "$WORK/old" ] || fail "the file was written in place"
}
case_ok "the file is replaced as a whole, so that nobody reads half of it" replaced_whole

cannot_be_written() {
  start
  run 74 --metrics-file "$WORK/none/sentinel.prom"
  expect_contains "$WORK/log" "$WORK/none/sentinel.prom"
  run 74 --metrics-file "$WORK/metrics"
  [ ! -s "$STAND_IN_RECORD/requests.ndjson" ] || fail "something was asked"
  run 64 --metrics-file ''
}
case_ok "a place where the metrics cannot be written is said before the first run" cannot_be_written

closing_message() {
  start
  run 0
  grep '^sentinel-incidents: run ended' "$WORK/log" >"$WORK/closing" || fail "$(cat "$WORK/log")"
  expect_lines "$WORK/closing" 1
  expect_contains "$WORK/closing" " s: 8 incidents fetched, 8 mapped, 7 pushed; watermark 2026-09-08T20:44:59Z"
  control /mutate '{"op": "update", "id": "4103", "last_update": "2026-09-10T08:00:00.5Z"}' >/dev/null
  run 0 --log-format json
  jq -c 'select(.name == "sentinel-incidents" and .attributes) | .attributes' "$WORK/log" >"$WORK/closing"
  expect_equal "$(jq -c 'del(.seconds, .stage_seconds)' "$WORK/closing")" \
    '{"status":0,"fetched":1,"failed":0,"mapped":1,"pushed":1,"rejected":0,"refused":0,"watermark_from":"2026-09-08T20:44:59Z","watermark_to":"2026-09-10T08:00:00Z"}'
  expect_equal "$(jq -c '.stage_seconds | map_values(type)' "$WORK/closing")" \
    '{"fetch-token":"number","fetch-incidents":"number","map-stix":"number","push-opencti":"number"}'
  jq -e '.seconds > 0 and .seconds >= .stage_seconds["push-opencti"]' "$WORK/closing" >/dev/null || fail "$(cat "$WORK/closing")"
}
case_ok "a run ends with one message of figures, as members of an object with --log-format json" closing_message

failed_closing() {
  start
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT0S
  run 0
  control /fault '{"service": "graph", "status": 503, "times": 0}' >/dev/null
  run 69 --log-format json
  expect_equal "$(jq -c 'select(.attributes.status) | .attributes | [.status, .fetched, .watermark_from, .watermark_to]' "$WORK/log")" \
    '[69,0,"2026-09-08T20:44:59Z","2026-09-08T20:44:59Z"]'
}
case_ok "a failed run has its closing message too" failed_closing

# The incidents that an earlier run could not fetch are fetched by a chain of their own; both count.
added_up() {
  start
  control /graph '{"failing_incidents": ["4103"]}' >/dev/null
  run 65
  control /graph '{"failing_incidents": []}' >/dev/null
  control /mutate '{"op": "update", "id": "4105", "last_update": "2026-09-10T08:00:00.5Z"}' >/dev/null
  run 0 --log-format json
  expect_equal "$(jq -c 'select(.attributes.status == 0) | .attributes | [.fetched, .mapped, .pushed, .watermark_to]' "$WORK/log")" '[2,2,2,"2026-09-10T08:00:00Z"]'
}
case_ok "incidents that are asked for again count as well" added_up

summaries() {
  start
  fetch-token --summary "$WORK/token.json" |
    fetch-incidents --since 2026-09-01 --summary "$WORK/incidents.json" --log-format json 2>"$WORK/log" |
    map-stix --summary "$WORK/map.json" --quiet | push-opencti --summary "$WORK/push.json" --quiet >"$WORK/receipts"
  expect_equal "$(jq -c .tokens "$WORK/token.json")" 1
  expect_equal "$(jq -c 'del(.seconds)' "$WORK/incidents.json")" '{"incidents":8,"failed":0,"up_to":"2026-09-08T20:44:59Z"}'
  expect_equal "$(jq -c 'del(.seconds, .objects)' "$WORK/map.json")" '{"lines":8,"bundles":8,"rejected":0,"redirected":1,"resolved":0}'
  expect_equal "$(jq -c 'del(.seconds, .objects, .requests)' "$WORK/push.json")" '{"bundles":7,"rejected":0,"unchanged":0,"held":0,"refused":0,"unknown":0,"repeated":0,"watermark_from":null,"watermark_to":null}'
  expect_equal "$(jq -c '[.objects > 7, .requests > 0]' "$WORK/push.json")" '[true,true]'
  # Author and marking of each bundle do not count as mapped; the case of the merged incident and what belongs to it, three
  # objects, is not for a platform that does not have it.
  expect_equal "$(jq -c .objects "$WORK/push.json")" "$(($(jq .objects "$WORK/map.json") - 3 + 2 * 7))" "objects pushed"
  # The message's attributes are the same.
  expect_equal "$(jq -cS 'select(.attributes) | .attributes' "$WORK/log")" "$(jq -cS . "$WORK/incidents.json")"
}
case_ok "each stage writes its figures to the file of --summary" summaries

summary_of_failure() {
  start
  control /fault '{"service": "graph", "skip": 1, "times": 0, "status": 400}' >/dev/null
  echo '{"incidents":99}' >"$WORK/figures"
  fetch-token | expect_status 69 fetch-incidents --since 2026-09-01 --top 2 --summary "$WORK/figures" >"$WORK/out" 2>"$WORK/log"
  expect_equal "$(jq .incidents "$WORK/figures")" "$(wc -l <"$WORK/out")"
  expect_status 64 push-opencti --print-state --summary "$WORK/figures" 2>"$WORK/log"
  expect_status 74 map-stix --summary "$WORK/none/figures" "$ROOT/examples/incidents.ndjson" >/dev/null 2>"$WORK/log"
  expect_contains "$WORK/log" "cannot open the file of --summary, $WORK/none/figures: No such file or directory"
}
case_ok "a stage that fails says what it did until then, and never leaves another run's figures" summary_of_failure

finish
