# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Certificates for tests: a script sources this after lib.sh.

# certificate NAME CA EXTENSIONS [KEY-OPTION…]  a key and a certificate, $certificates/NAME.key and .pem, from that authority, or
# its own where CA is empty. Sets $certificates to a folder of the script, or of the case, where it is not set.
certificate() {
  local name=$1 ca=$2 extensions=$3
  shift 3
  [ $# -gt 0 ] || set -- -nodes
  : "${certificates:=$WORK}"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "$@" -keyout "$certificates/$name.key" -subj "/CN=$name" \
    -out "$certificates/$name.request" 2>/dev/null
  local signer=(-signkey "$certificates/$name.key")
  if [ -n "$ca" ]; then signer=(-CA "$certificates/$ca.pem" -CAkey "$certificates/$ca.key" -CAcreateserial); fi
  openssl x509 -req -in "$certificates/$name.request" "${signer[@]}" -days 2 -extfile <(printf '%s\n' "$extensions") \
    -out "$certificates/$name.pem" 2>/dev/null
}

# An authority of the test's own: $certificates/ca.pem.
authority() { certificate ca "" 'basicConstraints=critical,CA:TRUE'; }
