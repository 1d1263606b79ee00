#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What all tools share at the edge of the system: full devices, links, limits.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

full_device() {
  local tool option
  for tool in fetch-token fetch-incidents map-stix push-opencti; do
    for option in --help --version; do
      if "$BUILD_DIR/$tool" "$option" >/dev/full 2>"$WORK/log"; then fail "$tool $option: nothing is said of a full device"; fi
      expect_contains "$WORK/log" "cannot write to standard output"
    done
  done
}
case_ok "--help and --version that cannot be written are a failure" full_device

own_rejects() {
  local inputs
  cp "$ROOT/examples/incidents.ndjson" "$WORK/input"
  ln -sf "$WORK/input" "$WORK/link"
  for inputs in input link; do
    expect_status 64 "$BUILD_DIR/map-stix" --rejects "$WORK/link" "$WORK/$inputs" >"$WORK/out" 2>"$WORK/log"
    expect_contains "$WORK/log" "is the input itself"
  done
  expect_status 64 "$BUILD_DIR/map-stix" --rejects "$WORK/input" <"$WORK/link" >"$WORK/out" 2>"$WORK/log"
  CONNECTOR_SEND_TO_QUEUE=false CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH="$WORK" \
    CONNECTOR_ID=33333333-3333-4333-8333-333333333333 \
    expect_status 64 "$BUILD_DIR/push-opencti" --applicant-id x --state-file "$WORK/state" --rejects "$WORK/link" "$WORK/input" >"$WORK/out" 2>"$WORK/log"
  expect_contains "$WORK/log" "is the input itself"
  expect_same "$ROOT/examples/incidents.ndjson" "$WORK/input"
}
case_ok "--rejects that names the input, also through a link, is refused with 64" own_rejects

finish
