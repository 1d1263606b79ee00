#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The manifests of examples/kubernetes/ against the schemas of Kubernetes itself (kubernetes-validate from PyPI ships them).
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=python_lib.sh
. "$(dirname "$0")/python_lib.sh"

valid="Kubernetes takes the manifests, and refuses a misspelt one"
python_with kubernetes kubernetes-validate >"$WORK/reason" || skip_all "$(cat "$WORK/reason")" "$valid"

validate() { "$PYTHON" -m kubernetes_validate --strict "$@"; }
manifests_are_valid() {
  local file count=0
  for file in "$ROOT"/examples/kubernetes/*.yaml; do
    validate "$file" >"$WORK/log" 2>&1 || fail "$file: $(cat "$WORK/log")"
    count=$((count + 1))
  done
  [ "$count" -ge 3 ] || fail "only $count manifests were found"
  sed 's/runAsNonRoot/runAsNonRoto/' "$ROOT/examples/kubernetes/deployment.yaml" >"$WORK/misspelt.yaml"
  ! validate "$WORK/misspelt.yaml" >"$WORK/log" 2>&1 || fail "a misspelt member was not refused"
}
case_ok "$valid" manifests_are_valid

# The settings of the ConfigMap and the secrets are all that the chain needs, and a sample that is not edited is refused.
settings_suffice() {
  "$PYTHON" - "$ROOT/examples/kubernetes/settings.yaml" >"$WORK/settings" <<'PYTHON'
import sys, yaml
for part in yaml.safe_load_all(open(sys.argv[1])):
    if part["kind"] == "ConfigMap":
        for name, value in part["data"].items():
            print(f"{name}={value}")
PYTHON
  local name value
  while IFS='=' read -r name value; do export "$name=$value"; done <"$WORK/settings"
  echo secret >"$WORK/secret"
  export OPENCTI_TOKEN_FILE=$WORK/secret SENTINEL_INCIDENTS_CLIENT_SECRET_FILE=$WORK/secret
  expect_status 78 sentinel-incidents --check-settings 2>"$WORK/log"
  expect_contains "$WORK/log" CONNECTOR_ID
  CONNECTOR_ID=0c6a1f5e-6f5b-4b8e-9d70-3f1f2a5c8e11 sentinel-incidents --check-settings 2>"$WORK/log" || fail "$(cat "$WORK/log")"
}
use_chain
case_ok "the settings of the ConfigMap and the secrets are all that the chain needs" settings_suffice

# What the containers are given exists in the image.
files_exist() {
  local path
  while IFS= read -r path; do
    grep -q "$path" "$ROOT/examples/docker/Dockerfile" || fail "the manifests use $path, which the image does not have"
  done < <(grep -rhoE '/usr/libexec/[a-z/-]+|/var/lib/[a-z-]+' "$ROOT/examples/kubernetes" | sort -u)
}
case_ok "the manifests use files and folders of the image" files_exist

finish
