// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "common/program/stop_signal.hpp"
#include "tools/push-opencti/options.hpp"
#include "tools/push-opencti/platform/session.hpp"
#include "tools/push-opencti/platform/work.hpp"
#include "tools/push-opencti/sink.hpp"

namespace push_opencti {

struct ApiRun;
class BrokerLink;

/// What a tool has around it; tests replace the clock and the connections, and need not wait for a heartbeat.
struct Environment {
  common::StopSignal& stop;
  common::Clock& clock;
  common::Log& log;
  Connect connect;
  /// The platform calls a connector inactive after 300 s without a ping; its own connectors ping every 40 s.
  std::chrono::milliseconds heartbeat_interval{40'000};
};

/// The platform as one run meets it: version, registration, work and queue.
class Platform {
 public:
  Platform(const Options& options, Environment& around, std::optional<std::string> claimed_state);
  ~Platform();

  /// Asks the version, registers, pings. Throws Failure.
  void open();
  /// Looks at the connector's queue; true when it is above the threshold, after showing the connector as buffering.
  bool is_buffering();
  /// The run's work and the way to the queue, made at the first bundle.
  QueueSink& queue();
  QueueSink* queue_if_open() { return sink_.get(); }
  /// After a disturbance looks whether the work is still there, and opens another one if it is not. Throws Failure.
  void replace_lost_work();

  /// What the heartbeat does: keeps the connector active and stores the state.
  void ping(const std::optional<std::string>& state);
  /// Stores the state at the end; throws Failure when it cannot be stored.
  void store(const std::optional<std::string>& state);
  void close_work(const std::string& message, bool in_error);
  /// After a signal: one try each, `limit` for storing and 1 s for each request of closing.
  void close_quickly(const std::optional<std::string>& state, std::chrono::milliseconds limit, bool close_work,
                     const std::string& message);

  Session& session() { return *session_; }

 private:
  GraphqlClient client(std::chrono::milliseconds limit, std::uint64_t seed);
  void wait_for_empty_queue();
  void make_sink();
  std::unique_ptr<BrokerLink> connect_to_broker(const Registration& registration);

  const Options& options_;
  Environment& around_;
  common::Instant start_;
  PlatformVersion version_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Work> work_;
  GraphqlClient main_client_;
  GraphqlClient heartbeat_client_;
  std::unique_ptr<ApiRun> api_;  // what the sink's lanes share, so it outlives them
  std::unique_ptr<QueueSink> sink_;
  std::uint64_t looked_at_ = 0;  // disturbances that the work was looked after for
};

}  // namespace push_opencti
