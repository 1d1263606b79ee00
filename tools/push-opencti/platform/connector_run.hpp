// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "tools/push-opencti/platform/connector.hpp"
#include "tools/push-opencti/platform/state_claim.hpp"
#include "tools/push-opencti/platform/work.hpp"

namespace push_opencti {

/// The connector at the platform during one run: registered and kept active, with a claim on the state or without, and
/// with one work that everything is pushed into. Safe to use from several threads, each with a client of its own.
class ConnectorRun {
 public:
  struct Setup {
    Identity identity;
    WorkPolicy work;
    common::Instant start;
    RunFigures figures = {};
    std::optional<std::string> claimed_state = {};  ///< as StateClaim has it
    StateClaim::ProposeMark propose_mark = {};      ///< likewise
  };
  ConnectorRun(Setup setup, common::Log& log);

  /// Registers, and pings once with the state found, which uses up a reset that was asked for before the run. Throws
  /// Failure.
  void open(GraphqlClient& client);
  /// Keeps the connector active and stores `state` where the claim holds; without one, what the platform holds is kept.
  /// One try. Registers first: that answers what the platform holds now.
  Answer ping(GraphqlClient& client, const std::optional<std::string>& state);
  /// As ping(), tried again for as long as `budget`.
  Answer store(GraphqlClient& client, common::Clock& clock, std::chrono::seconds budget,
               const std::optional<std::string>& state);
  /// Makes the platform declare the connector and its queue again, and replaces a work that went with them. Throws
  /// Failure.
  void register_again(GraphqlClient& client);

  /// Opens the work if it is not open yet. Throws Failure.
  void open_work(GraphqlClient& client);
  /// Opens another work when this one is gone, and gives up the claim then: workers drop the messages of a work that is
  /// not alive. Throws Failure.
  void replace_work_if_gone(GraphqlClient& client);
  Work& work() { return work_; }
  const Work& work() const { return work_; }

  /// As StateClaim has them.
  void give_up_claim(const std::string& cause);
  void note_disturbance(const std::string& cause);
  bool holds_claim() const;
  bool mark_is_stored() const;
  bool lost_claim() const;
  bool lost_some() const;
  std::string state() const;
  std::uint64_t disturbances() const;

  const Identity& identity() const { return identity_; }
  Registration registration() const;
  void set_figures(const std::function<void(RunFigures&)>& change);

 private:
  const Identity identity_;
  common::Log& log_;
  Work work_;
  mutable std::mutex mutex_;
  RunFigures figures_;
  Registration registration_;
  StateClaim claim_;
};

}  // namespace push_opencti
