// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/failure.hpp"
#include "tools/push-opencti/bundle/bundle.hpp"

namespace push_opencti {

/// What became of one bundle at the platform's queue.
struct Outcome {
  enum class Kind {
    sent,            ///< acknowledged: the platform's queue holds it
    refused,         ///< the platform does not take this bundle, whatever is done
    partly_refused,  ///< some of its objects were taken, others cannot be
  };
  std::uint64_t number = 0;  ///< Bundle::number
  Kind kind = Kind::sent;
  std::string reason;                    ///< of a refusal
  std::string work_id;                   ///< "" where the platform makes works of its own
  std::string_view kind_of_reason = {};  ///< in fixed words, so that messages of a kind can be counted
};

/// After so many bundles refused in a row, with none taken, the fault is taken to be the platform's and the run ends.
inline constexpr int most_refused_in_a_row = 3;
/// What that end says.
std::string refused_too_often(int in_a_row, const std::string& reason);

/// The platform's queue, over one protocol or the other. All calls come from one thread; the sending happens elsewhere.
class QueueSink {
 public:
  virtual ~QueueSink() = default;

  /// Whether the sink takes this bundle now. It always does once it holds nothing.
  virtual bool has_room(const Bundle& bundle) const = 0;
  /// Takes the bundle, which must not change any more. Bundles of one key reach the platform in the order of the calls.
  virtual void take(std::shared_ptr<const Bundle> bundle) = 0;
  /// Sends what it has gathered so far without waiting for more.
  virtual void flush() = 0;
  /// Bundles taken that can still get a verdict.
  virtual std::size_t open() const = 0;
  /// Bundles that were sent, or may have been, and that nothing was heard of.
  virtual std::size_t unanswered() const = 0;
  /// Whether something is being sent right now.
  virtual bool busy() const = 0;
  /// Whether some bundles wait for more to come, to go in one request.
  virtual bool gathering() const = 0;
  /// The outcomes that have come; waits up to `wait` for the first.
  virtual std::vector<Outcome> collect(std::chrono::milliseconds wait) = 0;
  /// Why nothing more can be sent. Bundles without a verdict are then lost to this run.
  virtual std::optional<common::Failure> failure() const = 0;
  /// Requests or messages so far.
  virtual std::uint64_t requests() const = 0;
  /// Gives up what is on its way and ends the threads.
  virtual void stop() = 0;
};

}  // namespace push_opencti
