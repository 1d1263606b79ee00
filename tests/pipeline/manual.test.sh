#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The man pages of the commands: the sections that each has, the options of --help and no other, every exit status that the code
# knows. (docs.test.sh runs their examples.)
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
use_chain
commands=(fetch-token fetch-incidents map-stix push-opencti sentinel-incidents)

# section PAGE NAME  the lines of a section, as mdoc.
section() {
  NAME=$2 awk '/^\.Sh / { inside = ($0 == ".Sh " ENVIRON["NAME"]); next } inside' "$1"
}

sections() {
  local command name
  for command in "${commands[@]}"; do
    for name in NAME SYNOPSIS DESCRIPTION OPTIONS ENVIRONMENT FILES 'EXIT STATUS' DIAGNOSTICS 'MEMORY USAGE' EXAMPLES 'SEE ALSO'; do
      [ -n "$(section "$ROOT/man/$command.1" "$name")" ] || fail "$command.1 has no section $name"
    done
  done
}
case_ok "each page has every section" sections

# options_of_page PAGE  "--option ARGUMENT" or "--option", a line each: an item names several, with commas between. -h, -q and -V stand
# beside their long names and are left out.
options_of_page() {
  section "$1" OPTIONS | grep -E '^\.It Fl ' | sed -e 's/^\.It //' -e 's/ , /\n/g' |
    sed -e 's/^Fl //' -e 's/^-/--/' -e 's/ Ar / /' -e '/^[a-zA-Z]$/d'
}

# "as in PAGE" takes the items of that page, so that all have to be there under their own names.
options() {
  local command
  for command in "${commands[@]}"; do
    "$command" --help | sed -nE 's/^  (--[a-z-]+( [A-Z]+)?)  .*/\1/p' | sort >"$WORK/help"
    [ "$(wc -l <"$WORK/help")" -ge 8 ] || fail "$command --help shows too few options"
    options_of_page "$ROOT/man/$command.1" | sort >"$WORK/page"
    expect_same "$WORK/help" "$WORK/page"
  done
}
case_ok "each page describes the options of --help, with their arguments, and no other" options

# What is not in the list is refused, so that the lists are those of the code.
unknown_options() {
  local command
  for command in "${commands[@]}"; do expect_status 64 "$command" --no-such-option 2>/dev/null </dev/null; done
}
case_ok "an option that is not described is refused" unknown_options

# In the synopsis stand only options that there are.
synopsis() {
  local command option
  for command in "${commands[@]}"; do
    options_of_page "$ROOT/man/$command.1" >"$WORK/page"
    section "$ROOT/man/$command.1" SYNOPSIS | grep -oE 'Fl -[a-z-]+( Ar [A-Z]+)?' | sed -e 's/Fl -/--/' -e 's/ Ar / /' >"$WORK/synopsis"
    while IFS= read -r option; do
      grep -qxF -e "$option" "$WORK/page" || fail "$command.1 shows $option in its synopsis only"
    done <"$WORK/synopsis"
  done
}
case_ok "the synopsis shows described options" synopsis

# A tool's settings are those that --check-settings shows, and those that its own code names.
environment() {
  local tool name
  settings_documentation names | sort >"$WORK/settings"
  STAND_IN_LOGIN_URL=https://login.example STAND_IN_GRAPH_URL=https://graph.example STAND_IN_OPENCTI_URL=https://opencti.example
  use_stand_in
  for tool in fetch-token fetch-incidents map-stix push-opencti; do
    "$tool" --check-settings >"$WORK/shown" 2>"$WORK/log" || fail "$(cat "$WORK/log")"
    { cut -d= -f1 "$WORK/shown"; grep -rhoE '"[A-Z]+_[A-Z_]+"' "$ROOT/tools/$tool" | tr -d '"' | sort | comm -12 - "$WORK/settings"; } |
      sed 's/_FILE$//' | sort -u >"$WORK/used"
    section "$ROOT/man/$tool.1" ENVIRONMENT | grep -oE '\b[A-Z]+_[A-Z_]+\b' | sed 's/_FILE$//' | sort -u >"$WORK/page"
    expect_same "$WORK/used" "$WORK/page"
  done
}
case_ok "the page of each tool names the settings that its code uses, and no other" environment

# numbers NAME…  the statuses of these names in common/program/failure.hpp.
numbers() {
  local name
  for name in "$@"; do sed -nE "s/^ *$name = ([0-9]+),.*/\1/p" "$ROOT/common/program/failure.hpp"; done
}

# A tool has the statuses that its own code names, and those of what all tools share: its command line, its settings, writing,
# defects, the reader of its output gone.
statuses() {
  local tool
  for tool in fetch-token fetch-incidents map-stix push-opencti; do
    section "$ROOT/man/$tool.1" 'EXIT STATUS' | sed -nE 's/^\.It ([0-9]+)$/\1/p' >"$WORK/page"
    mapfile -t names < <(grep -rhoE 'ExitStatus::[a-z_]+' "$ROOT/tools/$tool" | sed 's/.*:://' | sort -u)
    numbers "done" usage settings io internal broken_pipe "${names[@]}" | sort -u >"$WORK/known"
    comm -23 "$WORK/known" <(sort "$WORK/page") >"$WORK/missing"
    [ ! -s "$WORK/missing" ] || fail "$tool.1 does not list the exit status $(cat "$WORK/missing")"
    expect_equal "$(sort "$WORK/page" | uniq -d)" '' "what $tool.1 lists twice"
    section "$ROOT/man/$tool.1" 'EXIT STATUS' | grep -qx '\.It 128 + n' || fail "$tool.1 does not list signals"
  done
}
case_ok "each tool's page lists every exit status that its code knows" statuses

statuses_of_readme() {
  awk '/^## When something goes wrong/ { inside = 1 } /^## Documentation/ { inside = 0 } inside && /^\| [0-9]/' "$ROOT/README.md" |
    cut -d'|' -f2 | grep -oE '[0-9]+' | sort -u >"$WORK/readme"
  # 141 is one of 128 + n.
  numbers '[a-z_]+' | grep -vx 141 | sort >"$WORK/known"
  comm -23 "$WORK/known" "$WORK/readme" >"$WORK/missing"
  [ ! -s "$WORK/missing" ] || fail "README.md does not list the exit status $(cat "$WORK/missing")"
  section "$ROOT/man/sentinel-incidents.1" 'EXIT STATUS' | sed -nE 's/^\.It ([0-9]+)$/\1/p' | sort >"$WORK/page"
  # The chain says nothing of input files (it has none).
  grep -vxE '66|128' "$WORK/readme" | expect_same - "$WORK/page"
}
case_ok "README.md lists every exit status, and sentinel-incidents(1) those of the chain" statuses_of_readme

finish
