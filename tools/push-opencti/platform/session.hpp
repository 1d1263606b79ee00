// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "tools/push-opencti/platform/connector.hpp"

namespace push_opencti {

/// The connector's standing at the platform during one run: registered, kept active, and holding the claim on the
/// state, or not. Safe to use from several threads, each with a client of its own.
///
/// Every ping writes the state that it carries, and the platform compares nothing. So before each ping the connector
/// registers, which refreshes it as well and answers the stored state: when that is not what this run wrote last,
/// somebody else did (the refresh button, a second process with the same id, a deleted connector), and the claim is
/// lost. From then on pings carry what the platform holds, so that nothing moves. The answer of a ping is compared too:
/// the platform ignores the first one after a reset.
class Session {
 public:
  /// `claimed_state`: the state that the run started from, when it is to move the state (--advance-from).
  Session(Identity identity, RunFigures figures, std::optional<std::string> claimed_state, common::Log& log);

  /// Registers and pings once with the state found, which uses up a reset that was asked for before the run. Throws
  /// Failure.
  void open(GraphqlClient& client);

  /// Keeps the connector active and stores `state` where the claim holds; without one, what the platform holds is kept.
  /// One try.
  Answer ping(GraphqlClient& client, const std::optional<std::string>& state);
  /// As ping(), tried again while there is patience.
  Answer store(GraphqlClient& client, common::Clock& clock, std::chrono::seconds patience,
               const std::optional<std::string>& state);

  /// After an answer that may mean that the connector is gone. Throws Failure when it cannot be registered.
  void register_again(GraphqlClient& client);

  /// Gives up the claim for a reason found elsewhere, by which something that was pushed may be lost. A run that was
  /// not to move the state says that it has to be pushed again.
  void give_up_claim(const std::string& cause);
  /// The same, where what was found may be set right: it counts as a disturbance.
  void note_disturbance(const std::string& cause);
  bool holds_claim() const;
  /// Whether this run was to move the state and may no longer do so.
  bool lost_claim() const;
  /// Whether something that this run pushed may be lost, and no state brings it again since this run was not to move
  /// it.
  bool lost_some() const;
  /// The state as the platform holds it, "" for none.
  std::string state() const;
  /// How often something turned out to be otherwise than this run left it: the state, the connector, or the work.
  std::uint64_t disturbances() const;
  Registration registration() const;
  const Identity& identity() const { return identity_; }
  void set_figures(const std::function<void(RunFigures&)>& change);

 private:
  /// As the platform stores it: nothing, or any text.
  using Stored = std::optional<std::string>;
  void note_first_registration(const Answer& answer);
  void note_opening_state(const Stored& found);
  void note_registration(const Answer& answer);
  void note_foreign_state(const Stored& found, const std::string& cause);
  void note_emptied_queue(const Stored& found);
  void note_loss(const std::string& cause);
  bool is_ours(const Stored& found) const;
  std::string text_to_keep() const;

  const Identity identity_;
  common::Log& log_;
  mutable std::mutex mutex_;
  RunFigures figures_;
  std::optional<std::string> claimed_state_;
  Registration registration_;
  Stored expected_;                          // what the platform should hold
  std::optional<std::string> maybe_stored_;  // sent, but its answer never came
  bool opened_ = false;
  bool claim_ = false;
  bool lost_some_ = false;
  std::uint64_t disturbances_ = 0;
};

}  // namespace push_opencti
