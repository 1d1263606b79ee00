// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/records/state.hpp"
#include "common/time.hpp"

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
  /// Something in the input is not safe: nothing after it moves the watermark.
  void block();
  bool blocked() const;

  /// The state to store; nothing while it is the one that the run started from.
  std::optional<std::string> state() const;

 private:
  struct Mark {
    common::Instant at;
    std::string text;
  };
  void forget_old_marks();

  mutable std::mutex mutex_;
  common::State state_;
  std::chrono::seconds overlap_;
  common::Instant ceiling_;
  std::optional<common::Instant> start_;
  std::deque<Mark> marks_;
  bool changed_ = false;
  bool blocked_ = false;
};

}  // namespace push_opencti
