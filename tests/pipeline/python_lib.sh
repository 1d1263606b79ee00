# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Python packages for the tests that need them: a script sources this after lib.sh.

# python_with NAME PACKAGE…  sets PYTHON to a Python that has these packages from PyPI, in a virtual environment of that name which later
# runs use again. Fails, with the reason on standard output, where they cannot be had.
python_with() {
  local folder=$BUILD_DIR/python/$1 packages=("${@:2}")
  PYTHON=$folder/bin/python
  if [ "$(cat "$folder/packages" 2>/dev/null)" = "${packages[*]}" ]; then return; fi
  command -v python3 >/dev/null || { echo "python3 is missing: scripts/install-deps check" && return 1; }
  rm -rf "$folder"
  mkdir -p "${folder%/*}"
  if python3 -m venv "$folder" >"$WORK/venv.log" 2>&1 && "$folder/bin/pip" install -q --disable-pip-version-check "${packages[@]}" >>"$WORK/venv.log" 2>&1; then
    echo "${packages[*]}" >"$folder/packages"
  else
    echo "cannot be installed from PyPI: ${packages[*]}"
    return 1
  fi
}

# skip_all REASON SENTENCE…  skips every case of the script and ends it.
skip_all() {
  local reason=$1 sentence
  shift
  for sentence in "$@"; do skip "$sentence" "$reason"; done
  finish
  exit
}
