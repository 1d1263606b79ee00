// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include "tools/push-opencti/state/pending_works.hpp"

namespace push_opencti {

/// What a run tells at its end, beside its state.
struct RunEnd {
  std::string message;        ///< for people, "pushed 3 bundles …"
  bool in_error = false;      ///< the way to the queue broke
  bool all_answered = false;  ///< nothing is on its way whose fate is unknown
};

/// Where a run keeps how far it has come: in the platform, in a file, or nowhere. Only this moves the state.
class StateStore {
 public:
  virtual ~StateStore() = default;

  /// What the heartbeat does, on its own thread: stores `state` (nothing: leaves the state as it is), and keeps the
  /// connector active. Reports failures instead of throwing.
  virtual void keep(const std::optional<std::string>& state) = 0;
  /// Ends the run and stores `state`. Throws Failure when it could not be stored.
  virtual void finish(const std::optional<std::string>& state, const RunEnd& end) = 0;
  /// The state as it is now, "" for none or where it is not known.
  virtual std::string state() const = 0;
  /// What has become of what earlier runs pushed, as check_pending() finds it; nothing where that cannot be known, or
  /// the run has no claim on the state. Throws Failure.
  virtual std::optional<PendingReport> check_pending(PendingWorks pending) = 0;
  /// Whether somebody else moved the state, or what was pushed may be lost: the next run has to send some of it again.
  virtual bool must_run_again() const = 0;
};

/// Where the run has no state to move.
class NoState : public StateStore {
 public:
  void keep(const std::optional<std::string>&) override {}
  void finish(const std::optional<std::string>&, const RunEnd&) override {}
  std::string state() const override { return {}; }
  std::optional<PendingReport> check_pending(PendingWorks) override { return {}; }
  bool must_run_again() const override { return false; }
};

}  // namespace push_opencti
