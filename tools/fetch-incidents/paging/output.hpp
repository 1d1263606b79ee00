// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "common/console/log.hpp"
#include "common/console/progress.hpp"
#include "common/records/record_writer.hpp"
#include "tools/fetch-incidents/graph/incident.hpp"

namespace fetch_incidents {

using Batch = std::vector<Incident>;

/// What has been written so far.
struct Tally {
  std::uint64_t incidents = 0;
  std::optional<common::Instant> date = {};  ///< of the last one
  std::size_t asked = 0;                     ///< how many are asked for by id; 0 for a range
  common::Reached reached() const;
};

/// Passes batches from the fetching thread to the writing one. At most one batch is being written while the next one is
/// fetched, so memory never holds more than two pages, however slow the reader is.
class BatchQueue {
 public:
  /// Fetching side: waits until at most one batch is unwritten. Throws Failure(broken_pipe) after abandon().
  void wait_for_room();
  /// The total time of these waits.
  std::chrono::duration<double> waited() const { return waited_; }
  void put(Batch batch);
  /// Call after the last batch; `cause` is what ended fetching early, or null.
  void close(std::exception_ptr cause);

  /// Writing side: marks the last batch as written and returns the next one, or nothing after the last. Rethrows the
  /// cause that close() got. While it waits, `progress` shows the tally.
  std::optional<Batch> take(common::Progress& progress, const Tally& tally);
  /// Call when nothing more will be taken.
  void abandon();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<Batch> batches_;
  std::chrono::duration<double> waited_{0};
  bool writing_ = false;
  bool closed_ = false;
  bool abandoned_ = false;
  std::exception_ptr cause_;
};

/// Writes batches as lines until the queue ends; counts and shows them as it goes. Each batch is flushed.
void write_batches(BatchQueue& queue, common::RecordWriter& output, Tally& tally, common::Progress& progress,
                   common::Log& log);

}  // namespace fetch_incidents
