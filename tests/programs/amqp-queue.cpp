// SPDX-License-Identifier: Apache-2.0
// amqp-queue: looks after a connector's queue on a RabbitMQ on loopback, for the tests of push-opencti.
//
//   amqp-queue free-port                a TCP port that is free on loopback
//   amqp-queue PORT ping                whether a broker accepts there
//   amqp-queue PORT declare ID          what OpenCTI declares for a connector: exchange, queue, binding
//   amqp-queue PORT delete ID           deletes the queue
//   amqp-queue PORT drain ID            takes all messages off the queue, one line each
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tools/push-opencti/amqp/rabbitmq.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace {

constexpr amqp_channel_t channel = 1;
constexpr const char* exchange = "amqp.worker.exchange";

void check(const amqp_rpc_reply_t& reply, const char* what) {
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) throw std::runtime_error(std::string(what) + " failed");
}

class Connection {
 public:
  explicit Connection(int port) : state_(amqp_new_connection()) {
    amqp_socket_t* socket = amqp_tcp_socket_new(state_);
    timeval limit = {5, 0};
    if (socket == nullptr || amqp_socket_open_noblock(socket, "127.0.0.1", port, &limit) != AMQP_STATUS_OK) {
      throw std::runtime_error("no broker there");
    }
    check(amqp_login(state_, "/", 0, 131'072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest"), "login");
    amqp_channel_open(state_, channel);
    check(amqp_get_rpc_reply(state_), "channel");
  }
  ~Connection() { amqp_destroy_connection(state_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  amqp_connection_state_t get() const { return state_; }

 private:
  amqp_connection_state_t state_;
};

void declare(amqp_connection_state_t state, const std::string& id) {
  const std::string queue = "push_" + id;
  const std::string key = "push_routing_" + id;
  amqp_exchange_declare(state, channel, amqp_cstring_bytes(exchange), amqp_cstring_bytes("direct"), 0, 1, 0, 0,
                        amqp_empty_table);
  check(amqp_get_rpc_reply(state), "declaring the exchange");
  amqp_queue_declare(state, channel, amqp_cstring_bytes(queue.c_str()), 0, 1, 0, 0, amqp_empty_table);
  check(amqp_get_rpc_reply(state), "declaring the queue");
  amqp_queue_bind(state, channel, amqp_cstring_bytes(queue.c_str()), amqp_cstring_bytes(exchange),
                  amqp_cstring_bytes(key.c_str()), amqp_empty_table);
  check(amqp_get_rpc_reply(state), "binding the queue");
}

void drain(amqp_connection_state_t state, const std::string& id) {
  const std::string queue = "push_" + id;
  for (;;) {
    amqp_maybe_release_buffers(state);
    const amqp_rpc_reply_t reply = amqp_basic_get(state, channel, amqp_cstring_bytes(queue.c_str()), 1);
    check(reply, "get");
    if (reply.reply.id == AMQP_BASIC_GET_EMPTY_METHOD) return;
    amqp_message_t message;
    check(amqp_read_message(state, channel, &message, 0), "read");
    if ((message.properties._flags & AMQP_BASIC_DELIVERY_MODE_FLAG) == 0 ||
        message.properties.delivery_mode != AMQP_DELIVERY_PERSISTENT) {
      throw std::runtime_error("a message is not persistent");
    }
    std::fwrite(message.body.bytes, 1, message.body.len, stdout);
    std::fputc('\n', stdout);
    amqp_destroy_message(&message);
  }
}

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no free port");
  }
  ::close(fd);
  return ntohs(address.sin_port);
}

int act(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (first == "free-port") {
    std::printf("%d\n", free_port());
    return 0;
  }
  if (argc < 3) throw std::runtime_error("usage: amqp-queue free-port | PORT ping | PORT declare|delete|drain ID");
  const std::string verb = argv[2];
  const std::string id = argc > 3 ? argv[3] : "";
  const Connection connection(std::atoi(first.c_str()));
  if (verb == "declare") declare(connection.get(), id);
  if (verb == "drain") drain(connection.get(), id);
  if (verb == "delete") {
    amqp_queue_delete(connection.get(), channel, amqp_cstring_bytes(("push_" + id).c_str()), 0, 0);
    check(amqp_get_rpc_reply(connection.get()), "deleting the queue");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return act(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "amqp-queue: %s\n", error.what());
    return 1;
  }
}
