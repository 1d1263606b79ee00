#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every fuzz target over its seeds and some thousand variants of them. scripts/fuzz does it for long, and finds its own way.
#
# VARIANTS is how many (2000).
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${VARIANTS:=2000}"

replayed() {
  local files=("$ROOT/tests/fuzz/seeds/$1"/*)
  [ -e "${files[0]}" ] || fail "the target $1 has no seeds"
  "$BUILD_DIR/tests/replay-$1" "$VARIANTS" "${files[@]}" >"$WORK/out"
  expect_equal "$(cat "$WORK/out")" "${#files[@]} files and $VARIANTS variants"
}
for source in "$ROOT"/tests/fuzz/*.cpp; do
  target=$(basename "$source" .cpp)
  case_ok "$target stands its seeds and $VARIANTS variants of them" replayed "$target"
done

finish
