// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "common/records/state.hpp"
#include "common/time.hpp"
#include "tools/push-opencti/state/pending_works.hpp"

namespace push_opencti {

/// How far the run has come without a gap, as the state to store. Fed in input order; read by the heartbeat's thread.
///
/// The watermark never passes the ceiling, the moment at which the run began. Every page was asked for after that, so
/// whatever was updated before the ceiling has been seen; an incident updated between its page and a slow
/// acknowledgement has not. An incident dated later than the ceiling is delivered and listed, but moves nothing.
class Watermark {
 public:
  /// `overlap`: how far before the watermark the next run starts; what was delivered within it is listed. A `start`
  /// later than the ceiling cannot be true and is pulled back to it: fetch-incidents, too, starts from now instead.
  Watermark(common::State start, std::chrono::seconds overlap, common::Instant ceiling);

  /// Everything up to and including this version of an incident is safe.
  void pass(std::string_view incident, std::string_view last_update);
  /// A push of this incident was not answered and repeated: the first one may still arrive, after a newer version. So
  /// no version of the incident is listed as delivered, and the next run sends it again.
  void distrust(std::string_view incident);
  /// What earlier runs pushed and is not ingested, as far as is known; goes into the state that is stored next.
  void set_pending(PendingWorks pending);
  /// Nothing of what earlier runs pushed is waited for any more, and the state says so.
  void forget_pending();
  /// So many objects more were acknowledged under this work of the run.
  void note_pushed(std::string_view work, std::int64_t objects);
  /// What earlier runs pushed was lost: whatever passes, the state goes back to the last position up to which
  /// everything was ingested.
  void go_back();
  /// Something in the input is not safe: nothing after it moves the watermark.
  void block();
  bool blocked() const;

  /// The state to store; nothing while it is the one that the run started from.
  std::optional<std::string> state() const;

 private:
  struct Mark {
    common::Instant at;
    std::string text;
    std::string incident;
  };
  void forget_old_marks();

  mutable std::mutex mutex_;
  common::State state_;
  std::chrono::seconds overlap_;
  common::Instant ceiling_;
  std::optional<common::Instant> start_;
  std::deque<Mark> marks_;
  std::unordered_set<std::string> distrusted_;  // incidents
  PendingWorks pending_;
  bool goes_back_ = false;
  bool changed_ = false;
  bool blocked_ = false;
};

}  // namespace push_opencti
