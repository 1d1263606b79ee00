# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The blocks of the documentation, for the tests that run them: a script sources this after lib.sh.

# run_blocks_of FILE PREFIX  writes each block of a Markdown file that is marked "sh run" to PREFIX-LINE-HEADING-N.sh, where HEADING
# is the last heading as its link has it (small letters, a hyphen for each space), and N counts within it.
run_blocks_of() {
  awk -v to="$2-" '
    !inside && /^#/ {
      heading = tolower($0); sub(/^#+ */, "", heading); gsub(/[^a-z0-9 -]/, "", heading); gsub(/ /, "-", heading); n = 0
    }
    inside && /^```$/ { inside = 0; close(file) }
    inside { print > file }
    /^```sh run$/ { inside = 1; file = sprintf("%s%04d-%s-%d.sh", to, NR, heading, ++n) }' "$1"
}

# other_blocks_of FILE  the shell of the blocks that are marked "sh" alone.
other_blocks_of() {
  awk '
    /^```sh$/ { inside = 1; next }
    /^```$/ { inside = 0 }
    inside' "$1"
}
