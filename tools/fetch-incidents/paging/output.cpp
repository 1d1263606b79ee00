// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/paging/output.hpp"

#include <algorithm>

#include "common/json/json_text.hpp"
#include "common/program/failure.hpp"

namespace fetch_incidents {

void BatchQueue::wait_for_room() {
  std::unique_lock lock(mutex_);
  const auto start = std::chrono::steady_clock::now();
  changed_.wait(lock, [this] { return abandoned_ || batches_.size() + (writing_ ? 1 : 0) <= 1; });
  waited_ += std::chrono::steady_clock::now() - start;
  if (abandoned_) throw common::Failure(common::ExitStatus::broken_pipe, "");
}

void BatchQueue::put(Batch batch) {
  const std::lock_guard lock(mutex_);
  batches_.push(std::move(batch));
  changed_.notify_all();
}

void BatchQueue::close(std::exception_ptr cause) {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  cause_ = std::move(cause);
  changed_.notify_all();
}

std::optional<Batch> BatchQueue::take(common::Progress& progress, const Tally& tally) {
  std::unique_lock lock(mutex_);
  writing_ = false;
  changed_.notify_all();
  const auto something = [this] { return closed_ || !batches_.empty(); };
  while (!something()) {
    if (const auto patience = progress.patience()) {
      changed_.wait_for(lock, *patience, something);
    } else {
      changed_.wait(lock, something);
    }
    if (!progress.due()) continue;
    lock.unlock();
    progress.show(tally.reached());
    lock.lock();
  }
  if (batches_.empty()) {
    if (cause_) std::rethrow_exception(cause_);
    return {};
  }
  Batch batch = std::move(batches_.front());
  batches_.pop();
  writing_ = true;
  return batch;
}

void BatchQueue::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  changed_.notify_all();
}

common::Reached Tally::reached() const {
  common::Reached reached{.count = incidents, .date = date};
  if (asked > 0) reached.share = std::min(1.0, static_cast<double>(incidents) / static_cast<double>(asked));
  return reached;
}

void write_batches(BatchQueue& queue, common::RecordWriter& output, Tally& tally, common::Progress& progress,
                   common::Log& log) {
  while (auto batch = queue.take(progress, tally)) {
    for (const Incident& incident : *batch) {
      ++tally.incidents;
      if (incident.at) tally.date = incident.at;
      if (incident.repaired) {
        log.warning_of_kind("invalid UTF-8", "incident " + incident.id + ": invalid UTF-8, replaced by U+FFFD");
      }
      // Graph sends no white space, so the text is usually written straight from the page's memory.
      if (incident.compact) {
        output.write(incident.text);
        continue;
      }
      std::string line;
      common::append_minified(line, incident.text);
      output.write(line);
    }
    output.flush();
    if (progress.due()) progress.show(tally.reached());
  }
}

}  // namespace fetch_incidents
