#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# map-stix as a filter: the same bytes whatever surrounds it, bad lines, settings, the closing summary.
# shellcheck source=tests/pipeline/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$WORK"

golden=$ROOT/tests/golden/map-stix
# Every golden input that is an incident, one a line.
for input in "$golden"/*.in; do
  [ -e "${input%.in}.status" ] || cat "$input"
done >all.ndjson
map-stix --quiet all.ndjson >expected.ndjson 2>/dev/null

incident='{"id":"1","displayName":"One","createdDateTime":"2026-03-02T08:00:00Z","lastUpdateDateTime":"2026-03-02T08:00:00Z","severity":"high"}'

same_in() {
  env "$@" map-stix --quiet all.ndjson >out 2>/dev/null
  expect_same out expected.ndjson
}
twice() { same_in A=1; same_in A=2; }
in_another_time_zone() { same_in TZ=Asia/Tokyo; }
# In Turkish the lower case of I is no i, and a decimal point is a comma. The locale is made here, since few machines have it.
in_another_locale() {
  mkdir locales
  localedef -i tr_TR -f UTF-8 locales/tr_TR.UTF-8
  expect_equal "$(LOCPATH=$PWD/locales LC_ALL=tr_TR.UTF-8 locale decimal_point)" ,
  same_in LOCPATH="$PWD/locales" LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8
}
from_a_pipe() {
  # shellcheck disable=SC2002  # a pipe is the point
  cat all.ndjson | map-stix --quiet >out 2>/dev/null
  expect_same out expected.ndjson
}
byte_by_byte() {
  head -n 12 all.ndjson >some.ndjson
  map-stix --quiet some.ndjson >want 2>/dev/null
  dd if=some.ndjson bs=1 status=none | map-stix --quiet - >out 2>/dev/null
  expect_same out want
}
in_another_order() {
  tac all.ndjson | map-stix --quiet >out 2>/dev/null
  sort out >a
  sort expected.ndjson >b
  expect_same a b
}
from_several_files() {
  head -n 10 all.ndjson >first
  tail -n +11 all.ndjson >second
  map-stix --quiet first second >out 2>/dev/null
  expect_same out expected.ndjson
}
with_carriage_returns() {
  { printf '\357\273\277'; sed 's/$/\r/' all.ndjson; echo; } | map-stix --quiet >out 2>/dev/null
  expect_same out expected.ndjson
}
case_ok "two runs give the same bytes" twice
case_ok "another time zone gives the same bytes" in_another_time_zone
case_ok "another locale gives the same bytes" in_another_locale
case_ok "a pipe gives the same bytes as a file" from_a_pipe
case_ok "a pipe that brings one byte at a time gives the same bytes" byte_by_byte
case_ok "the order of incidents changes no bundle" in_another_order
case_ok "several files are read in turn" from_several_files
case_ok "a byte order mark, CR before LF and blank lines change nothing" with_carriage_returns

page_is_its_incidents() {
  grep -v '"value": *\[{' all.ndjson | grep lastUpdateDateTime >dated
  sed 's/.*/{"@odata.context":"x","value":[&]}/' dated >pages
  map-stix --quiet dated >want 2>/dev/null
  map-stix --quiet pages >out 2>/dev/null
  # Where an incident has no date of update that can be read, its text names the bundle, and a page's text is another.
  sed -i -E 's/"id":"bundle--[^"]*"//' want out
  expect_same out want
}
case_ok "a page of Graph gives the bundles of its incidents" page_is_its_incidents

# A large line takes another way: what it consists of is built one at a time.
large_page_is_its_incidents() {
  for _ in {1..20}; do cat dated; done >many
  { printf '{"@odata.context":"x","value":[' && paste -sd, many | tr -d '\n' && printf ']}\n'; } >large-page
  [ "$(wc -c <large-page)" -gt 524288 ] || fail "the page is not large"
  cat dated large-page dated >lines
  map-stix --quiet dated many dated >want 2>/dev/null
  map-stix --quiet lines >out 2>/dev/null
  sed -i -E 's/"id":"bundle--[^"]*"//' want out
  expect_same out want
}
case_ok "a page of megabytes gives the bundles of its incidents, and so do the lines around it" large_page_is_its_incidents

short_of_memory() {
  { echo "$incident" && printf '{"id":"' && head -c 60000000 /dev/zero | tr '\0' , && printf '"}\n' && echo "$incident"; } >long
  (ulimit -v 300000 && expect_status 65 map-stix long) >out 2>err
  expect_contains err "line 2: does not fit into memory"
  expect_lines out 2
}
if [ -n "${SANITIZE:-}" ]; then
  skip "a line that does not fit into memory costs no other line" "a sanitizer takes more addresses than that"
else
  case_ok "a line that does not fit into memory costs no other line" short_of_memory
fi

bad_lines() {
  printf '%s\n' "$incident" 'not json' '{"id":"2"' '[1]' '{"error":{"code":"x"}}' "$incident" >bad
  expect_status 65 map-stix --rejects rejects bad >out 2>err
  expect_lines out 2
  expect_lines rejects 4
  expect_equal "$(sed -n 1p rejects)" 'not json'
  expect_equal "$(stat -c %a rejects)" 600
  expect_contains err 'line 2'
  expect_contains err '4 rejects'
}
foreign_records() {
  local source
  expect_status 65 map-stix --rejects foreign "$golden/records-of-other-apis.in" >out 2>err
  expect_lines out 0
  expect_same "$golden/records-of-other-apis.in" foreign
  for source in 'Microsoft Defender XDR (/api/incidents)' 'Microsoft.SecurityInsights' '/security/alerts' \
    'Microsoft Defender for Endpoint (/api/alerts)' 'table SecurityIncident' 'table SecurityAlert' 'advanced hunting' \
    'userPrincipalName' 'type riskDetection' 'userDisplayName'; do
    expect_contains err "$source"
  done
  expect_contains err 'map-stix reads incidents of Microsoft Graph (/security/incidents)'
}
strict() {
  printf '%s\n' "$incident" 'not json' "$incident" >bad
  expect_status 65 map-stix --strict bad >out 2>err
  expect_contains err 'line 2'
}
too_long() {
  printf '%s\n' "$incident" >long
  head -c 5000 /dev/zero | tr '\0' x >>long
  printf '\n%s\n' "$incident" >>long
  expect_status 65 map-stix --max-line 4K --rejects rejects-long long >out 2>err
  expect_lines out 2
  expect_equal "$(wc -c <rejects-long)" 5001
}
cut_off() {
  printf '%s' "${incident%\}}" >broken
  expect_status 65 map-stix broken >out 2>err
  expect_contains err 'the line has no end'
  printf '%s' "$incident" >whole
  map-stix whole >out
  expect_lines out 1
}
no_such_file() { expect_status 66 map-stix nowhere.ndjson 2>err; }
reader_gone() {
  for _ in {1..20000}; do echo "$incident"; done >many
  { map-stix --quiet many 2>err || echo "$?" >status; } | head -n 1 >/dev/null
  expect_equal "$(cat status)" 141
}
rejects_not_writable() { expect_status 74 map-stix --rejects /nowhere/rejects all.ndjson 2>err >out; }
case_ok "bad lines go to the rejects word for word, and the others are mapped" bad_lines
case_ok "records of other APIs are rejected, and the message names the API" foreign_records
case_ok "--strict stops at the first bad line" strict
case_ok "a line beyond --max-line is rejected whole" too_long
case_ok "a last line that breaks off is rejected, a whole one is taken" cut_off
case_ok "a file that is not there gives 66" no_such_file
case_ok "a reader that went away gives 141" reader_gone
case_ok "a rejects file that cannot be opened gives 74" rejects_not_writable

# Each option that changes the output has a setting that does the same, in both its forms.
option_is_setting() {
  local variable=$1 value=$2
  shift 2
  map-stix --quiet "$@" "$golden/incident-in-full.in" "$golden/device-addresses.in" "$golden/incident-redirected.in" >by-option
  env "$variable=$value" map-stix --quiet "$golden/incident-in-full.in" "$golden/device-addresses.in" "$golden/incident-redirected.in" >by-setting
  expect_same by-option by-setting
  map-stix --quiet "$golden/incident-in-full.in" "$golden/device-addresses.in" "$golden/incident-redirected.in" >plain
  if cmp -s plain by-option; then fail "$* changes nothing"; fi
}
options_are_settings() {
  option_is_setting CONNECTOR_NAME Acme --connector-name Acme
  option_is_setting SENTINEL_INCIDENTS_TARGET_PRODUCT "Microsoft Defender" --target-product "Microsoft Defender"
  option_is_setting SENTINEL_INCIDENTS_TLP_LEVEL green --tlp-level green
  option_is_setting SENTINEL_INCIDENTS_CONFIDENCE_LEVEL 55 --confidence 55
  option_is_setting SENTINEL_INCIDENTS_ACTORS true --actors
  option_is_setting SENTINEL_INCIDENTS_DEVICE_ADDRESSES yes --device-addresses
  option_is_setting SENTINEL_INCIDENTS_OBSERVABLE_AUTHOR 1 --observable-author
  option_is_setting SENTINEL_INCIDENTS_OBSERVABLE_TLP clear --observable-tlp clear
  option_is_setting SENTINEL_INCIDENTS_INFORMATIONAL_SEVERITY add --informational-severity add
  option_is_setting SENTINEL_INCIDENTS_PYTHON_IDS_BEFORE 2027-01-01 --python-ids-before 2027-01-01
  option_is_setting SENTINEL_INCIDENTS_KEEP_REDIRECTED on --keep-redirected
}
resolved_left_out() {
  map-stix "$golden/incident-resolved-skipped.in" >out 2>err
  expect_lines out 1
  map-stix --skip-resolved "$golden/incident-resolved-skipped.in" >out 2>err
  expect_lines out 0
  expect_contains err '1 resolved left out'
  SENTINEL_INCIDENTS_SKIP_RESOLVED=true map-stix --explain "$golden/incident-resolved-skipped.in" >out 2>err
  expect_contains out 'left out, resolved'
}
indicator_levels() {
  for level in none malicious suspicious; do
    map-stix --indicators "$level" "$golden/file-hash.in" >by-option
    SENTINEL_INCIDENTS_INDICATORS=$level map-stix "$golden/file-hash.in" >by-setting
    expect_same by-option by-setting
  done
  expect_contains by-option '"type":"indicator"'
}
wrong_settings() {
  expect_status 78 env SENTINEL_INCIDENTS_TLP_LEVEL=pink SENTINEL_INCIDENTS_CONFIDENCE_LEVEL=101 map-stix all.ndjson >out 2>err
  expect_contains err SENTINEL_INCIDENTS_TLP_LEVEL
  expect_contains err SENTINEL_INCIDENTS_CONFIDENCE_LEVEL
  expect_lines out 0
}
case_ok "each option has a setting of its own that gives the same bytes" options_are_settings
case_ok "resolved incidents are left out where that is asked for, and counted" resolved_left_out
case_ok "indicators follow the level asked for" indicator_levels
case_ok "wrong settings are all named at once" wrong_settings

summary_line() {
  map-stix "$golden/ip.in" "$golden/unknown-type.in" >out 2>err
  expect_contains err '2 lines, 2 bundles'
  expect_contains err 'ipEvidence 1'
  expect_contains err 'quantumLinkEvidence 1'
  expect_contains err 'unknown evidence type quantumLinkEvidence 1'
  map-stix --quiet "$golden/ip.in" >out 2>err
  expect_lines err 0
}
case_ok "the closing line counts lines, bundles, objects, evidence and warnings" summary_line

# An incident comes again and again as it grows, and its comments with it.
lasting_ids_again() {
  printf '%s\n' "${incident%\}},\"comments\":[{\"comment\":\"c\"}]}" \
    "${incident%\}},\"alerts\":[{\"id\":\"a\",\"title\":\"t\"}],\"comments\":[{\"comment\":\"c\"}]}" >grown
  map-stix --quiet grown | jq -c '[.objects[] | select(.type == "note") | .x_opencti_stix_ids]' >out
  expect_lines out 2
  expect_equal "$(sed -n 1p out)" "$(sed -n 2p out)"
  expect_contains out '"note--'
}
case_ok "a comment has the same lasting id in each state of its incident" lasting_ids_again

# The account of --explain is for a terminal, and what an attacker chose must not write lines of its own there.
explain_is_safe() {
  local name='a\u001b[2J\nincident 99: left out, resolved'
  {
    printf '{"id":"1%s","displayName":"%s","alerts":[{"id":"%s","title":"%s","evidence":[{"@odata.type":"#microsoft.graph.security.userEvidence","userAccount":{"accountName":"%s"}},{"@odata.type":"x%s"}]}]}\n' \
      "$name" "$name" "$name" "$name" "$name" "$name"
    printf '{"id":"2%s","displayName":"x","status":"resolved"}\n' "$name"
  } >hostile
  map-stix --quiet --explain --skip-resolved hostile >out 2>err
  expect_equal "$(grep -c $'\033' out)" 0
  expect_equal "$(grep -c '^incident 99' out)" 0
  expect_contains out '\x1b[2J\nincident 99'
  expect_lines out 7
}
case_ok "--explain writes no escapes, and no lines that the input made up" explain_is_safe

follows_a_growing_file() {
  mkfifo fifo
  map-stix --quiet <fifo >out 2>err &
  exec 9>fifo
  printf '%s\n' "$incident" >&9
  wait_until 20 grep -q bundle out
  exec 9>&-
  wait
}
case_ok "a bundle is written before the next line has come" follows_a_growing_file
finish
