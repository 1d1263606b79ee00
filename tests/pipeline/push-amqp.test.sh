#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# push-opencti over AMQP, against a real RabbitMQ that this script starts on loopback, with names, ports and files of its own.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=push_lib.sh
. "$(dirname "$0")/push_lib.sh"
# shellcheck source=broker_lib.sh
. "$(dirname "$0")/broker_lib.sh"

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

checked() {
  start_amqp
  expect_status 0 push-opencti --check --log-level debug >"$WORK/report" 2>"$WORK/log"
  grep -qE '^ok +RabbitMQ' "$WORK/report" || fail "$(cat "$WORK/report" "$WORK/log")"
  grep -qE 'AMQP by librabbitmq [0-9.]+ \(OpenSSL [0-9.]+' "$WORK/log" || fail "the log does not tell of librabbitmq: $(cat "$WORK/log")"
  MQ_PASS=wrong-password expect_status 77 push-opencti --check >"$WORK/report" 2>"$WORK/log"
  grep -qE '^fail(ed)? +RabbitMQ.*check MQ_USER, MQ_PASS and MQ_VHOST' "$WORK/report" || fail "$(cat "$WORK/report" "$WORK/log")"
  expect_lacks "$WORK/report" wrong-password
  MQ_PORT=$(amqp-queue free-port) SENTINEL_INCIDENTS_RETRY_BUDGET=PT1H expect_status 69 timeout 300 push-opencti --check >"$WORK/report" 2>"$WORK/log"
  grep -qE '^fail(ed)? +RabbitMQ.*check MQ_HOST, MQ_PORT' "$WORK/report" || fail "$(cat "$WORK/report" "$WORK/log")"
  drain
  expect_lines "$WORK/messages" 0
}
case_ok "--check logs in to RabbitMQ and tells a wrong password from a wrong address, at once, publishes nothing, and the log at level debug tells which librabbitmq is loaded" checked

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

# queue_deleted COMMAND…  the command runs before the queue is deleted. A run cannot know whether workers had taken what was
# confirmed, so it claims nothing, and the next run sends again.
queue_deleted() {
  start_amqp
  save_state
  start_push
  bundles 1 50 | tee "$WORK/input" >&9
  wait_until 200 grep -q '"50"' "$WORK/receipts"
  "$@"
  amqp-queue "$port" delete "$CONNECTOR_ID"
  bundles 51 100 | tee -a "$WORK/input" >&9
  exec 9>&-
  expect_status 75 wait "$push_pid"
  expect_contains "$WORK/log" "returned a message"
  expect_contains "$WORK/log" "queue at RabbitMQ was deleted"
  expect_equal "$(receipts_of | wc -w)" 100
  expect_equal "$(state)" '{}'
  save_state
  push "$WORK/input"
  drain
  expect_same <(message_objects) <(input_objects "$WORK/input")
}
case_ok "a queue deleted in mid-run comes back by registering, and the rest is published" queue_deleted drain
case_ok "what was confirmed and lay in a deleted queue is not claimed: the run ends with 75 and the next one sends it again" queue_deleted true

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
  expect_first_too_large 300000
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
no_drafts() {
  start_amqp --platform-version 6.4.5
  CONNECTOR_VALIDATE_BEFORE_IMPORT=true expect_status 78 push-opencti < <(bundles 1 1) >"$WORK/receipts" 2>"$WORK/log"
  expect_contains "$WORK/log" "6.5 or later"
  expect_lines "$WORK/receipts" 0
}
case_ok "at 6.4, whose works know no drafts, CONNECTOR_VALIDATE_BEFORE_IMPORT is refused" no_drafts
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

blocked() {
  start_amqp
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT2M
  save_state
  start_push
  bundles 1 10 | tee "$WORK/input" >&9
  wait_until 60 grep -q '"10"' "$WORK/receipts"
  broker_memory 1MB
  bundles 11 20 | tee -a "$WORK/input" >&9
  wait_until 60 grep -q 'short of memory or disk' "$WORK/log"
  expect_lines "$WORK/receipts" 10
  broker_memory 4GB
  exec 9>&-
  expect_status 0 wait "$push_pid"
  expect_contains "$WORK/log" "has room again"
  drain
  expect_equal "$(receipts_of | wc -w)" 20
  expect_same <(message_objects) <(input_objects "$WORK/input")
}

# More than the system's buffers hold, so that publishing itself comes to a stand.
blocked_for_good() {
  start_amqp
  save_state
  bundles 1 150 | jq -c '.objects[2].x_note = ("x" * 150000)' >"$WORK/input"
  broker_memory 1MB
  SENTINEL_INCIDENTS_RETRY_BUDGET=PT2S expect_status 69 push "$WORK/input"
  broker_memory 4GB
  expect_contains "$WORK/log" "RabbitMQ"
  expect_lines "$WORK/receipts" 0
  expect_equal "$(state)" '{}'
}

blocked_and_stopped() {
  start_amqp
  export SENTINEL_INCIDENTS_RETRY_BUDGET=PT2M
  save_state
  broker_memory 1MB
  start_push
  # Fewer than a run holds, so that it reads them all.
  bundles 1 60 | jq -c '.objects[2].x_note = ("x" * 150000)' >&9
  exec 9>&-
  wait_until 60 grep -q 'short of memory or disk' "$WORK/log"
  kill -TERM "$push_pid"
  expect_status 143 wait "$push_pid"
  broker_memory 4GB
  expect_lines "$WORK/receipts" 0
  expect_equal "$(asked workEdit.toProcessed)" 0
}
if broker_memory 4GB >"$WORK/rabbitmqctl" 2>&1; then
  case_ok "a RabbitMQ short of memory is named and waited for, and nothing is lost or claimed meanwhile" blocked
  case_ok "a RabbitMQ that stays short of memory ends the run with 69 when the budget is used up, and nothing is claimed" blocked_for_good
  case_ok "SIGTERM ends a run that RabbitMQ takes nothing of, and its work stays open" blocked_and_stopped
  broker_memory 4GB
else
  skip "a RabbitMQ short of memory is waited for" "rabbitmqctl cannot reach it here: $(tail -n 3 "$WORK/rabbitmqctl" | tr '\n' ' ')"
fi

case_ok "a broker stopped and started in mid-run loses nothing, and nothing is claimed meanwhile" broker_restarts

finish
