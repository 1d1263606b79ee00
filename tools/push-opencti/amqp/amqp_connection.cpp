// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/amqp/amqp_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <sys/socket.h>

#include <algorithm>

#include "tools/push-opencti/amqp/amqp_tls.hpp"
#include "tools/push-opencti/amqp/rabbitmq.hpp"

namespace push_opencti {

namespace {

using Kind = BrokerFault::Kind;

constexpr amqp_channel_t channel = 1;
constexpr int heartbeat_seconds = 20;
constexpr int frame_size = 131'072;
constexpr int plain_port = 5672;
constexpr int tls_port = 5671;
constexpr timeval connect_limit = {2, 0};  // short, so that a signal is obeyed soon; the sink tries again
constexpr timeval answer_limit = {4, 0};

amqp_bytes_t bytes_of(std::string_view text) { return {text.size(), const_cast<char*>(text.data())}; }
std::string text_of(amqp_bytes_t bytes) { return {static_cast<const char*>(bytes.bytes), bytes.len}; }

// What AMQP's reply codes mean here.
Kind kind_of(int code, const std::string& text) {
  switch (code) {
    case AMQP_ACCESS_REFUSED:
    case AMQP_NOT_ALLOWED: return Kind::refused;
    case AMQP_NOT_FOUND:
    case AMQP_NO_ROUTE: return Kind::unrouted;
    case AMQP_PRECONDITION_FAILED:
      return text.find("message size") != std::string::npos ? Kind::too_large : Kind::transient;
    default: return Kind::transient;
  }
}

[[noreturn]] void fail_by_method(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_channel_close_t*>(method.decoded);
    const std::string text = text_of(close->reply_text);
    throw BrokerFault(kind_of(close->reply_code, text),
                      "RabbitMQ closed the channel: " + std::to_string(close->reply_code) + " " + text);
  }
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_connection_close_t*>(method.decoded);
    const std::string text = text_of(close->reply_text);
    throw BrokerFault(kind_of(close->reply_code, text),
                      "RabbitMQ closed the connection: " + std::to_string(close->reply_code) + " " + text);
  }
  throw BrokerFault(Kind::transient, std::string("RabbitMQ sent something unexpected: ") + amqp_method_name(method.id));
}

void check(const amqp_rpc_reply_t& reply, const std::string& what) {
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && reply.reply.decoded != nullptr) fail_by_method(reply.reply);
  throw BrokerFault(Kind::transient, what + ": " + amqp_error_string2(reply.library_error));
}

void check(int status, const std::string& what) {
  if (status == AMQP_STATUS_OK) return;
  throw BrokerFault(Kind::transient, what + ": " + amqp_error_string2(status));
}

// A refused certificate is final; any other failed handshake is as transient as a broken connection. librabbitmq does
// not tell the two apart, OpenSSL does.
void check_certificate(int status, const std::string& where) {
  const bool unverified = status == AMQP_STATUS_SSL_PEER_VERIFY_FAILED ||
                          (status == AMQP_STATUS_SSL_CONNECTION_FAILED &&
                           ERR_GET_REASON(::ERR_peek_last_error()) == SSL_R_CERTIFICATE_VERIFY_FAILED);
  if (!unverified) return;
  throw BrokerFault(Kind::tls,
                    where +
                        ": its certificate is not accepted: it must be for that host, and from an authority that "
                        "MQ_USE_SSL_CA names or the system trusts");
}

// A RabbitMQ that is short of memory stops reading, and librabbitmq would then block in publishing for ever.
void limit_sending(int socket, std::chrono::milliseconds patience) {
  const auto limit = static_cast<unsigned>(std::max<std::int64_t>(patience.count(), 1000));
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
}

amqp_table_entry_t entry_of(const char* key, amqp_field_value_kind_t kind) {
  amqp_table_entry_t entry = {};
  entry.key = bytes_of(key);
  entry.value.kind = kind;
  return entry;
}

// RabbitMQ sends connection.blocked only to clients that declare this capability.
amqp_rpc_reply_t log_in(amqp_connection_state_t state, const Broker& broker) {
  amqp_table_entry_t knows_blocked = entry_of("connection.blocked", AMQP_FIELD_KIND_BOOLEAN);
  knows_blocked.value.value.boolean = 1;
  amqp_table_entry_t capabilities = entry_of("capabilities", AMQP_FIELD_KIND_TABLE);
  capabilities.value.value.table = {1, &knows_blocked};
  const amqp_table_t properties = {1, &capabilities};
  return amqp_login_with_properties(state, broker.vhost.c_str(), 0, frame_size, heartbeat_seconds, &properties,
                                    AMQP_SASL_METHOD_PLAIN, broker.user.c_str(), broker.password.c_str());
}

}  // namespace

struct BrokerConnection::Handle {
  Handle() : state(amqp_new_connection()) {
    if (state == nullptr) throw BrokerFault(Kind::transient, "no memory for a connection to RabbitMQ");
  }
  // Without closing the connection first: that would wait for an answer that may never come.
  ~Handle() { amqp_destroy_connection(state); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  amqp_connection_state_t state;
  std::atomic<int> socket{-1};
};

BrokerConnection::BrokerConnection(const Broker& broker, const BrokerTls& tls, std::chrono::milliseconds patience)
    : handle_(std::make_unique<Handle>()), exchange_(broker.exchange), routing_key_(broker.routing_key) {
  amqp_connection_state_t state = handle_->state;
  const int port = broker.port != 0 ? broker.port : broker.use_tls ? tls_port : plain_port;
  peer_ = "RabbitMQ at " + broker.host + ":" + std::to_string(port);
  const std::string where = "cannot connect to " + peer_;
  amqp_socket_t* socket = broker.use_tls ? amqp_ssl_socket_new(state) : amqp_tcp_socket_new(state);
  if (socket == nullptr) throw BrokerFault(Kind::transient, where + ": no memory for a socket");
  if (broker.use_tls) {
    amqp_ssl_socket_set_verify_peer(socket, tls.verify ? 1 : 0);
    amqp_ssl_socket_set_verify_hostname(socket, 0);
    set_up_tls(amqp_ssl_socket_get_context(socket), tls, broker.host);
  }
  timeval limit = connect_limit;
  ::ERR_clear_error();
  const int opened = amqp_socket_open_noblock(socket, broker.host.c_str(), port, &limit);
  check_certificate(opened, where);
  check(opened, where);
  handle_->socket = amqp_get_sockfd(state);
  limit_sending(handle_->socket, patience);
  limit = answer_limit;
  amqp_set_handshake_timeout(state, &limit);
  amqp_set_rpc_timeout(state, &limit);
  check(log_in(state, broker), where);
  amqp_channel_open(state, channel);
  check(amqp_get_rpc_reply(state), where);
  amqp_confirm_select(state, channel);
  check(amqp_get_rpc_reply(state), where);
}

BrokerConnection::~BrokerConnection() = default;

void BrokerConnection::publish(std::string_view body) {
  amqp_basic_properties_t properties = {};
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_CONTENT_ENCODING_FLAG;
  properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  properties.content_encoding = bytes_of("utf-8");
  const int status = amqp_basic_publish(handle_->state, channel, bytes_of(exchange_), bytes_of(routing_key_), 1, 0,
                                        &properties, bytes_of(body));
  check(status, "publishing to " + peer_ + " failed");
}

std::optional<Confirmation> BrokerConnection::confirmation(std::chrono::milliseconds wait) {
  amqp_maybe_release_buffers(handle_->state);
  timeval limit = {wait.count() / 1000, (wait.count() % 1000) * 1000};
  amqp_frame_t frame;
  const int status = amqp_simple_wait_frame_noblock(handle_->state, &frame, &limit);
  if (status == AMQP_STATUS_TIMEOUT) return {};
  check(status, "the connection to " + peer_ + " broke");
  if (frame.frame_type != AMQP_FRAME_METHOD) return {};
  const amqp_method_t& method = frame.payload.method;
  switch (method.id) {
    case AMQP_BASIC_ACK_METHOD: {
      const auto* ack = static_cast<const amqp_basic_ack_t*>(method.decoded);
      return Confirmation{ack->delivery_tag, ack->multiple != 0, true};
    }
    case AMQP_BASIC_NACK_METHOD: {
      const auto* nack = static_cast<const amqp_basic_nack_t*>(method.decoded);
      return Confirmation{nack->delivery_tag, nack->multiple != 0, false};
    }
    case AMQP_BASIC_RETURN_METHOD: {
      const auto* returned = static_cast<const amqp_basic_return_t*>(method.decoded);
      throw BrokerFault(Kind::unrouted, "RabbitMQ returned a message: " + std::to_string(returned->reply_code) + " " +
                                            text_of(returned->reply_text));
    }
    case AMQP_CONNECTION_BLOCKED_METHOD:  // confirmations come once there is room
    case AMQP_CONNECTION_UNBLOCKED_METHOD: blocked_ = method.id == AMQP_CONNECTION_BLOCKED_METHOD; return {};
    default: fail_by_method(method);
  }
}

void BrokerConnection::interrupt() {
  if (const int socket = handle_->socket; socket >= 0) ::shutdown(socket, SHUT_RDWR);
}

}  // namespace push_opencti
