#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# push-opencti to RabbitMQ over TLS, whose certificate comes from an authority that this script makes: verified unless the
# settings say otherwise. RabbitMQ asks for a certificate as well.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"
# shellcheck source=certificate_lib.sh
. "$(dirname "$0")/certificate_lib.sh"

certificates=$WORK/certificates
mkdir "$certificates"
certificate authority "" 'basicConstraints=critical,CA:TRUE'
certificate stranger "" 'basicConstraints=critical,CA:TRUE'
certificate broker authority 'subjectAltName=DNS:localhost,IP:127.0.0.1'
certificate client authority 'extendedKeyUsage=clientAuth' -passout pass:client-key-passphrase
certificate uninvited stranger 'extendedKeyUsage=clientAuth'

tls_port=$(amqp-queue free-port)
broker_settings() {
  printf '%s\n' "listeners.ssl.1 = 127.0.0.1:$tls_port" "listeners.ssl.2 = 127.0.0.2:$tls_port" \
    "ssl_options.cacertfile = $certificates/authority.pem" \
    "ssl_options.certfile = $certificates/broker.pem" "ssl_options.keyfile = $certificates/broker.key" \
    'ssl_options.verify = verify_peer' 'ssl_options.fail_if_no_peer_cert = true' >>"$1"
}
# shellcheck source=broker_lib.sh
. "$(dirname "$0")/broker_lib.sh"

# What the platform says of RabbitMQ, and the client's certificate; the authority is each case's own matter.
start_tls() {
  start_amqp --broker-tls --broker-host localhost --broker-port "$tls_port"
  export MQ_USE_SSL_CERT=$certificates/client.pem MQ_USE_SSL_KEY=$certificates/client.key
  export MQ_USE_SSL_PASSPHRASE=client-key-passphrase SENTINEL_INCIDENTS_RETRY_BUDGET=PT5S
  save_state
}

arrives() {
  start_tls
  bundles 1 5 >"$WORK/input"
  env "$@" push-opencti --advance-from "$WORK/state" "$WORK/input" >"$WORK/receipts" 2>"$WORK/log"
  drain
  expect_equal "$(receipts_of)" "1 2 3 4 5 "
  expect_same <(message_objects) <(input_objects "$WORK/input")
  expect_lacks "$WORK/log" client-key-passphrase
}
case_ok "over TLS bundles arrive when MQ_USE_SSL_CA names the authority's file" arrives MQ_USE_SSL_CA="$certificates/authority.pem"
case_ok "the authority, the certificate and its key may also be given as PEM text" arrives \
  MQ_USE_SSL_CA="$(cat "$certificates/authority.pem")" MQ_USE_SSL_CERT="$(cat "$certificates/client.pem")" \
  MQ_USE_SSL_KEY="$(cat "$certificates/client.key")"
case_ok "a certificate may name its host by address" arrives MQ_USE_SSL_CA="$certificates/authority.pem" MQ_HOST=127.0.0.1
case_ok "MQ_USE_SSL_REJECT_UNAUTHORIZED=false takes any certificate" arrives MQ_USE_SSL_REJECT_UNAUTHORIZED=false

# refused STATUS TEXT VARIABLE=VALUE…  the run ends with that status and text, and nothing is claimed.
refused() {
  start_tls
  local status=$1 text=$2
  shift 2
  bundles 1 3 >"$WORK/input"
  expect_status "$status" env "$@" push-opencti --advance-from "$WORK/state" "$WORK/input" >"$WORK/receipts" 2>"$WORK/log"
  expect_contains "$WORK/log" "$text"
  expect_lines "$WORK/receipts" 0
  expect_equal "$(state)" '{}'
  drain
  expect_lines "$WORK/messages" 0
  for secret in client-key-passphrase another-passphrase-7; do expect_lacks "$WORK/log" "$secret"; done
}
authority=MQ_USE_SSL_CA=$certificates/authority.pem
case_ok "an authority that nobody named is not trusted" refused 69 'MQ_USE_SSL_CA' MQ_USE_SSL_CA=
case_ok "another authority's word does not count" refused 69 'MQ_USE_SSL_CA' MQ_USE_SSL_CA="$certificates/stranger.pem"
case_ok "a certificate for another host is not accepted" refused 69 'for that host' "$authority" MQ_HOST=127.0.0.2
case_ok "a RabbitMQ that does not speak TLS is not spoken to without" refused 69 'RabbitMQ' "$authority" MQ_PORT="$port"
case_ok "RabbitMQ refuses a client without a certificate, and the run ends" refused 69 'RabbitMQ' "$authority" MQ_USE_SSL_CERT=
case_ok "RabbitMQ refuses a client's certificate from another authority, and the run ends" refused 69 'RabbitMQ' "$authority" \
  MQ_USE_SSL_CERT="$certificates/uninvited.pem" MQ_USE_SSL_KEY="$certificates/uninvited.key"
case_ok "a wrong passphrase is named by its setting, and not told" refused 78 'MQ_USE_SSL_PASSPHRASE' "$authority" \
  MQ_USE_SSL_PASSPHRASE=another-passphrase-7
case_ok "a file that is not there is named by its setting" refused 78 'MQ_USE_SSL_CERT' "$authority" MQ_USE_SSL_CERT=/nonexistent/client.pem

finish
