#!/usr/bin/env bash
# push-opencti over AMQP, against a real RabbitMQ that this script starts on loopback, with names, ports and files of its own.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"

server=/usr/lib/rabbitmq/bin/rabbitmq-server
if [ ! -x "$server" ] || ! command -v epmd >/dev/null; then
  skip "bundles reach a real RabbitMQ" "rabbitmq-server is not installed"
  finish
fi

broker=$WORK/broker
mkdir -p "$broker/home"
port=$(amqp-queue free-port)
dist_port=$(amqp-queue free-port)
epmd_port=$(amqp-queue free-port)

# Everything that RabbitMQ would otherwise share with the machine: home (cookie), names, ports, files, name service.
broker_environment=(
  HOME="$broker/home" RABBITMQ_NODENAME="test$$@localhost" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$port"
  RABBITMQ_DIST_PORT="$dist_port" ERL_EPMD_PORT="$epmd_port" ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_BASE="$broker"
  RABBITMQ_MNESIA_BASE="$broker/data" RABBITMQ_LOG_BASE="$broker/log" RABBITMQ_PID_FILE="$broker/pid"
  RABBITMQ_ENABLED_PLUGINS_FILE="$broker/plugins" RABBITMQ_CONFIG_FILE="$broker/rabbitmq" RABBITMQ_CONF_ENV_FILE="$broker/env"
  RABBITMQ_ADVANCED_CONFIG_FILE="$broker/advanced" RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
)
echo '[].' >"$broker/plugins"
: >"$broker/env"
# Small, so that a message over the limit is cheap to make; no memory or disk alarms on a busy machine.
printf '%s\n' 'max_message_size = 200000' 'vm_memory_high_watermark.absolute = 4GB' 'disk_free_limit.absolute = 1MB' >"$broker/rabbitmq.conf"

# A process group of its own: the server's script, its virtual machine and what that starts end together. Descriptor 9 is a
# case's way to its run: held open by the server, that run would never see the end of its input.
# It runs in its own folder, where it leaves its crash dumps.
start_broker() {
  env -C "$broker" "${broker_environment[@]}" setsid "$server" >>"$broker/out" 2>&1 3>&- 9>&- </dev/null &
  echo $! >"$broker/group"
  local tries=0
  until amqp-queue "$port" ping 2>/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ] || ! kill -0 "$(cat "$broker/group")" 2>/dev/null; then return 1; fi
    sleep 0.1
  done
}
# Also what a case started, so by its group and not as a child.
stop_broker() {
  [ -s "$broker/group" ] || return 0
  local group tries=0
  group=$(cat "$broker/group")
  rm "$broker/group"
  kill -TERM -- "-$group" 2>/dev/null || return 0
  while kill -0 -- "-$group" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 150 ] || kill -KILL -- "-$group" 2>/dev/null || true
    sleep 0.1
  done
}
end_broker() {
  local status=$?
  set +e
  stop_broker
  [ ! -s "$broker/epmd" ] || kill "$(cat "$broker/epmd")" 2>/dev/null
  (exit "$status")
  end_script
}
trap end_broker EXIT

# Its own name service first, so that none is left behind under another's roof.
env HOME="$broker/home" ERL_EPMD_ADDRESS=127.0.0.1 epmd -port "$epmd_port" </dev/null >/dev/null 2>&1 3>&- &
echo $! >"$broker/epmd"
if ! start_broker; then
  skip "bundles reach a real RabbitMQ" "rabbitmq-server does not start here: $(tail -n 3 "$broker/out" | tr '\n' ' ')"
  finish
fi

# The hook declares what OpenCTI declares whenever a connector registers or pings.
printf '#!/bin/sh\nexec "%s/tests/amqp-queue" %s declare "$1"\n' "$BUILD_DIR" "$port" >"$broker/hook"
chmod +x "$broker/hook"
start_amqp() {
  start --broker-port "$port" --broker-hook "$broker/hook" "$@"
  export CONNECTOR_QUEUE_PROTOCOL=amqp
  amqp-queue "$port" delete "$CONNECTOR_ID"
}
drain() { amqp-queue "$port" drain "$CONNECTOR_ID" >>"$WORK/messages"; }
# The objects in the messages, without the splitter's mark.
message_objects() { jq -c '.content | @base64d | fromjson | .objects[] | del(.nb_deps)' "$WORK/messages" | LC_ALL=C sort -u; }
input_objects() { jq -c '.objects[]' "$1" | LC_ALL=C sort -u; }

equal_input() {
  start_amqp --platform-version "$1"
  save_state
  bundles 1 20 >"$WORK/input"
  push "$WORK/input"
  drain
  expect_equal "$(receipts_of | wc -w)" 20
  expect_lines "$WORK/messages" 80
  expect_same <(message_objects) <(input_objects "$WORK/input")
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 20)"
  # In each bundle what is referred to comes first.
  jq -r '.content | @base64d | fromjson | .objects[0] | select(.id | test("00000007")) | .type' "$WORK/messages" >"$WORK/order"
  expect_equal "$(tr '\n' ' ' <"$WORK/order")" "ipv4-addr case-incident "
  # Announced before published, so the work is complete exactly when the worker has taken the last.
  expect_equal "$(control "/state?connector=$CONNECTOR_ID" | jq '.works[0].tracking.import_expected_number')" 80
  while IFS= read -r message; do control "/message?connector=$CONNECTOR_ID" "$message" >/dev/null; done <"$WORK/messages"
  post "/worker?messages=all"
  expect_equal "$(control "/state?connector=$CONNECTOR_ID" | jq -c '.works[0] | [.status, .tracking.import_processed_number]')" '["complete",80]'
  expect_equal "$(control /ledger | jq -c '[.lost_messages, (.ingested | length)]')" '[0,20]'
}
for version in 6.4.5 6.8.10 6.9.17 7.260318.0 7.260817.0; do
  case_ok "at $version the messages in the queue hold the input's objects, and the work ends when they are imported" equal_input "$version"
done

message_form() {
  start_amqp --platform-version "$1"
  bundles 1 1 | push-opencti >"$WORK/receipts" 2>"$WORK/log"
  drain
  head -n 1 "$WORK/messages" | jq -c 'keys' >"$WORK/keys"
  expect_equal "$(cat "$WORK/keys")" "$2"
  expect_equal "$(jq -s 'map(.action_sequence) | . == [1, 2, 3, 4]' "$WORK/messages")" true
  expect_equal "$(jq -r '.work_id' "$WORK/messages" | sort -u)" "$(jq -r .work_id "$WORK/receipts")"
}
case_ok "a message has the members that the worker of 6.4 reads" message_form 6.4.5 \
  '["action_sequence","applicant_id","bundle_type","content","draft_id","entities_types","update","work_id"]'
case_ok "a message has the members that later workers read" message_form 6.9.17 \
  '["action_sequence","applicant_id","bundle_type","content","draft_id","entities_types","no_split","update","work_id"]'

start_push() {
  mkfifo "$WORK/pipe"
  push-opencti --advance-from "$WORK/state" <"$WORK/pipe" >"$WORK/receipts" 2>"$WORK/log" &
  push_pid=$!
  exec 9>"$WORK/pipe"
}

broker_restarts() {
  start_amqp
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT2M
  save_state
  start_push
  bundles 1 50 | tee "$WORK/input" >&9
  wait_until 60 grep -q '"50"' "$WORK/receipts"
  stop_broker
  bundles 51 100 | tee -a "$WORK/input" >&9
  wait_until 60 grep -q 'RabbitMQ' "$WORK/log"
  expect_lines "$WORK/receipts" 50
  start_broker
  exec 9>&-
  expect_status 0 wait "$push_pid"
  drain
  expect_equal "$(receipts_of | wc -w)" 100
  expect_same <(message_objects) <(input_objects "$WORK/input")
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 100)"
}

queue_deleted() {
  start_amqp
  save_state
  start_push
  bundles 1 50 | tee "$WORK/input" >&9
  wait_until 60 grep -q '"50"' "$WORK/receipts"
  drain
  amqp-queue "$port" delete "$CONNECTOR_ID"
  bundles 51 100 | tee -a "$WORK/input" >&9
  exec 9>&-
  expect_status 0 wait "$push_pid"
  drain
  expect_contains "$WORK/log" "returned a message"
  expect_same <(message_objects) <(input_objects "$WORK/input")
  expect_equal "$(receipts_of | wc -w)" 100
}
case_ok "a queue deleted in mid-run comes back by registering, and nothing is lost" queue_deleted

never_confirmed() {
  start_amqp
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT2S
  save_state
  MQ_PORT=$(amqp-queue free-port) expect_status 69 push < <(bundles 1 3)
  expect_lines "$WORK/receipts" 0
  expect_equal "$(state)" '{}'
}
case_ok "without a broker the run ends with 69, and nothing is claimed that was not confirmed" never_confirmed

wrong_password() {
  start_amqp
  save_state
  MQ_PASS=wrong-password-9 expect_status 77 push < <(bundles 1 3)
  expect_lacks "$WORK/log" wrong-password-9
  expect_lines "$WORK/receipts" 0
}
case_ok "a wrong password for RabbitMQ ends the run with 77, and is not told" wrong_password

too_large() {
  start_amqp
  save_state
  bundles 1 2 | jq -c 'if .id | test("00000001") then .objects[2].x_note = ("x" * 300000) else . end' >"$WORK/input"
  expect_status 65 push --rejects "$WORK/rejects" "$WORK/input"
  expect_equal "$(receipts_of)" "2 "
  expect_same "$WORK/rejects" <(head -n 1 "$WORK/input")
  expect_contains "$WORK/log" "ipv4-addr--00000001"
}
case_ok "an object larger than RabbitMQ takes is rejected visibly, and the rest is published" too_large

draft() {
  start_amqp --platform-version 6.9.17
  export CONNECTOR_VALIDATE_BEFORE_IMPORT=true
  bundles 1 1 | push-opencti >"$WORK/receipts" 2>"$WORK/log"
  drain
  id=$(jq -r .draft_id "$WORK/messages" | sort -u)
  case $id in ????????-*) ;; *) fail "no draft: $id" ;; esac
  expect_equal "$(control "/state?connector=$CONNECTOR_ID" | jq -r '.works[0].draft_context')" "$id"
  CONNECTOR_QUEUE_PROTOCOL=api expect_status 78 push-opencti </dev/null 2>"$WORK/log"
  expect_contains "$WORK/log" CONNECTOR_VALIDATE_BEFORE_IMPORT
}
case_ok "with CONNECTOR_VALIDATE_BEFORE_IMPORT messages name a draft, and the API refuses the setting" draft

stopped() {
  start_amqp
  save_state
  start_push
  bundles 1 10 >&9
  wait_until 60 grep -q '"10"' "$WORK/receipts"
  kill -TERM "$push_pid"
  expect_status 143 wait "$push_pid"
  exec 9>&-
  expect_equal "$(state | jq -r .last_incident_update)" "$(updated 10)"
}
case_ok "SIGTERM ends a run over AMQP with its state stored" stopped

case_ok "a broker stopped and started in mid-run loses nothing, and nothing is claimed meanwhile" broker_restarts

finish
