# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A RabbitMQ on loopback with names, ports and files of its own, for the tests that source this after lib.sh and push_lib.sh. It
# ends with the script. Where none is installed the script ends here, with a skipped case.
#
# broker_settings FILE, a function where the sourcing script has one, adds to the configuration.

server=/usr/lib/rabbitmq/bin/rabbitmq-server
if [ ! -x "$server" ] || ! command -v epmd >/dev/null; then
  skip "what needs a real RabbitMQ" "rabbitmq-server is not installed"
  finish
fi

broker=$WORK/broker
mkdir -p "$broker/home"
# Everything that RabbitMQ would otherwise share with the machine: home (cookie), names, ports, files, name service.
name_broker() {
  port=$(amqp-queue free-port)
  dist_port=$(amqp-queue free-port)
  epmd_port=$(amqp-queue free-port)
  broker_environment=(
    HOME="$broker/home" RABBITMQ_NODENAME="test$$@localhost" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$port"
    RABBITMQ_DIST_PORT="$dist_port" ERL_EPMD_PORT="$epmd_port" ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_BASE="$broker"
    RABBITMQ_MNESIA_BASE="$broker/data" RABBITMQ_LOG_BASE="$broker/log" RABBITMQ_PID_FILE="$broker/pid"
    RABBITMQ_ENABLED_PLUGINS_FILE="$broker/plugins" RABBITMQ_CONFIG_FILE="$broker/rabbitmq" RABBITMQ_CONF_ENV_FILE="$broker/env"
    RABBITMQ_ADVANCED_CONFIG_FILE="$broker/advanced" RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
  )
}
echo '[].' >"$broker/plugins"
: >"$broker/env"
# Small, so that a message over the limit is cheap to make; no memory or disk alarms on a busy machine.
printf '%s\n' 'max_message_size = 200000' 'vm_memory_high_watermark.absolute = 4GB' 'disk_free_limit.absolute = 1MB' >"$broker/rabbitmq.conf"
if declare -F broker_settings >/dev/null; then broker_settings "$broker/rabbitmq.conf"; fi

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
stop_names() { [ ! -s "$broker/epmd" ] || kill "$(cat "$broker/epmd")" 2>/dev/null || true; }
end_broker() {
  local status=$?
  set +e
  stop_broker
  stop_names
  (exit "$status")
  end_script
}
trap end_broker EXIT

# Its own name service first, so that none is left behind under another's roof.
first_start() {
  name_broker
  env HOME="$broker/home" ERL_EPMD_ADDRESS=127.0.0.1 epmd -port "$epmd_port" </dev/null >/dev/null 2>&1 3>&- &
  echo $! >"$broker/epmd"
  start_broker && return
  stop_broker
  stop_names
  return 1
}
# Between the choice of a free port and its use another may take it.
if ! { first_start || first_start || first_start; }; then
  case_ok "RabbitMQ starts" fail "rabbitmq-server does not start: $(tail -n 3 "$broker/out" | tr '\n' ' ')"
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

# start_push  a run whose input is descriptor 9; its process is $push_pid.
start_push() {
  mkfifo "$WORK/pipe"
  push-opencti --advance-from "$WORK/state" <"$WORK/pipe" >"$WORK/receipts" 2>"$WORK/log" &
  push_pid=$!
  exec 9>"$WORK/pipe"
}

# broker_memory SIZE  what RabbitMQ thinks that it may use: below what it does use, it takes nothing.
broker_memory() {
  env -C "$broker" "${broker_environment[@]}" /usr/lib/rabbitmq/bin/rabbitmqctl --quiet set_vm_memory_high_watermark absolute "$1" 3>&- 9>&- </dev/null
}
