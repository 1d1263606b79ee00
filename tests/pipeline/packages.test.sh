#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian package on bare systems of Debian 12 and 13: built as README.md says, installed, upgraded, removed, purged. A change to one
# of these systems changes nothing here.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=root_lib.sh
. "$(dirname "$0")/root_lib.sh"

reason=$(can_make_roots) || {
  for suite in bookworm trixie; do
    skip "make deb works on a bare Debian ($suite), and its package can be installed, upgraded, removed and purged" "$reason"
  done
  finish
  exit
}

# The commands of the page, in a copy of the tracked files.
builds() {
  local root=$1
  mkdir "$root/source"
  (cd "$ROOT" && git ls-files -z | xargs -0 cp -P --parents -t "$root/source")
  # The figures of the optimiser are nobody's concern here.
  in_root "$root" sh -ec 'cd /source && scripts/install-deps build deb && make -s -j"$(nproc)" deb OPTIMISE=-O1' >"$WORK/log" 2>&1 || fail "$(tail -n 40 "$WORK/log")"
}

# A systemd that runs is played by a folder and a program that notes what it is asked.
installs() {
  local root=$1 deb
  deb=$(cd "$root" && echo source/build/deb/sentinel-incidents_*.deb)
  [ -f "$root/$deb" ] || fail "no package was built"
  in_root "$root" apt-get install -q -y --no-install-recommends "/$deb" >"$WORK/log" 2>&1 || fail "$(tail -n 40 "$WORK/log")"
  in_root "$root" map-stix --quiet /source/examples/incidents.ndjson >"$WORK/bundles"
  expect_lines "$WORK/bundles" 8
  expect_status 78 in_root "$root" sentinel-incidents --check-settings 2>"$WORK/log"
  expect_contains "$WORK/log" SENTINEL_INCIDENTS_TENANT_ID
  in_root "$root" apt-get install -q -y --reinstall "/$deb" >"$WORK/log" 2>&1 || fail "$(tail -n 40 "$WORK/log")"
  mkdir -p "$root/run/systemd/system" "$root/var/lib/sentinel-incidents"
  printf '#!/bin/sh\necho "$@" >>/systemctl.log\n' >"$root/usr/bin/systemctl"
  chmod 755 "$root/usr/bin/systemctl"
  in_root "$root" apt-get remove -q -y sentinel-incidents >"$WORK/log" 2>&1 || fail "$(tail -n 40 "$WORK/log")"
  grep -q 'stop.*sentinel-incidents.timer' "$root/systemctl.log" || fail "removal leaves the timer: $(cat "$root/systemctl.log")"
  [ -d "$root/var/lib/sentinel-incidents" ] || fail "removal took the state away"
  in_root "$root" apt-get purge -q -y sentinel-incidents >"$WORK/log" 2>&1 || fail "$(tail -n 40 "$WORK/log")"
  [ ! -e "$root/var/lib/sentinel-incidents" ] || fail "purging left the state"
  [ ! -e "$root/usr/bin/push-opencti" ] || fail "purging left the programs"
}

whole_life() {
  make_base "$1" "$WORK/$1.tar"
  unpack_base "$WORK/$1.tar" "$WORK/$1"
  builds "$WORK/$1"
  installs "$WORK/$1"
  rm -rf "${WORK:?}/$1" "$WORK/$1.tar"
}
for suite in bookworm trixie; do
  case_ok "make deb works on a bare Debian ($suite), and its package can be installed, upgraded, removed and purged" whole_life "$suite"
done

finish
