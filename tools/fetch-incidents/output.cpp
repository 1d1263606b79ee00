#include "tools/fetch-incidents/output.hpp"

#include "common/failure.hpp"

namespace fetch_incidents {

void BatchQueue::wait_for_room() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return abandoned_ || batches_.size() + (writing_ ? 1 : 0) <= 1; });
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

std::optional<Batch> BatchQueue::take() {
  std::unique_lock lock(mutex_);
  writing_ = false;
  changed_.notify_all();
  changed_.wait(lock, [this] { return closed_ || !batches_.empty(); });
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

std::uint64_t write_batches(BatchQueue& queue, common::RecordWriter& output, common::Log& log) {
  std::uint64_t written = 0;
  while (auto batch = queue.take()) {
    for (const Incident& incident : *batch) {
      ++written;
      // Graph sends no white space: the text goes from the page's memory to the kernel.
      if (is_line(incident)) {
        output.write(incident.text);
        continue;
      }
      std::string line;
      if (append_line(line, incident.text)) {
        log.warning_of_kind("invalid UTF-8", "incident " + incident.id + ": invalid UTF-8, replaced by U+FFFD");
      }
      output.write(line);
    }
    output.flush();
  }
  return written;
}

}  // namespace fetch_incidents
