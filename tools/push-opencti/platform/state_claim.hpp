// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/console/log.hpp"

namespace push_opencti {

/// Whether this run may move the connector's state at the platform: its claim.
///
/// A ping writes the state that it carries, and the platform compares nothing. So the run remembers what the platform
/// should hold, and compares each answer with it. Where the two differ somebody else wrote (the refresh button, a
/// second process with the same id, a deleted connector), and the claim is lost: from then on pings carry what the
/// platform holds, so that nothing moves. Not safe to use from several threads.
class StateClaim {
 public:
  /// The state as the platform stores it: nothing, or any text.
  using Stored = std::optional<std::string>;

  /// Tells which ledger's mark (see ledger_mark()) the state shall carry from now on, given the one that it carries; ""
  /// for none.
  using ProposeMark = std::function<std::string(std::string_view found)>;

  /// `claimed`: the state that the run started from, when it is to move the state (--advance-from). Without
  /// `propose_mark` the run has no ledger: what it pushes makes the ledger of anybody else worthless, so its mark goes.
  StateClaim(std::optional<std::string> claimed, common::Log& log, ProposeMark propose_mark = {})
      : claimed_(std::move(claimed)), log_(log), propose_mark_(std::move(propose_mark)) {}

  // What the platform answered:
  /// to the first registration, which decides whether there is a claim;
  void compare_first(const Stored& found);
  /// while the run opens and nothing was pushed yet;
  void compare_opening(const Stored& found);
  /// to a later registration;
  void compare_registered(const Stored& found);
  /// to a ping that carried `sent`.
  void compare_pinged(const Stored& found, const std::string& sent);

  /// What the next ping carries: `state` while the claim holds, else what the platform holds.
  std::string text_to_send(const std::optional<std::string>& state);

  /// Gives up the claim because something that was pushed may be lost. A run that was not to move the state says that
  /// it has to be pushed again.
  void give_up(const std::string& cause);
  /// The same, where what was found may be repaired: it counts as a disturbance.
  void give_up_disturbed(const std::string& cause);

  bool holds() const { return holds_; }
  /// Whether this run was to move the state and may no longer do so.
  bool lost() const { return opened_ && claimed_.has_value() && !holds_; }
  /// Whether something that this run pushed may be lost, and the next run will not send it by itself.
  bool lost_some() const { return lost_some_; }
  /// Whether the platform holds the mark that was proposed.
  bool mark_is_stored() const;
  /// What the platform holds, comparable_state().
  std::string state() const;
  /// How often the state, the connector or the work was found otherwise than this run had left it.
  std::uint64_t disturbances() const { return disturbances_; }

 private:
  void note_foreign_state(const Stored& found, const std::string& cause);
  void note_emptied_queue(const Stored& found);
  void note_loss(const std::string& cause);

  std::optional<std::string> claimed_;
  common::Log& log_;
  ProposeMark propose_mark_;
  std::optional<std::string> mark_;          // what pings write; nothing once somebody else wrote the state
  Stored expected_;                          // what the platform should hold
  std::optional<std::string> maybe_stored_;  // sent, but its answer never came
  bool opened_ = false;
  bool holds_ = false;
  bool lost_some_ = false;
  std::uint64_t disturbances_ = 0;
};

}  // namespace push_opencti
