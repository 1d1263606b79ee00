#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Connections and TLS sessions are used again: a handshake for every request would cost more than the request.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"

certificate=$WORK/server.pem
key=$WORK/server.key
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=stand-in -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$key" -out "$certificate" 2>/dev/null
export HTTPS_CA_CERTIFICATES=$certificate

# begin [STAND-IN OPTION…]  300 incidents, which is six pages.
begin() {
  own_folder
  jq -nc 'range(300) | {id: "\(.)", lastUpdateDateTime: (1767225600 + . | todate), alerts: []}' >"$WORK/incidents"
  start_stand_in --incidents "$WORK/incidents" "$@"
  use_stand_in
}
begin_tls() { begin --tls-certificate "$certificate" --tls-key "$key"; }
fetch() {
  fetch-token >"$WORK/token"
  fetch-incidents <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 300
}
# seen SERVICE  its requests in order.
seen() { jq -c --arg service "$1" 'select(.service == $service)' "$STAND_IN_RECORD/requests.ndjson"; }
connections() { seen "$1" | jq .connection | sort -u | wc -l; }
# The kinds of handshake, one a connection, in the order of first use.
handshakes() { seen "$1" | jq -r '"\(.connection) \(.tls)"' | awk '!seen[$1]++ { print $2 }' | paste -sd ' '; }

one_for_all_pages() {
  begin
  fetch
  [ "$(seen graph | wc -l)" -ge 6 ] || fail "there were fewer than six pages"
  expect_equal "$(connections graph)" 1
}
case_ok "all pages of a run come over one connection" one_for_all_pages

one_handshake() {
  begin_tls
  fetch
  [ "$(seen graph | wc -l)" -ge 6 ] || fail "there were fewer than six pages"
  expect_equal "$(handshakes graph)" new
}
case_ok "over TLS all pages of a run cost one handshake" one_handshake

# Closed as TLS demands: a session whose stream ends without a word is not one to trust, and whether OpenSSL has seen that in time
# is chance.
resumed() {
  begin_tls
  control /fault '{"service": "graph", "skip": 1, "headers": {"Connection": "close"}, "times": 2}' >/dev/null
  fetch
  expect_equal "$(handshakes graph)" 'new resumed resumed'
}
case_ok "where Graph has closed the connection the TLS session is taken up again" resumed

retried() {
  begin
  control /fault '{"service": "graph", "skip": 1, "status": 500, "headers": {"Retry-After": "0"}, "times": 2}' >/dev/null
  fetch
  expect_equal "$(connections graph)" 1
}
case_ok "a retry goes over the same connection" retried

away_from_the_busy() {
  begin
  control /fault '{"service": "graph", "skip": 1, "status": 503, "headers": {"Retry-After": "0"}}' >/dev/null
  fetch
  expect_equal "$(connections graph)" 2
}
case_ok "after a 503 a new connection is made, since the old one may lead to the same busy machine" away_from_the_busy

singly() {
  begin
  control /graph '{"expand_limit": 0}' >/dev/null
  fetch
  [ "$(seen graph | wc -l)" -ge 300 ] || fail "they were not asked for one by one"
  expect_equal "$(connections graph)" 1
}
case_ok "incidents that are asked for one by one share a connection" singly

tokens() {
  begin --expires-in 2
  { fetch-token --follow 2>"$WORK/log" || true; } | head -n 3 >"$WORK/out"
  expect_lines "$WORK/out" 3
  expect_equal "$(connections login)" 1
}
case_ok "fetch-token --follow asks for all its tokens over one connection" tokens

# Four at most push at a time; one connection more asks and answers, one keeps the heartbeat.
pushed() {
  begin --proxy-limit 20000
  bundles 1 200 | push-opencti >"$WORK/receipts" 2>"$WORK/log"
  expect_lines "$WORK/receipts" 200
  [ "$(seen opencti | wc -l)" -gt 20 ] || fail "there were too few requests to tell"
  [ "$(connections opencti)" -le 6 ] || fail "$(connections opencti) connections for $(seen opencti | wc -l) requests"
}
case_ok "push-opencti makes six connections at most, however many requests it sends" pushed

# A server of those that stand in front of the real services, which speaks HTTP/2 and ends a connection after so many requests.
start_nginx() {
  port=$(amqp-queue free-port)
  mkdir -p "$WORK/nginx"
  cat >"$WORK/nginx.conf" <<END
daemon off;
master_process off;
pid $WORK/nginx/pid;
error_log $WORK/nginx/error.log;
events {}
http {
  log_format connections '\$connection \$server_protocol \$status';
  access_log $WORK/nginx/access.log connections;
  client_body_temp_path $WORK/nginx/body;
  proxy_temp_path $WORK/nginx/proxy;
  fastcgi_temp_path $WORK/nginx/fastcgi;
  uwsgi_temp_path $WORK/nginx/uwsgi;
  scgi_temp_path $WORK/nginx/scgi;
  server {
    listen 127.0.0.1:$port ssl http2;
    ssl_certificate $certificate;
    ssl_certificate_key $key;
    ssl_protocols TLSv1.2 TLSv1.3;
    keepalive_requests $1;
    location / {
      proxy_pass $STAND_IN_GRAPH_URL;
      proxy_set_header Host \$http_host;
    }
  }
}
END
  nginx -c "$WORK/nginx.conf" -p "$WORK/nginx" >"$WORK/nginx/out" 2>&1 3>&- </dev/null &
  # shellcheck disable=SC2031
  stand_in_pids+=("$!")  # ended with the case
  wait_until 20 curl --noproxy '*' -sk -o "$WORK/nginx/first" "https://127.0.0.1:$port/"
}

# through_nginx REQUESTS  a connection is used for so many requests, and no fewer.
through_nginx() {
  begin
  fetch-token >"$WORK/token"
  start_nginx "$1"
  SENTINEL_INCIDENTS_API_BASE_URL=https://127.0.0.1:$port fetch-incidents <"$WORK/token" >"$WORK/out" 2>"$WORK/log"
  expect_lines "$WORK/out" 300
  # nginx writes its line once the answer has gone, which may be after the client has seen its end.
  wait_until 20 sh -c "[ \"\$(grep -c ' 200\$' '$WORK/nginx/access.log')\" -eq $(seen graph | jq 'select(.status == 200)' -c | wc -l) ]"
  grep ' 200$' "$WORK/nginx/access.log" >"$WORK/served"
  [ "$(wc -l <"$WORK/served")" -ge 6 ] || fail "there were fewer than six pages"
  expect_equal "$(cut -d ' ' -f 2 "$WORK/served" | sort -u)" HTTP/2.0 "protocol"
  expect_equal "$(cut -d ' ' -f 1 "$WORK/served" | sort -u | wc -l)" $((($(wc -l <"$WORK/served") + $1 - 1) / $1)) "connections"
}
sentences=("before nginx all pages of a run come by HTTP/2 over one connection"
  "where nginx ends a connection after two requests the run goes on over another")
if type -P nginx >/dev/null; then
  case_ok "${sentences[0]}" through_nginx 1000
  case_ok "${sentences[1]}" through_nginx 2
else
  for sentence in "${sentences[@]}"; do skip "$sentence" "nginx is not installed: scripts/install-deps proxy"; done
fi

finish
