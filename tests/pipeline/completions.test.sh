#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The completions, in interactive shells of their own: what bash and zsh offer when the tab key is pressed.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
use_chain

"$ROOT/scripts/make-completions" "$WORK/completions" >"$WORK/made" 2>&1 || { cat "$WORK/made" && exit 1; }
mkdir "$WORK/folder" "$WORK/folder/dumps"
touch "$WORK/folder/dump.ndjson"

every_option() {
  local command file
  for command in fetch-token fetch-incidents map-stix push-opencti sentinel-incidents; do
    "$command" --help | grep -oE '^  --[a-z-]+' | tr -d ' ' | sort >"$WORK/help"
    [ -s "$WORK/help" ] || fail "$command --help shows no option"
    grep -oE "^  '\*?--[a-z-]+" "$WORK/completions/zsh/_$command" | grep -oE -e '--.*' | sort >"$WORK/zsh"
    expect_same "$WORK/help" "$WORK/zsh"
    file=$WORK/completions/bash/$command
    shellcheck -s bash "$file" 2>/dev/null || ! command -v shellcheck >/dev/null || fail "shellcheck finds faults in $file"
    grep -oE '\$current == -\*.*;;' "$file" | grep -oE -e '--[a-z-]+' | sort >"$WORK/bash"
    expect_same "$WORK/help" "$WORK/bash"
  done
}
case_ok "every option of --help is in the completions of bash and zsh, and no other" every_option

# begin_shell SHELL  an interactive one on a terminal of tmux, in which each command is a function that writes its words to $said
# (without the slash that bash leaves at the end of a folder's name, and zsh takes away again).
begin_shell() {
  local setup command
  if [ "$1" = bash ]; then
    setup='. /usr/share/bash-completion/bash_completion'
    shell_command='bash --norc --noprofile -i'
  else
    setup="fpath=($WORK/completions/zsh \$fpath); autoload -U compinit; compinit -D -u; setopt no_beep; zstyle ':completion:*' menu no"
    shell_command='zsh -f -i'
  fi
  said=$WORK/said
  for command in fetch-token fetch-incidents map-stix push-opencti sentinel-incidents; do
    setup+=$'\n'"$command() { printf '<%s>' \"\${@%/}\" >$said.part; mv $said.part $said; }"
  done
  printf '%s\nPS1="ready>"\nclear\n' "$setup" >"$WORK/setup"
  # The server is the test's own and ends with its last session.
  # shellcheck disable=SC2086  # words
  env -u TMUX TERM=xterm PS1='not yet>' HISTFILE= INPUTRC=/dev/null XDG_DATA_DIRS="$WORK/data:/usr/share" \
    tmux -S "$WORK/tmux" -f /dev/null new-session -d -x 120 -y 40 -c "$WORK/folder" $shell_command
  trap 'terminal kill-server; stop_stand_ins' EXIT
  terminal send-keys " . $WORK/setup" Enter
}
terminal() { tmux -S "$WORK/tmux" "$@"; }

# The prompt alone on the last line: the shell reads keys one by one.
at_prompt() { [ "$(terminal capture-pane -p | grep . | tail -n 1)" = 'ready>' ]; }

# type_and_tab WORDS  types the words and a tab, and shows the words that the command then gets.
type_and_tab() {
  rm -f "$said"
  wait_until 20 at_prompt
  terminal send-keys -l "$1"
  terminal send-keys Tab
  # What completion has to show is on the screen before the line is sent.
  terminal send-keys Enter
  wait_until 20 test -e "$said"
  cat "$said"
  terminal send-keys -R C-l
}

mkdir -p "$WORK/data/bash-completion"
ln -s "$WORK/completions/bash" "$WORK/data/bash-completion/completions"

# offers WORDS EXPECTED
offers() { expect_equal "$(type_and_tab "$1")" "$2" "what becomes of '$1' and a tab"; }

options() {
  begin_shell "$1"
  offers 'map-stix --expl' '<--explain>'
  offers 'fetch-token --fol' '<--follow>'
  offers 'fetch-incidents --retry' '<--retry-budget>'
  offers 'push-opencti --dry' '<--dry-run>'
  offers 'sentinel-incidents --on' '<--once>'
  offers 'sentinel-incidents sta' '<status>'
}
values() {
  begin_shell "$1"
  offers 'map-stix --tlp-level gr' '<--tlp-level><green>'
  offers 'map-stix --tlp-level=gr' '<--tlp-level=green>'
  offers 'map-stix --target-product Az' '<--target-product><Azure Sentinel>'
  offers 'sentinel-incidents --log-format j' '<--log-format><json>'
}
files() {
  begin_shell "$1"
  offers 'map-stix dump.' '<dump.ndjson>'
  offers 'map-stix --rejects dump.' '<--rejects><dump.ndjson>'
  offers 'sentinel-incidents --dump d' '<--dump><dumps>'
  # Neither takes files.
  offers 'fetch-token dump.' '<dump.>'
  offers 'sentinel-incidents dump.' '<dump.>'
}
for shell in bash zsh; do
  if ! command -v zsh tmux >/dev/null || [ ! -e /usr/share/bash-completion/bash_completion ]; then
    skip "$shell completes options, values and files" "it needs the packages zsh, tmux and bash-completion"
    continue
  fi
  case_ok "$shell completes the options of each command" options "$shell"
  case_ok "$shell completes the values of an option where they are known" values "$shell"
  case_ok "$shell completes files and folders where a command takes them" files "$shell"
done

installed() {
  make -s -C "$ROOT" BUILD="${BUILD_DIR#"$ROOT"/}" DESTDIR="$WORK/installed" PREFIX=/usr install >"$WORK/log" 2>&1 || fail "$(cat "$WORK/log")"
  expect_same "$WORK/completions/bash/map-stix" "$WORK/installed/usr/share/bash-completion/completions/map-stix"
  expect_same "$WORK/completions/zsh/_map-stix" "$WORK/installed/usr/share/zsh/site-functions/_map-stix"
}
case_ok "make install puts the completions where bash and zsh look for them" installed

finish
