// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "common/program/failure.hpp"
#include "tools/push-opencti/sink.hpp"

namespace push_opencti {

/// What both queue sinks share: the count of what they hold, and the outcomes on their way from the sending threads to
/// the run. Safe to use from several threads.
class Outbox {
 public:
  /// What is held: taken and without an outcome.
  struct Load {
    std::size_t bundles = 0;
    std::size_t bytes = 0;
  };

  // For the run:
  void add(const Bundle& bundle);
  Load load() const;
  std::size_t unanswered() const;
  std::vector<Outcome> collect(std::chrono::milliseconds wait);
  std::optional<common::Failure> failure() const;

  // For the sending threads:
  /// `done` is held no longer; `outcomes` go to the run.
  void release(Load done, std::vector<Outcome>&& outcomes);
  /// So many bundles more (or fewer) may have reached the platform without an answer.
  void change_unanswered(long difference);
  /// The first failure counts.
  void fail(const common::Failure& failure);

 private:
  mutable std::mutex mutex_;
  std::condition_variable news_;
  Load load_;
  std::size_t unanswered_ = 0;
  std::vector<Outcome> outcomes_;
  std::optional<common::Failure> failure_;
};

/// The size of a bundle as Outbox counts it.
inline Outbox::Load load_of(const Bundle& bundle) { return {1, bundle.text.size()}; }

}  // namespace push_opencti
