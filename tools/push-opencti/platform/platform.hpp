// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tools/push-opencti/platform/connector_run.hpp"
#include "tools/push-opencti/platform/context.hpp"
#include "tools/push-opencti/state/state_store.hpp"

namespace push_opencti {

/// What the settings say about the platform and how to speak to it.
struct PlatformOptions {
  Identity identity;
  Endpoint endpoint;
  std::string protocol;  ///< "api" or "amqp"
  bool validate = false;
  double queue_threshold = 0;  ///< megabytes
  bool run_and_terminate = false;
  std::chrono::seconds period{0};
  std::chrono::seconds retry_budget{0};
  std::chrono::seconds request_timeout{300};
};

/// The platform as one run meets it: version, registration, work, and the state that it keeps.
class Platform : public StateStore {
 public:
  /// `claimed_state`: the state that the run started from, when it is to move the state.
  Platform(const PlatformOptions& options, Context& context, std::optional<std::string> claimed_state);

  /// Asks for the version. Throws Failure.
  void connect();
  /// Registers and pings; connect() first. `propose_mark`: as StateClaim has it; then the mark is stored, unless
  /// somebody else writes the state just now. Throws Failure.
  void open(StateClaim::ProposeMark propose_mark = {});
  /// Whether the connector's queue holds more than the threshold. The platform then shows the connector as buffering.
  bool is_buffering();
  /// Whether is_buffering() found something in the queue that an earlier run pushed.
  bool has_queued() const { return has_queued_; }
  /// Opens the run's work, after waiting for the messages of the last run where the version needs that. Throws Failure.
  void open_work();
  /// After a disturbance looks whether the work is still there, and opens another one if it is not. Throws Failure.
  void replace_lost_work();

  void keep(const std::optional<std::string>& state) override;
  /// After a signal there is one try for each request, two seconds for the state and one for the work.
  void finish(const std::optional<std::string>& state, const RunEnd& end) override;
  std::string state() const override { return connector_->state(); }
  std::optional<PendingReport> check_pending(PendingWorks pending) override;
  bool must_run_again() const override;

  ConnectorRun& connector() { return *connector_; }
  const PlatformVersion& version() const { return version_; }
  /// For the thread that all of the above is called from.
  GraphqlClient& client() { return main_client_; }
  /// A client for one more thread, over a connection of its own.
  GraphqlClient make_client() { return client(options_.request_timeout); }

 private:
  GraphqlClient client(std::chrono::milliseconds limit);
  void wait_for_empty_queue();
  void close_work(const RunEnd& end);
  void store(const std::optional<std::string>& state);
  void finish_quickly(const std::optional<std::string>& state, const RunEnd& end);

  const PlatformOptions& options_;
  Context& context_;
  common::Instant start_;
  std::optional<std::string> claimed_state_;
  PlatformVersion version_;
  std::unique_ptr<ConnectorRun> connector_;  // made by open()
  GraphqlClient main_client_;
  GraphqlClient heartbeat_client_;
  bool has_queued_ = false;
  std::uint64_t looked_at_ = 0;  // the disturbances after which replace_lost_work() has looked
};

}  // namespace push_opencti
