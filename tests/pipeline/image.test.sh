#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# examples/docker/Dockerfile, built by a real builder (buildah, which needs no daemon) on a Debian base made here, and run as Docker
# would run it: its user, a read-only root file system, no capabilities.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=root_lib.sh
. "$(dirname "$0")/root_lib.sh"

sentences=("the image is built as README.md says" "the image adds at most 40 MB to its base" "the image's user runs the chain on a read-only root"
  "the image is healthy while the platform answers, and not without")
reason=$(can_make_roots) || { for sentence in "${sentences[@]}"; do skip "$sentence" "$reason"; done && finish && exit; }
command -v buildah >/dev/null || {
  for sentence in "${sentences[@]}"; do skip "$sentence" "scripts/install-deps image installs what it needs"; done
  finish
  exit
}

# Images and containers of this test only. vfs needs no kernel support.
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot BUILDAH_FORMAT=docker
buildah_here() { buildah --root "$WORK/images" --runroot "$WORK/containers" "$@"; }

build_image() {
  local container
  make_base bookworm "$WORK/base.tar"
  container=$(buildah_here from scratch)
  buildah_here add "$container" "$WORK/base.tar" / >/dev/null
  buildah_here config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah_here commit -q "$container" docker.io/library/debian:bookworm-slim
  buildah_here rm "$container" >/dev/null
  # The builder sees the tracked files alone, as in a fresh clone.
  mkdir "$WORK/source"
  (cd "$ROOT" && git ls-files -z | xargs -0 cp -P --parents -t "$WORK/source")
  buildah_here build --pull-never --ignorefile "$WORK/source/examples/docker/Dockerfile.dockerignore" -t sentinel-incidents \
    -f "$WORK/source/examples/docker/Dockerfile" "$WORK/source" >"$WORK/log" 2>&1 || fail "$(tail -n 40 "$WORK/log")"
}
case_ok "${sentences[0]}" build_image

container=$(buildah_here from --pull-never localhost/sentinel-incidents)
root=$(buildah_here mount "$container")
export root

added_size() {
  local base grown
  base=$(buildah_here from --pull-never docker.io/library/debian:bookworm-slim)
  grown=$(($(size_of "$root") - $(size_of "$(buildah_here mount "$base")")))
  [ "$grown" -lt 40000000 ] || fail "it adds $grown bytes"
}
size_of() { du -s --block-size=1 --apparent-size -- "$1" | cut -f1; }
case_ok "${sentences[1]}" added_size

# in_container COMMAND…  as the image's user, with nothing to write to but the volume and /tmp, with no capabilities.
in_container() {
  local environment=() name
  for name in $(compgen -e | grep -E '^(OPENCTI|CONNECTOR|SENTINEL_INCIDENTS)_' | grep -vx SENTINEL_INCIDENTS_STATE_DIR); do environment+=("$name=${!name}"); done
  # shellcheck disable=SC2016  # for the inner shell
  unshare --mount --pid --fork sh -euc 'root=$1; shift
    mount --bind "$root" "$root"; mount --bind "$root/var/lib/sentinel-incidents" "$root/var/lib/sentinel-incidents"
    mount -o remount,bind,ro "$root"; mount -t tmpfs tmpfs "$root/tmp"; mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"
    exec chroot "$root" setpriv --reuid 10001 --regid 10001 --clear-groups --bounding-set=-all --no-new-privs \
      env -i PATH=/usr/bin:/bin SENTINEL_INCIDENTS_STATE_DIR=/var/lib/sentinel-incidents "$@"' - "$root" "${environment[@]}" "$@"
}
image_value() { buildah_here inspect --type image --format "$1" localhost/sentinel-incidents; }

runs() {
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson"
  use_stand_in
  expect_equal "$(image_value '{{.OCIv1.Config.User}}')" 10001:10001 "the image's user"
  expect_equal "$(image_value '{{.OCIv1.Config.Entrypoint}}')" '[/usr/bin/sentinel-incidents]' "the entry point"
  if in_container sh -c ': >/usr/written' 2>/dev/null; then fail "the root file system can be written"; fi
  in_container /usr/bin/sentinel-incidents --once >"$WORK/receipts" 2>"$WORK/log" || fail "$(cat "$WORK/log")"
  expect_equal "$(control /ledger | jq '.acknowledged | length')" 7 "number of incidents that arrived"
}
case_ok "${sentences[2]}" runs

health() {
  start_stand_in --incidents "$ROOT/examples/incidents.ndjson"
  use_stand_in
  expect_equal "$(image_value '{{index .Docker.Config.Healthcheck.Test 1}}')" /usr/libexec/sentinel-incidents/healthcheck "the health check"
  in_container /usr/libexec/sentinel-incidents/healthcheck
  control /fault '{"service":"opencti","status":401,"times":0}' >/dev/null
  if in_container /usr/libexec/sentinel-incidents/healthcheck 2>/dev/null; then fail "healthy without a platform"; fi
}
case_ok "${sentences[3]}" health

buildah_here umount --all >/dev/null
buildah_here rm --all >/dev/null
finish
