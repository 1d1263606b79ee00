#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# map-stix over incidents that wish it ill: bombs of depth and size, and text that would steer a terminal.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$WORK"

incident='{"id":"1","displayName":"One","createdDateTime":"2026-03-02T08:00:00Z","lastUpdateDateTime":"2026-03-02T08:00:00Z","severity":"high"}'

# nested DEPTH  an incident with a member that is that many arrays deep.
nested() {
  local open close
  open=$(head -c "$1" /dev/zero | tr '\0' '[')
  close=$(head -c "$1" /dev/zero | tr '\0' ']')
  printf '%s\n' "${incident%\}},\"odd\":$open$close}"
}

# expect_quiet_terminal FILE  nothing but printable characters, line ends, and UTF-8 that no terminal acts upon.
expect_quiet_terminal() {
  if LC_ALL=C grep -aP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]' "$1" >steering; then
    fail "$1 would steer a terminal: $(head -n 3 steering | cat -v)"
  fi
}

bomb_depth() {
  { nested 100; nested 200; nested 1000000; echo "$incident"; } >deep
  expect_status 65 map-stix --rejects rejects deep >out 2>err
  expect_lines out 2
  expect_lines rejects 2
  expect_contains err 'line 2: '
  expect_contains err 'line 3: '
}
case_ok "a line that nests deeper than 128 is rejected, and the next one is mapped" bomb_depth

bomb_size() {
  { printf '%s' "${incident%\}},\"odd\":\""; head -c 300000000 /dev/zero | tr '\0' x; printf '"}\n%s\n' "$incident"; } >large
  expect_status 65 map-stix large >out 2>err
  expect_lines out 1
  expect_contains err 'longer than --max-line'
}
case_ok "a line of more than 256 MB is rejected, and the next one is mapped" bomb_size

bomb_numbers() {
  printf '%s\n' "${incident%\}},\"priorityScore\":$(head -c 100000 /dev/zero | tr '\0' 9),\"tiny\":1e-999999999,\"vast\":1e999999999}" >numbers
  expect_status 0 map-stix numbers >out 2>err
  jq -e . out >/dev/null
}
case_ok "numbers of any length and size do no harm" bomb_numbers

# ESC as a C0 and as a C1 character, a bell, a carriage return, a line end, a separator and a mark that turns the direction.
hostile='\u001b]0;owned\u0007\u001b[2J\r\nmap-stix: error: forged\u009b31m\u007f\u2028\u202eabc'
hostile_lines() {
  printf '%s\n' "{\"id\":\"$hostile\",\"displayName\":\"$hostile\",\"createdDateTime\":\"$hostile\",\"lastUpdateDateTime\":\"2026-03-02T08:00:00Z\",\"severity\":\"$hostile\",\"status\":\"$hostile\",\"alerts\":[{\"id\":\"$hostile\",\"title\":\"$hostile\",\"evidence\":[{\"@odata.type\":\"#microsoft.graph.security.$hostile\",\"verdict\":\"$hostile\",\"roles\":[\"$hostile\"]},{\"@odata.type\":\"#microsoft.graph.security.ipEvidence\",\"ipAddress\":\"$hostile\",\"createdDateTime\":\"$hostile\"}]}]}" \
    "{\"error\":{\"code\":\"$hostile\"}}" "{\"value\":[{\"error\":{\"code\":\"$hostile\"}}]}" $'not JSON \e[2J'
}

steering() {
  hostile_lines >$'odd\e[2J\xc2\x9b31mname'
  for format in text json; do
    expect_status 65 map-stix --log-format "$format" --log-level debug ./*odd* >out 2>err
    expect_lines out 1
    expect_quiet_terminal err
    expect_contains err owned
  done
  jq -e . err >/dev/null
  expect_status 65 map-stix --explain ./*odd* >out 2>err
  # The explanation is for people to read.
  expect_quiet_terminal out
  expect_quiet_terminal err
  expect_status 66 map-stix $'\e[2Jnowhere' 2>err
  expect_quiet_terminal err
}
case_ok "text and file names that would steer a terminal reach messages in a harmless form only" steering

steering_bundle() {
  hostile_lines | head -n 1 >line
  map-stix --quiet line >out 2>/dev/null
  expect_lines out 1
  if LC_ALL=C grep -aP '[\x00-\x09\x0b-\x1f]' out >/dev/null; then fail "a bundle holds raw control characters"; fi
  jq -e '[.. | strings | select(contains("\u001b"))] | length > 0' out >/dev/null || fail "the text is not what it was"
}
case_ok "in a bundle such text is escaped as JSON asks, and keeps its value" steering_bundle

settings_steering() {
  CONNECTOR_NAME=$'Acme\e[2J' expect_status 78 map-stix line >out 2>err
  expect_quiet_terminal err
  SENTINEL_INCIDENTS_TLP_LEVEL=$'x\xc2\x9b31m' expect_status 78 map-stix line >out 2>err
  expect_quiet_terminal err
  expect_status 64 map-stix $'--odd\e[2J' 2>err
  expect_quiet_terminal err
}
case_ok "nor does a setting or an option that is refused steer the terminal" settings_steering

finish
