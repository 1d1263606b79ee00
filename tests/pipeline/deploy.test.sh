#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The ways of deployment in examples/ and the Debian package: their settings are those of the code, their sandbox holds, and
# the package installs what it should. (image.test.sh builds the image, packages.test.sh the packages on bare systems.)
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

settings_documentation names | sort >"$WORK/settings"
# Secrets may come from a file each.
sed 's/$/_FILE/' "$WORK/settings" | sort - "$WORK/settings" >"$WORK/known"

# known_settings FILE PATTERN  every name that the pattern finds is a setting.
known_settings() {
  grep -oE "$2" "$1" | grep -oE '[A-Z_]{4,}' | sort -u >"$WORK/used"
  [ "$(wc -l <"$WORK/used")" -ge 4 ] || fail "only $(wc -l <"$WORK/used") settings are found in $1"
  comm -23 "$WORK/used" "$WORK/known" >"$WORK/unknown"
  [ ! -s "$WORK/unknown" ] || fail "$1 uses settings that do not exist: $(cat "$WORK/unknown")"
}

settings_exist() {
  known_settings "$ROOT/examples/docker/docker-compose.yml" '^      [A-Z_]+:'
  known_settings "$ROOT/examples/docker/env.sample" '^[A-Z_]+='
  known_settings "$ROOT/examples/systemd/environment.sample" '^[A-Z_]+='
  # Every setting that compose asks the user for is passed on under its name, but for the two files.
  local name
  while IFS= read -r name; do
    grep -qx "$name" "$WORK/known" || continue
    grep -qE "^      $name: |file: \\$\{$name:-" "$ROOT/examples/docker/docker-compose.yml" || fail "compose asks for $name, but passes another name on"
  done < <(grep -oE '\$\{[A-Z_]+' "$ROOT/examples/docker/docker-compose.yml" | tr -d '${' | sort -u)
}
case_ok "the examples of deployment use settings that exist" settings_exist

# This needs no Docker that runs. Debian has the program of its own name, others have it as a part of docker.
compose=(docker compose)
"${compose[@]}" version >/dev/null 2>&1 || compose=(docker-compose)

compose_is_valid() {
  local line name
  cp -r "$ROOT/examples/docker" "$WORK/docker"
  cp "$WORK/docker/env.sample" "$WORK/docker/.env"
  # Settings that docker-compose.yml does not name: .env alone is enough.
  sed -n 's/$/=set-in-env/p' "$WORK/settings" | grep -vE '^(OPENCTI_URL|CONNECTOR_ID|.*_(TENANT_ID|CLIENT_ID|TLP_LEVEL))=' >>"$WORK/docker/.env"
  "${compose[@]}" --project-directory "$WORK/docker" -f "$WORK/docker/docker-compose.yml" config >"$WORK/compose" 2>"$WORK/log" || fail "$(cat "$WORK/log")"
  for line in 'read_only: true' '- ALL' 'SENTINEL_INCIDENTS_TLP_LEVEL: amber' "file: $WORK/docker/client_secret"; do
    grep -qE "^ +$line\$" "$WORK/compose" || fail "no line '$line' in what compose made of it: $(cat "$WORK/compose")"
  done
  while IFS= read -r name; do
    grep -qE "^ +$name: " "$WORK/compose" || fail "$name in .env does not reach the container"
  done <"$WORK/settings"
  grep -q '^ \+name: docker_default$' "$WORK/compose" || fail "the service does not join OpenCTI's network"
  sed -i '/^OPENCTI_URL=/d' "$WORK/docker/.env"
  ! "${compose[@]}" --project-directory "$WORK/docker" -f "$WORK/docker/docker-compose.yml" config >"$WORK/compose" 2>"$WORK/log" || fail "no address was asked for"
  grep -q 'the address of the platform' "$WORK/log" || fail "what is missing was not told: $(cat "$WORK/log")"
}
if "${compose[@]}" version >/dev/null 2>&1; then
  case_ok "docker compose takes docker-compose.yml with env.sample, and asks for what is missing" compose_is_valid
else
  skip "docker compose takes docker-compose.yml with env.sample, and asks for what is missing" "it is not installed: scripts/install-deps compose"
fi

# The settings that compose hands to the container, and those of the sample for systemd, are enough for the whole chain, once the
# connector id is replaced: nobody shares a state with another by pasting a sample.
settings_suffice() {
  local name
  while IFS='=' read -r name value; do export "$name=$value"; done < <(grep -E '^[A-Z_]+=' "$1")
  echo secret >"$WORK/secret"
  expect_equal "$CONNECTOR_ID" ChangeMe "the sample's connector id"
  expect_status 78 env OPENCTI_TOKEN_FILE="$WORK/secret" SENTINEL_INCIDENTS_CLIENT_SECRET_FILE="$WORK/secret" sentinel-incidents --check-settings 2>"$WORK/log"
  expect_contains "$WORK/log" CONNECTOR_ID
  export CONNECTOR_ID=0c6a1f5e-6f5b-4b8e-9d70-3f1f2a5c8e11
  OPENCTI_TOKEN_FILE=$WORK/secret SENTINEL_INCIDENTS_CLIENT_SECRET_FILE=$WORK/secret sentinel-incidents --check-settings 2>"$WORK/log" || fail "$(cat "$WORK/log")"
  expect_status 78 env OPENCTI_TOKEN_FILE="$WORK/secret" sentinel-incidents --check-settings 2>/dev/null
}
use_chain
case_ok "the settings of env.sample and the secrets are all that the chain needs" settings_suffice "$ROOT/examples/docker/env.sample"
case_ok "the settings of environment.sample and the credentials are all that the chain needs" settings_suffice "$ROOT/examples/systemd/environment.sample"

# What the Dockerfile's first stage copies, with the programs that are built already.
image_installs() {
  local word words paths=()
  while read -ra words; do
    for word in "${words[@]:1:${#words[@]}-2}"; do paths+=("$word"); done
  done < <(sed -n '/^FROM .* AS build/,/^FROM [^ ]*$/ { /^COPY /p }' "$ROOT/examples/docker/Dockerfile")
  mkdir -p "$WORK/source"
  tar -C "$ROOT" -c -- "${paths[@]}" | tar -C "$WORK/source" -x
  make -s -C "$WORK/source" install BUILD="$BUILD_DIR" DESTDIR="$WORK/image" PREFIX=/usr >"$WORK/log" 2>&1 || fail "$(cat "$WORK/log")"
  expect_equal "$("$WORK/image/usr/bin/sentinel-incidents" --version | cut -d ' ' -f 1)" sentinel-incidents
}
case_ok "the Dockerfile copies all that make install needs" image_installs

health() {
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson"
  use_stand_in
  mkdir "$WORK/state"
  "$ROOT/examples/docker/healthcheck"
  control /fault '{"service":"opencti","status":401,"times":0}' >/dev/null
  if "$ROOT/examples/docker/healthcheck" 2>/dev/null; then fail "healthy without a platform"; fi
  CONNECTOR_SEND_TO_QUEUE=false CONNECTOR_SEND_TO_DIRECTORY=true CONNECTOR_SEND_TO_DIRECTORY_PATH=$WORK/state \
    SENTINEL_INCIDENTS_APPLICANT_ID=88ec0c6a-13ce-5e39-b486-354fe4a7084f "$ROOT/examples/docker/healthcheck"
  if SENTINEL_INCIDENTS_STATE_DIR=$WORK/none "$ROOT/examples/docker/healthcheck" 2>/dev/null; then fail "healthy without a folder"; fi
}
case_ok "the container is healthy while OpenCTI takes its token, and not when it refuses" health

units() {
  local unit bare
  mkdir "$WORK/units" "$WORK/bin"
  printf '#!/bin/sh\n' >"$WORK/bin/sentinel-incidents"
  chmod 755 "$WORK/bin/sentinel-incidents"
  for unit in "$ROOT"/examples/systemd/sentinel-incidents.{service,timer}; do
    sed "s|/usr/local/bin|$WORK/bin|; /^Documentation=/d" "$unit" >"$WORK/units/${unit##*/}"
  done
  systemd-analyze verify "$WORK"/units/* >"$WORK/log" 2>&1 || fail "$(cat "$WORK/log")"
  [ ! -s "$WORK/log" ] || fail "$(cat "$WORK/log")"
  # In tenths; 10 is the floor of a service that needs the network.
  systemd-analyze security --offline=true --threshold=15 "$WORK/units/sentinel-incidents.service" >"$WORK/log" 2>&1 || fail "$(tail -n 1 "$WORK/log")"
  bare=$WORK/units/bare.service
  printf '[Service]\nExecStart=/bin/true\n' >"$bare"
  if systemd-analyze security --offline=true --threshold=15 "$bare" >/dev/null 2>&1; then fail "the figure of systemd-analyze says nothing"; fi
}
if command -v systemd-analyze >/dev/null; then
  case_ok "systemd finds no fault in the units, and their exposure is at most 1.5 of 10" units
else
  skip "systemd finds no fault in the units, and their exposure is at most 1.5 of 10" "systemd is missing"
fi

# The service's own lines give the chain its secrets, with the folder that systemd names by %d.
credentials() {
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson"
  use_stand_in
  mkdir "$WORK/credentials"
  echo "$OPENCTI_TOKEN" >"$WORK/credentials/opencti-token"
  echo "$SENTINEL_INCIDENTS_CLIENT_SECRET" >"$WORK/credentials/client-secret"
  unset OPENCTI_TOKEN SENTINEL_INCIDENTS_CLIENT_SECRET
  local assignment words
  while IFS= read -r assignment; do export "${assignment?}"; done < <(
    sed -n "s|^Environment=||p" "$ROOT/examples/systemd/sentinel-incidents.service" | sed "s|%d|$WORK/credentials|; s|%S|$WORK|")
  expect_equal "$SENTINEL_INCIDENTS_STATE_DIR" "$WORK/sentinel-incidents"
  read -ra words < <(sed -n 's|^ExecStart=.*/||p' "$ROOT/examples/systemd/sentinel-incidents.service")
  "${words[@]}" >"$WORK/receipts" 2>"$WORK/log" || fail "$(cat "$WORK/log")"
  expect_lines "$WORK/receipts" 8
}
case_ok "the service's command runs with the service's credentials" credentials

cron_line() {
  local table=$ROOT/examples/cron/sentinel-incidents line
  line=$(grep -E '^[0-9*]' "$table")
  [[ $line =~ ^([0-9]+)\ (\*\ ){4}([a-z-]+)\ (.*)$ ]] || fail "not a line of cron.d: $line"
  expect_equal "${BASH_REMATCH[3]}" sentinel-incidents "user"
  # A % would end the command there.
  expect_lacks <(echo "$line") '%'
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson"
  use_stand_in
  printf '#!/bin/sh\ncat >>"%s"\n' "$WORK/syslog" >"$WORK/root/scripts/logger"
  chmod 755 "$WORK/root/scripts/logger"
  bash -c "${BASH_REMATCH[4]}" >"$WORK/mail" 2>&1
  [ ! -s "$WORK/mail" ] || fail "cron would send mail: $(cat "$WORK/mail")"
  expect_contains "$WORK/syslog" 'push-opencti'
  expect_lacks "$WORK/syslog" '"bundle"'
  expect_equal "$(control /ledger | jq '.acknowledged | length')" 7 "number of incidents that arrived"
}
case_ok "the line of cron imports the incidents and leaves its messages to the log" cron_line

package() {
  local build=${BUILD_DIR#"$ROOT"/} deb=$BUILD_DIR/deb
  make -s -C "$ROOT" BUILD="$build" deb >"$WORK/log" 2>&1 || fail "$(tail -n 40 "$WORK/log")"
  lintian --allow-root --fail-on error,warning "$deb"/*.deb "$deb"/*.changes >"$WORK/log" 2>&1 || fail "$(cat "$WORK/log")"
  dpkg-deb -x "$deb"/sentinel-incidents_*.deb "$WORK/installed"
  expect_contains "$WORK/installed/lib/systemd/system/sentinel-incidents.service" 'ExecStart=/usr/bin/sentinel-incidents'
  expect_equal "$(dpkg-deb -f "$deb"/sentinel-incidents_*.deb Version)" "$(map-stix --version | awk 'NR == 1 { print $2 }')" "version of the package"
  # The package has a changelog of its own, and the one for users beside it.
  expect_equal "$(zcat "$WORK/installed/usr/share/doc/sentinel-incidents/changelog.gz" | head -n 1)" "$(head -n 1 "$ROOT/scripts/debian/changelog")"
  expect_same "$WORK/installed/usr/share/doc/sentinel-incidents/CHANGELOG.md" "$ROOT/man/CHANGELOG.md"
  # It finds its parts where the package puts them.
  PATH=/usr/bin:/bin "$WORK/installed/usr/bin/sentinel-incidents" --version >"$WORK/version"
  expect_contains "$WORK/version" 'sentinel-incidents '
  "$WORK/installed/usr/bin/map-stix" --quiet "$ROOT/examples/incidents.ndjson" | cmp - <(map-stix --quiet "$ROOT/examples/incidents.ndjson")
}
if ! command -v dh lintian >/dev/null; then
  skip "the Debian package is built, lintian accepts it, and what it installs runs" "scripts/install-deps deb lint installs what it needs"
elif [ -n "${SANITIZE:-}" ] || [ "${BUILD_DIR#"$ROOT"/}" = "$BUILD_DIR" ]; then
  skip "the Debian package is built, lintian accepts it, and what it installs runs" "this build is not to be packaged"
else
  case_ok "the Debian package is built, lintian accepts it, and what it installs runs" package
fi

rpm_package() {
  local build=${BUILD_DIR#"$ROOT"/} rpm
  make -s -C "$ROOT" BUILD="$build" rpm >"$WORK/log" 2>&1 || fail "$(tail -n 40 "$WORK/log")"
  rpm=$(echo "$BUILD_DIR"/rpm/*/sentinel-incidents-*.rpm)
  rpmlint --config "$ROOT/scripts/rpm/rpmlint.toml" "$rpm" >"$WORK/log" 2>&1 || fail "$(cat "$WORK/log")"
  grep -q ' 0 errors, 0 warnings' "$WORK/log" || fail "$(cat "$WORK/log")"
  rpm -qp --requires "$rpm" >"$WORK/requires"
  expect_contains "$WORK/requires" 'libyaml-cpp.so'
  rpm --root "$WORK/rpm-root" --nodeps --noscripts --ignorearch -i "$rpm" >"$WORK/log" 2>&1 || fail "$(cat "$WORK/log")"
  expect_contains "$WORK/rpm-root/usr/lib/systemd/system/sentinel-incidents.service" 'ExecStart=/usr/bin/sentinel-incidents'
  PATH=/usr/bin:/bin "$WORK/rpm-root/usr/bin/sentinel-incidents" --version >"$WORK/version"
  expect_contains "$WORK/version" 'sentinel-incidents '
  "$WORK/rpm-root/usr/bin/map-stix" --quiet "$ROOT/examples/incidents.ndjson" | cmp - <(map-stix --quiet "$ROOT/examples/incidents.ndjson")
}
rpm_sentence="the RPM package is built, rpmlint accepts it, and what it installs runs"
if ! command -v rpmbuild rpmlint >/dev/null; then
  skip "$rpm_sentence" "scripts/install-deps rpm installs what it needs"
elif [ -n "${SANITIZE:-}" ] || [ "${BUILD_DIR#"$ROOT"/}" = "$BUILD_DIR" ]; then
  skip "$rpm_sentence" "this build is not to be packaged"
else
  case_ok "$rpm_sentence" rpm_package
fi

finish
