// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/stand-in/message.hpp"

namespace stand_in {

/// The faults that tests order, by scenario file or at run time, for the n-th request of a kind.
/// What each member of a fault does is described in README.md.
class Faults {
 public:
  /// Adds one fault or an array of them; throws std::runtime_error where a member is unknown.
  void add(const Json& fault);
  /// Forgets every fault.
  void clear();

  /// The fault that this request meets, if any, and counts it as met.
  std::optional<Json> take(const Request& request);

  /// Blocks until the next release() (of a request that a fault lets hang).
  void wait_for_release();
  /// Lets all hanging requests go on.
  void release();
  /// How many requests hang at this moment.
  std::int64_t hanging() const;

 private:
  struct Rule {
    Json fault;
    std::int64_t matched = 0;
    std::int64_t applied = 0;
  };

  mutable std::mutex mutex_;
  std::condition_variable released_;
  std::vector<Rule> rules_;
  std::int64_t generation_ = 0;
  std::int64_t hanging_ = 0;
};

/// Whether the fault gives an answer of its own in place of the service's.
bool replaces_answer(const Json& fault);
/// That answer.
Reply prescribed_reply(const Json& fault);
/// Adds the headers that the fault orders for any answer.
void add_ordered_headers(const Json& fault, Reply& reply);

}  // namespace stand_in
