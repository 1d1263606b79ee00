#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# examples/spark/map_incidents.py on a real Spark (pyspark from PyPI), in one process and in a cluster of two workers on this machine.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=python_lib.sh
. "$(dirname "$0")/python_lib.sh"

sentences=("the Spark job makes the bundles of one map-stix from a .gz, with its settings, and keeps the rejects"
  "the Spark job reads .zst"
  "the Spark job makes the same in a cluster of two workers" "a map-stix that fails makes the Spark job fail")
command -v java >/dev/null || skip_all "Java is missing: scripts/install-deps spark" "${sentences[@]}"
python_with spark pyspark==4.0.5 >"$WORK/reason" || skip_all "$(cat "$WORK/reason")" "${sentences[@]}"

export PYSPARK_PYTHON=$PYTHON SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_HOSTNAME=localhost SPARK_LOCAL_DIRS=$WORK/spark
# job MASTER INPUT [OPTION…]  bundles in $WORK/job/bundles, rejects in $WORK/job/rejects; the program's messages in $WORK/out (spark-submit
# sends both of its streams there), Spark's in $WORK/log.
job() {
  local master=$1 input=$2
  shift 2
  rm -rf "$WORK/job"
  "${PYTHON%/*}/spark-submit" --master "$master" --conf spark.ui.enabled=false --conf spark.task.maxFailures=1 \
    "$ROOT/examples/spark/map_incidents.py" --map-stix "$BUILD_DIR/map-stix" --input "$input" --bundles "$WORK/job/bundles" --rejects "$WORK/job/rejects" -- "$@" \
    >"$WORK/out" 2>"$WORK/log"
}
# expect_lines_of FOLDER FILE  the same lines, in any order.
expect_lines_of() {
  cat "$1"/part-* | LC_ALL=C sort >"$WORK/lines"
  LC_ALL=C sort "$2" | cmp - "$WORK/lines" || fail "$1 differs from one map-stix: $(tail -n 20 "$WORK/log")"
}

mkdir "$WORK/archive"
for n in 1 2 3 4 5 6 7 8; do
  cat "$ROOT/examples/incidents.ndjson"
  echo "{\"id\": \"ödd $n\""
done >"$WORK/archive/plain.ndjson"
export CONNECTOR_NAME='Zoë'
expect_status 65 map-stix --quiet --tlp-level green --rejects "$WORK/rejects" "$WORK/archive/plain.ndjson" >"$WORK/bundles" 2>/dev/null

same() {
  expect_status 65 job "$1" "$2" --tlp-level green
  expect_lines_of "$WORK/job/bundles" "$WORK/bundles"
  expect_lines_of "$WORK/job/rejects" "$WORK/rejects"
  grep -qE '^map_incidents: warning: 8 lines rejected' "$WORK/out" || fail "$(grep -v INFO "$WORK/log")"
}
gzip -c "$WORK/archive/plain.ndjson" >"$WORK/archive/packed.ndjson.gz"
case_ok "${sentences[0]}" same 'local[2]' "$WORK/archive/*.gz"

compressed() {
  zstd -q "$WORK/archive/plain.ndjson" -o "$WORK/archive/packed.ndjson.zst"
  same 'local[2]' "$WORK/archive/*.zst"
}
case_ok "${sentences[1]}" compressed
case_ok "${sentences[2]}" same 'local-cluster[2,1,1024]' "$WORK/archive/plain.ndjson"

fails() {
  if job 'local[2]' "$WORK/archive/plain.ndjson" --no-such-option; then fail "the job ended well"; fi
  expect_contains "$WORK/log" 'map-stix ended with status 64'
}
case_ok "${sentences[3]}" fails

finish
