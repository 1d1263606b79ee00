#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the documentation shows is run: the blocks of README.md marked "sh run", the EXAMPLES of the man pages, the records of
# sentinel-incidents-records(5), and the table of settings. (cookbook.test.sh runs those of examples/cookbook.md.)
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=docs_lib.sh
. "$(dirname "$0")/docs_lib.sh"
use_chain

# The examples are run in a folder that looks like the source tree, in the order of the page, with the settings of a user.
sandbox=$WORK/root
ln -s "$ROOT/examples" "$sandbox/examples"
mkdir "$WORK/blocks"
# What a user may have: dumps, the note of an incident that could not be fetched, and a reject whose cause is mended.
cp "$ROOT/examples/incidents.ndjson" "$sandbox/dump.ndjson"
zstd -q "$ROOT/examples/incidents.ndjson" -o "$sandbox/september.ndjson.zst"
echo '{"id":"4103","lastUpdateDateTime":"2026-09-04T03:12:10Z","error":"HTTP status 500","request_id":null}' >"$sandbox/failed"
mkdir -p "$WORK/state/$TEST_CONNECTOR_ID"
sed -n 1p "$ROOT/examples/incidents.ndjson" >"$WORK/state/$TEST_CONNECTOR_ID/map-stix.rejects.ndjson"

# blocks_of_page PAGE  writes each example of a man page to $WORK/blocks/PAGE-LINE.sh.
blocks_of_page() {
  awk -v to="$WORK/blocks/$(basename "$1")-" '
    function plain(text) {
      gsub(/\\-/, "-", text); gsub(/\\\(aq/, "\047", text); gsub(/\\\(dq/, "\"", text); gsub(/\\&/, "", text)
      gsub(/\\(e|\(rs)/, "\\", text)
      return text
    }
    /^\.Sh / { section = $2 }
    section != "EXAMPLES" { next }
    /^\.Ed/ { inside = 0 }
    inside { print plain($0) > file }
    /^\.Bd .*-literal/ { inside = 1; file = sprintf("%s%04d.sh", to, NR) }
    /^\.Dl / { print plain(substr($0, 5)) > sprintf("%s%04d.sh", to, NR) }' "$1"
}

# The connector's refresh button is pressed before each, so that none depends on what those before it have imported.
run_block() {
  cd "$sandbox"
  control "/reset?connector=$CONNECTOR_ID" '' >/dev/null 2>&1 || true
  SENTINEL_INCIDENTS_STATE_DIR=$WORK/state timeout 120 bash -euo pipefail "$1" </dev/null
}

# README.md is one story in one folder; each man page is another, with a platform of its own.
run_blocks() {
  local page=$1 block
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson"
  use_stand_in
  for block in "$WORK/blocks/$page"-*.sh; do
    [ -e "$block" ] || continue
    line=${block##*/"$page"-}
    line=$((10#${line:0:4}))
    case_ok "the example in line $line of $page runs" run_block "$block"
  done
  stop_stand_ins
}

run_blocks_of "$ROOT/README.md" "$WORK/blocks/README.md"
run_blocks README.md
for page in "$ROOT"/man/*.[1-8]; do
  blocks_of_page "$page"
  run_blocks "$(basename "$page")"
done

every_kind_found() {
  [ "$(find "$WORK/blocks" -name 'README.md-*' | wc -l)" -ge 6 ] || fail "README.md has too few examples that are run"
  for page in "$ROOT"/man/*.[1-8]; do
    page=$(basename "$page")
    [ "$(find "$WORK/blocks" -name "$page-*" | wc -l)" -ge 1 ] || fail "$page has no example that is run"
  done
}
case_ok "README.md and every man page have examples that are run" every_kind_found

# What cannot be run here (it installs packages, needs an account in Azure or a cluster) is at least shell.
other_blocks() {
  local file
  for file in README.md examples/cookbook.md; do
    other_blocks_of "$ROOT/$file" | sed 's/<this repository>/repository/' >"$WORK/others.sh"
    [ -s "$WORK/others.sh" ] || fail "no such block was found in $file"
    bash -n "$WORK/others.sh"
  done
}
case_ok "the other blocks of README.md and the cookbook are valid shell" other_blocks

# What a heading's link is called: small letters, no punctuation, hyphens for spaces.
anchors_of() { sed -nE 's/^#+ //p' "$1" | tr '[:upper:] ' '[:lower:]-' | tr -cd 'a-z0-9\n-'; }

links() {
  local file link target anchor
  for file in README.md examples/cookbook.md .github/CONTRIBUTING.md .github/SECURITY.md tests/stand-in/README.md; do
    while IFS= read -r link; do
      target=$(dirname "$ROOT/$file")/${link%%#*}
      [ "${link%%#*}" ] || target=$ROOT/$file
      [ -e "$target" ] || fail "$file links $link, which is not there"
      anchor=${link#"${link%%#*}"}
      [ -z "$anchor" ] || anchors_of "$target" | grep -qx "${anchor#\#}" || fail "$file links $link, and there is no such heading"
    done < <(grep -oE '\]\([^)]+\)' "$ROOT/$file" | sed -E 's/^\]\((.*)\)$/\1/' | grep -v '://')
  done
}
case_ok "every link between the documents leads somewhere" links

# record NAME  the example of that record in sentinel-incidents-records(5).
record() {
  awk -v begin=".\\\\\" record: $1" '
    $0 == begin { found = 1 }
    found && /^\./ { next }
    found { gsub(/\\-/, "-"); gsub(/\\e/, "\\"); print; exit }' "$ROOT/man/sentinel-incidents-records.5"
}

# expect_form NAME FILTER  what the filter leaves of the page's record and of standard input is the same.
expect_form() {
  local shown written
  shown=$(record "$1" | jq -cS "$2")
  written=$(jq -cS "$2")
  [ -n "$shown" ] || fail "the page shows no record $1"
  expect_equal "$shown" "$written" "the form of a $1"
}

records() {
  own_folder
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson"
  use_stand_in
  fetch-token | expect_form token 'map_values(type)'
  fetch-token | fetch-incidents --quiet --id 4104 >"$WORK/incident"
  record incident | cmp - "$WORK/incident"
  map-stix --quiet --keep-redirected "$WORK/incident" >"$WORK/bundle"
  expect_form bundle '.objects[] |= (keys - ["description"])' <"$WORK/bundle"
  push-opencti --quiet "$WORK/bundle" | expect_form receipt 'map_values(type), .bundle, .incident, .last_update, .objects, .status'
  sentinel-incidents --once --quiet >/dev/null
  push-opencti --print-state | expect_form state 'map_values(type)'
  cat "$SENTINEL_INCIDENTS_STATE_DIR"/*/reading.json | expect_form reading 'map_values(type)'
  control /graph '{"failing_incidents": ["4103"]}' >/dev/null
  fetch-token | expect_status 65 fetch-incidents --quiet --id 4103 --failed "$WORK/failed" 2>/dev/null
  expect_form failed 'keys' <"$WORK/failed"
}
case_ok "the records have the form that sentinel-incidents-records(5) shows" records

# between FILE BEGIN END
between() {
  BEGIN_LINE=$2 END_LINE=$3 awk '
    $0 == ENVIRON["END_LINE"] { inside = 0 }
    inside
    $0 == ENVIRON["BEGIN_LINE"] { inside = 1 }' "$1"
}

settings_of_page() {
  between "$ROOT/man/sentinel-incidents-settings.5" '.\" settings: written by scripts/write-settings' '.\" end of settings' >"$WORK/shown"
  settings_documentation mdoc >"$WORK/table"
  expect_same "$WORK/shown" "$WORK/table"
}
case_ok "sentinel-incidents-settings(5) shows the settings of the code (scripts/write-settings mends it)" settings_of_page

# sample FORM FILE  the file is the generated one; as it is the chain refuses it, with each value to replace; replaced it is enough.
sample() {
  settings_documentation "$1" >"$WORK/sample"
  expect_same "$ROOT/examples/$2" "$WORK/sample"
  [ "$(grep -c ChangeMe <(grep -v '^# ' "$WORK/sample"))" -eq 6 ] || fail "not six values to replace"
  expect_status 78 with_sample "$1" "$WORK/sample"
  [ "$(grep -o "still has the sample's" "$WORK/log" | wc -l)" -eq 6 ] || fail "not six faults: $(cat "$WORK/log")"
  expect_contains "$WORK/log" 'CONNECTOR_ID (config.yml: connector.id) still has'
  sed -e '/^[A-Z ]*opencti.url\|url: .ChangeMe\|^OPENCTI_URL/s/ChangeMe/https:\/\/opencti.example/' -e 's/ChangeMe/made-up/' "$WORK/sample" >"$WORK/filled"
  expect_status 0 with_sample "$1" "$WORK/filled"
  # What stands behind # is the default: with all of it set, the values are the same.
  sed -E 's/^( *)#([a-zA-Z_0-9]+[:=])/\1\2/' "$WORK/filled" >"$WORK/all"
  # In this folder alone lie what these name.
  expect_status 0 with_sample "$1" "$WORK/all"
}
# with_sample FORM FILE
with_sample() {
  chmod 600 "$2"
  (
    for name in $(settings_documentation names); do unset "$name" "${name}_FILE"; done
    if [ "$1" = yaml ]; then exec sentinel-incidents --check-settings --config "$2"; fi
    set -a
    while IFS= read -r line; do
      case $line in '#'* | '') ;; *) export "${line?}" ;; esac
    done <"$2"
    exec sentinel-incidents --check-settings
  ) >"$WORK/out" 2>"$WORK/log"
}
case_ok "examples/config.yml.sample is generated, refused until its values are replaced, and enough then" sample yaml config.yml.sample
case_ok "examples/.env.sample is generated, refused until its values are replaced, and enough then" sample env .env.sample

finish
