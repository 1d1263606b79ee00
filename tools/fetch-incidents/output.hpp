#pragma once
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "common/log.hpp"
#include "common/record_writer.hpp"
#include "tools/fetch-incidents/incident.hpp"

namespace fetch_incidents {

using Batch = std::vector<Incident>;

/// Hands batches from the thread that fetches to the one that writes. At most one batch is being written while the next is
/// fetched, so that memory holds two pages whatever the reader's pace.
class BatchQueue {
 public:
  /// Fetching side. Waits until only one batch is unwritten. Throws Failure(broken_pipe) after abandon().
  void wait_for_room();
  void put(Batch batch);
  /// No more batches; `cause` is what ended fetching, or null.
  void close(std::exception_ptr cause);

  /// Writing side. The next batch, once the one before counts as written; nothing after the last. Rethrows the cause of the end.
  std::optional<Batch> take();
  /// Nothing will be taken any more.
  void abandon();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<Batch> batches_;
  bool writing_ = false;
  bool closed_ = false;
  bool abandoned_ = false;
  std::exception_ptr cause_;
};

/// Writes batches as lines until the queue ends; returns how many incidents were written. Each batch is flushed.
std::uint64_t write_batches(BatchQueue& queue, common::RecordWriter& output, common::Log& log);

}  // namespace fetch_incidents
