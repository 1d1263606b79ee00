#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How far long work is, on a terminal and elsewhere. Work is made long by answers that hang until the line has been seen.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=chain_lib.sh
. "$(dirname "$0")/chain_lib.sh"
use_chain

start() {
  start_examples "$@"
  export TERM=xterm
  unset NO_COLOR
}
hang() { control /fault "{\"service\": \"$1\", \"match\": \"$2\", \"skip\": ${3:-0}, \"hang\": true}" >/dev/null; }
release() { control /release '{}' >/dev/null; }

# on_terminal COMMAND  runs it on a terminal of its own in the background; what the terminal gets is in $WORK/seen.
on_terminal() {
  : >"$WORK/seen"
  printf '%s\necho $? >%q\n' "$1" "$WORK/status" >"$WORK/command"
  script -qfc "bash $WORK/command" "$WORK/seen" </dev/null >/dev/null 2>&1 3>&- &
  terminal=$!
}
# over STATUS  waits for its end.
over() {
  wait "$terminal" || true
  expect_equal "$(cat "$WORK/status")" "$1" "exit status"
}
seen() { grep -qaE -e "$1" "$WORK/seen"; }
# What a terminal shows in the end of text that has been drawn over, line by line: CR goes to the first column, ESC [ K erases what
# is right of it, colours are nothing.
screen() {
  sed -E $'1{/^Script started/d}; $d; s/\e\\[[0-9;]*m//g' "$WORK/seen" | awk '
    BEGIN { RS = "\n" }
    {
      line = ""; at = 1; text = $0
      while (text != "") {
        if (substr(text, 1, 1) == "\r") { at = 1; text = substr(text, 2) }
        else if (substr(text, 1, 3) == "\033[K") { line = substr(line, 1, at - 1); text = substr(text, 4) }
        else { line = substr(line, 1, at - 1) substr(text, 1, 1) substr(line, at + 1); at++; text = substr(text, 2) }
      }
      if (line != "") print line
    }'
}
line=$'\r\e\\[36m'

chain_on_terminal() {
  start
  hang opencti stixBundlePush
  on_terminal "sentinel-incidents --once --log-level debug >$WORK/receipts"
  wait_until 60 seen "${line}push-opencti: 0 incidents pushed"
  release
  over 0
  expect_lines "$WORK/receipts" 8
  # One stage draws, and nothing of its line is left; every message is whole.
  grep -aoE $'\r\e\\[36m[a-z-]+' "$WORK/seen" | sort -u >"$WORK/drawing"
  expect_equal "$(sed $'s/\r\e\\[36m//' "$WORK/drawing")" push-opencti "stages that draw"
  screen >"$WORK/screen"
  grep -vE '^(sentinel-incidents|fetch-token|fetch-incidents|map-stix|push-opencti): ' "$WORK/screen" >"$WORK/odd" || true
  [ ! -s "$WORK/odd" ] || fail "not a message: $(cat -v "$WORK/odd")"
  expect_lacks "$WORK/screen" 'incidents pushed'
  expect_contains "$WORK/screen" 'sentinel-incidents: run ended with status 0'
}
case_ok "the chain draws one line on the terminal, which no message garbles and which leaves nothing" chain_on_terminal

# A real terminal emulator, with receipts on the terminal as well.
in_tmux() {
  start
  hang opencti stixBundlePush
  # shellcheck disable=SC2034  # used by the function below
  socket=$WORK/tmux
  trap 'tmux -S "$socket" kill-server 2>/dev/null || true; stop_stand_ins' EXIT
  printf 'sentinel-incidents --once --receipts\necho "ended:$?"\nread -r\n' >"$WORK/command"
  env -u TMUX tmux -S "$socket" -f /dev/null new-session -d -x 300 -y 50 "bash $WORK/command"
  shown() { tmux -S "$socket" capture-pane -p -J; }
  on_screen() { shown | grep -qE "$1"; }
  wait_until 60 on_screen '^push-opencti: 0 incidents pushed$'
  release
  wait_until 60 on_screen '^ended:0$'
  shown | grep . >"$WORK/screen"
  expect_lacks "$WORK/screen" '0 incidents pushed'
  expect_equal "$(grep -c '^{"bundle":"bundle--.*}$' "$WORK/screen")" 8 "receipts"
  grep -vE '^(sentinel-incidents|fetch-token|fetch-incidents|map-stix|push-opencti): |^\{"bundle":.*\}$|^ended:0$' "$WORK/screen" >"$WORK/odd" || true
  [ ! -s "$WORK/odd" ] || fail "garbled: $(cat "$WORK/odd")"
}
if command -v tmux >/dev/null; then
  case_ok "receipts and messages on the same terminal stay whole" in_tmux
else
  skip "receipts and messages on the same terminal stay whole" "it needs the package tmux"
fi

hostile_text() {
  start
  jq -c '.id = "\u001b[2J9" | .alerts[0].evidence += [{"@odata.type": "#x.\u001b]0;title\u0007\u001b[2Jevidence"}] | .alerts[0].id = "\u009b2J"' \
    <(head -n 1 "$ROOT/examples/incidents.ndjson") >"$WORK/hostile"
  mkfifo "$WORK/rest"
  on_terminal "cat $WORK/hostile $WORK/rest | map-stix --progress --log-level debug >$WORK/out"
  exec {rest}>"$WORK/rest"
  wait_until 60 seen "${line}map-stix: 1 line mapped"
  exec {rest}>&-
  over 0
  seen 'warning: .*unknown evidence type|x1b' || fail "nothing was said of the incident: $(cat -v "$WORK/seen")"
  # No escape but those of colour and of the line.
  sed -E $'s/\e\\[(36m|0m|K)//g' "$WORK/seen" >"$WORK/rest-of-it"
  if grep -qaE $'\e|\x07|\xc2\x9b' "$WORK/rest-of-it"; then fail "an escape came through: $(cat -v "$WORK/rest-of-it")"; fi
}
case_ok "escapes in the text of incidents do not reach the terminal" hostile_text

fetching() {
  start
  hang graph incidents 1
  on_terminal "fetch-token | fetch-incidents --since 2026-09-01 --until 2026-10-01 --top 2 >$WORK/out"
  wait_until 60 seen "${line}fetch-incidents: 2 incidents written, [0-9.]+ a (second|minute), up to 2026-09-0[0-9]T[0-9:]*Z"
  release
  over 0
  expect_lines "$WORK/out" 8
  screen >"$WORK/screen"
  expect_equal "$(tail -n 1 "$WORK/screen")" "fetch-incidents: 8 incidents written"
}
case_ok "fetch-incidents shows what it has written and the date reached while it waits for Graph" fetching

piped() {
  start
  hang graph incidents 1
  on_terminal "fetch-token | fetch-incidents --since 2026-09-01 --top 2 $1 | cat >$WORK/out"
  # Two incidents have gone through the pipe; whoever waits for Graph shows it by now or never.
  wait_until 60 test -s "$WORK/out"
  if [ -n "$1" ]; then
    wait_until 60 seen "${line}fetch-incidents: 2 incidents written"
  else
    control /fault '{"service": "graph", "times": 0, "latency_ms": 600}' >/dev/null
  fi
  release
  over 0
  [ -n "$1" ] || ! seen "$line" || fail "a line was drawn: $(cat -v "$WORK/seen")"
}
case_ok "in the middle of a pipeline a tool draws nothing" piped ''
case_ok "in the middle of a pipeline --progress has it drawn" piped --progress

# Bundles come one by one, so that receipts are written while the line is there.
receipts_elsewhere() {
  start
  map-stix --quiet "$ROOT/examples/incidents.ndjson" >"$WORK/bundles"
  mkfifo "$WORK/input"
  on_terminal "push-opencti <$WORK/input >$WORK/receipts"
  exec {input}>"$WORK/input"
  for number in 1 2; do
    sed -n "${number}p" "$WORK/bundles" >&"$input"
    wait_until 60 seen "${line}push-opencti: $number incidents? pushed"
  done
  exec {input}>&-
  over 0
  expect_equal "$(grep -aoE $'\r\e\\[K' "$WORK/seen" | wc -l)" 1 "times that the line was erased"
}
case_ok "receipts that go to a file leave the line where it is" receipts_elsewhere

not_wanted() {
  start
  control /fault '{"service": "graph", "times": 0, "latency_ms": 600}' >/dev/null
  on_terminal "$2 fetch-token | $2 fetch-incidents --since 2026-09-01 --top 4 $1 >$WORK/out"
  over 0
  if seen $'\r\e'; then fail "a line was drawn: $(cat -v "$WORK/seen")"; fi
}
case_ok "--no-progress keeps the line away" not_wanted --no-progress ''
case_ok "--quiet keeps the line away" not_wanted --quiet ''
case_ok "on a dumb terminal there is no line" not_wanted '' 'TERM=dumb'
case_ok "among messages in JSON there is no line" not_wanted '--log-format json' ''

no_colour() {
  start
  hang graph incidents 1
  on_terminal "fetch-token | NO_COLOR=1 fetch-incidents --since 2026-09-01 --top 2 >$WORK/out"
  wait_until 60 seen $'\rfetch-incidents: 2 incidents written'
  release
  over 0
  if seen $'\e\\[[0-9;]*m'; then fail "a colour: $(cat -v "$WORK/seen")"; fi
}
case_ok "with NO_COLOR the line is plain" no_colour

waiting_for_input() {
  start
  # The second of them ends only when the first has been seen.
  mkfifo "$WORK/rest"
  on_terminal "cat $ROOT/examples/incidents.ndjson $WORK/rest | map-stix >$WORK/out"
  exec {rest}>"$WORK/rest"
  wait_until 60 seen "${line}map-stix: 8 lines mapped, .*up to 2026-09-08T20:44:59Z"
  exec {rest}>&-
  over 0
  expect_lines "$WORK/out" 8
}
case_ok "map-stix shows what it has mapped while it waits for input" waiting_for_input

elsewhere() {
  start
  expect_status 0 sentinel-incidents --once --progress >"$WORK/receipts" 2>"$WORK/log"
  expect_lacks "$WORK/log" $'\e'
  expect_lacks "$WORK/log" $'\r'
}
case_ok "where there is no terminal nothing is drawn, not even with --progress" elsewhere

contradiction() {
  for tool in fetch-incidents map-stix push-opencti sentinel-incidents; do
    expect_status 64 "$tool" --progress --no-progress </dev/null 2>"$WORK/log"
    expect_contains "$WORK/log" "--progress and --no-progress exclude one another"
  done
  expect_status 64 push-opencti --progress-fd two </dev/null 2>"$WORK/log"
}
case_ok "--progress and --no-progress exclude one another" contradiction

finish
