#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scripts/release in a copy of the repository: what it writes, and what it refuses.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

export GIT_AUTHOR_NAME=Tester GIT_AUTHOR_EMAIL=tester@example.org GIT_COMMITTER_NAME=Tester GIT_COMMITTER_EMAIL=tester@example.org
# copy_of_repository FOLDER  the tracked files as they are now, as one commit.
copy_of_repository() {
  mkdir "$1"
  (cd "$ROOT" && git ls-files -z | xargs -0 cp -P --parents -t "$1")
  cd "$1"
  git init -q
  git add -A
  git commit -qm "copy"
}

prepares() {
  copy_of_repository "$WORK/release"
  scripts/release --prepare 91.2.3
  expect_equal "$(sed -n 's/^VERSION := //p' Makefile)" 91.2.3 "the version in the Makefile"
  grep -qE '^## \[91\.2\.3\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$' man/CHANGELOG.md || fail "the changelog has no heading of the version"
  expect_equal "$(head -n 1 scripts/debian/changelog)" "sentinel-incidents (91.2.3) unstable; urgency=medium" "the version of the Debian package"
  expect_equal "$(git ls-files -m | sort | tr '\n' ' ')" "Makefile man/CHANGELOG.md scripts/debian/changelog " "the changed files"
}
case_ok "a release writes its version into the Makefile and both changelogs, and nothing else" prepares

refuses() {
  copy_of_repository "$WORK/refused"
  expect_status 1 scripts/release --prepare 1.2 2>"$WORK/log"
  expect_contains "$WORK/log" "three numbers"
  git tag v1.2.3
  expect_status 1 scripts/release --prepare 1.2.3 2>"$WORK/log"
  expect_contains "$WORK/log" "there is a tag"
  echo >>README.md
  expect_status 1 scripts/release --prepare 1.2.4 2>"$WORK/log"
  expect_contains "$WORK/log" "git status"
}
case_ok "a release refuses an odd version, a version that exists, and files that are not committed" refuses

finish
