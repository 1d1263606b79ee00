# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Bare Debian systems for the tests of packages and images: a script sources this after lib.sh. Needs root, mmdebstrap and Debian's
# packages (scripts/install-deps image).

# can_make_roots  whether bare systems can be made here; else says why not.
can_make_roots() {
  if [ "$(id -u)" -ne 0 ]; then
    echo "needs root"
  elif ! command -v mmdebstrap >/dev/null; then
    echo "scripts/install-deps image installs what it needs"
  elif [ -n "${SANITIZE:-}" ]; then
    echo "an instrumented build is not packaged"
  elif ! grep -qsr '^URIs:\|^deb ' /etc/apt/sources.list /etc/apt/sources.list.d; then
    echo "no source of Debian's packages is set up"
  else
    return 0
  fi
  return 1
}

# sources_for SUITE  this machine's sources of packages, for that suite.
sources_for() {
  local from=$VERSION_CODENAME
  sed -e "s/\b$from\b/$1/g" /etc/apt/sources.list.d/debian.sources 2>/dev/null || sed -e "s/\b$from\b/$1/g" /etc/apt/sources.list
}
# shellcheck source=/dev/null
. /etc/os-release

# make_base SUITE ARCHIVE [PACKAGE…]  a minimal system with these packages, as a tar archive that finds packages as this machine does.
make_base() {
  local suite=$1 archive=$2 package packages=()
  shift 2
  for package in "$@"; do packages+=(--include="$package"); done
  sources_for "$suite" >"$WORK/$suite.sources"
  # shellcheck disable=SC2016  # $1 is the new system, for the hook's own shell
  mmdebstrap --quiet --mode=root --variant=minbase "${packages[@]}" \
    --customize-hook='cp -n /etc/apt/apt.conf.d/* "$1/etc/apt/apt.conf.d/"; cp /etc/resolv.conf "$1/etc/" || true' \
    "$suite" "$archive" "$WORK/$suite.sources"
}

# unpack_base ARCHIVE FOLDER
unpack_base() {
  mkdir -p "$2"
  tar -C "$2" --exclude='./dev/*' -xf "$1"
}

# in_root FOLDER COMMAND…  in that system, with this machine's network and devices, in mount and process namespaces of its own.
in_root() {
  local root=$1
  shift
  # shellcheck disable=SC2016  # for the inner shell
  unshare --mount --pid --fork sh -euc 'root=$1; shift; mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"
    exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
      DEBIAN_FRONTEND=noninteractive "$@"' - "$root" "$@"
}
