#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The version, wherever it stands, and those of the libraries.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
use_chain

version=$(sed -n 's/^VERSION := //p' "$ROOT/Makefile")

one_version() {
  local command
  for command in fetch-token fetch-incidents map-stix push-opencti sentinel-incidents; do
    "$command" --version >"$WORK/said"
    expect_equal "$(head -n 1 "$WORK/said")" "$command $version"
  done
}
case_ok "the first line of each tool's --version is its name and the version of the Makefile" one_version

# The newest section may be of what is not released yet; the next one is then this version's.
changelog() {
  grep -E '^## ' "$ROOT/man/CHANGELOG.md" >"$WORK/sections"
  expect_equal "$(grep -vxF '## [Unreleased]' "$WORK/sections" | head -n 1 | grep -oE '^## \[[^]]*\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$' | tr -d '#[] ' | cut -d - -f 1)" "$version" "newest version of the changelog"
  expect_equal "$(grep -nxF '## [Unreleased]' "$WORK/sections" | grep -v '^1:' || true)" "" "places of what is not released yet but the top"
  expect_equal "$(grep -E '^### ' "$ROOT/man/CHANGELOG.md" | grep -vxE '### (Added|Changed|Deprecated|Removed|Fixed|Security)' || true)" "" "kinds of change that are none"
  # Dates go down.
  grep -oE '[0-9]{4}-[0-9]{2}-[0-9]{2}$' "$WORK/sections" | sort -rc
  expect_equal "$(sed -nE '1s/^sentinel-incidents \(([^)]*)\).*/\1/p' "$ROOT/scripts/debian/changelog")" "$version" "version of the Debian package"
}
case_ok "the changelog's newest version, and the Debian package's, is that of --version" changelog

# library TOOL NAME  its version as the tool tells it.
library() { "$1" --version | sed -nE "s/^$2 ([0-9][^ ]*).*/\1/p"; }

libraries() {
  local tool
  for tool in fetch-token fetch-incidents map-stix push-opencti; do
    for name in libcrypto simdjson yaml-cpp; do
      [ -n "$(library "$tool" "$name")" ] || fail "$tool does not tell of $name: $("$tool" --version)"
    done
    expect_equal "$(library "$tool" yaml-cpp)" "$(pkg-config --modversion yaml-cpp)"
  done
  for tool in fetch-token fetch-incidents push-opencti; do
    expect_equal "$(library "$tool" libcurl)" "$(pkg-config --modversion libcurl)"
  done
  expect_equal "$(library push-opencti librabbitmq)" "$(pkg-config --modversion librabbitmq)"
  expect_equal "$(library push-opencti libcrypto)" "$(pkg-config --modversion libcrypto)"
}
case_ok "--version tells the versions of the libraries, of those that run where they can be asked" libraries

# Nothing listens at port 1; the library was started by then.
loaded_libcurl() {
  SENTINEL_INCIDENTS_TENANT_ID=11111111-1111-4111-8111-111111111111 SENTINEL_INCIDENTS_CLIENT_ID=22222222-2222-4222-8222-222222222222 \
    SENTINEL_INCIDENTS_CLIENT_SECRET=never-sent SENTINEL_INCIDENTS_LOGIN_URL=http://127.0.0.1:1 \
    expect_status 69 fetch-token --log-level debug --check >"$WORK/out" 2>"$WORK/log"
  grep -qE 'HTTP by libcurl [0-9.]+ \([A-Za-z]+/[0-9.]+' "$WORK/log" || fail "the log does not tell of libcurl: $(cat "$WORK/log")"
}
case_ok "the log at level debug tells which libcurl is loaded, and what it does TLS with" loaded_libcurl

# A program has what it uses, and no more.
linked() {
  local tool
  expect_equal "$(library map-stix libcurl)$(library map-stix librabbitmq)$(library fetch-token librabbitmq)" ""
  for tool in fetch-token fetch-incidents map-stix push-opencti; do
    readelf -d "$(type -P "$tool")" | sed -nE 's/.*NEEDED.*\[(.*)\]/\1/p' >"$WORK/needed"
    expect_equal "$(grep -c '^libcurl' "$WORK/needed" || true)" "$([ "$tool" = map-stix ] && echo 0 || echo 1)" "$tool has libcurl"
    expect_equal "$(grep -c '^librabbitmq' "$WORK/needed" || true)" "$([ "$tool" = push-opencti ] && echo 1 || echo 0)" "$tool has librabbitmq"
  done
}
case_ok "map-stix is linked without libcurl, only push-opencti with librabbitmq, and --version names what is linked" linked

installed() {
  make -s -C "$ROOT" BUILD="${BUILD_DIR#"$ROOT"/}" DESTDIR="$WORK/installed" PREFIX=/usr install >"$WORK/log" 2>&1 || fail "$(cat "$WORK/log")"
  expect_same "$ROOT/man/CHANGELOG.md" "$WORK/installed/usr/share/doc/sentinel-incidents/CHANGELOG.md"
  expect_equal "$(PATH=/usr/bin:/bin "$WORK/installed/usr/bin/sentinel-incidents" --version)" "sentinel-incidents $version"
}
case_ok "make install brings the changelog" installed

finish
