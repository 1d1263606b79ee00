// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "common/console/progress.hpp"
#include "common/console/summary.hpp"
#include "common/program/failure.hpp"
#include "common/records/record_reader.hpp"
#include "common/records/record_writer.hpp"
#include "common/records/rejects.hpp"
#include "tools/push-opencti/directory_sink.hpp"
#include "tools/push-opencti/platform/heartbeat.hpp"
#include "tools/push-opencti/platform/platform.hpp"
#include "tools/push-opencti/settlement.hpp"
#include "tools/push-opencti/state/state_keeper.hpp"

namespace push_opencti {

/// One run: reads bundles, hands each to every sink, writes receipts, moves the state. What happens at the end is the
/// same whatever ended it: what is on its way is waited for (or given up after a signal), settled, and stored.
class PushRun {
 public:
  PushRun(const Options& options, Environment& around, common::Summary& summary, int output_fd = 1);

  /// Throws Failure where nothing was begun; else returns the exit status after telling what went wrong.
  common::ExitStatus run();

 private:
  void open();
  void open_directory();
  void read_all();
  void accept(const common::Record& record);
  bool wait_for_room(const Bundle& bundle);
  void collect(std::chrono::milliseconds wait);
  bool must_end() const;
  std::optional<std::chrono::milliseconds> patience() const;
  void flush_if_due();

  void finish_pushing();
  void keep_state();
  void finish_run();
  void close_platform(const std::optional<std::string>& state);
  common::ExitStatus status() const;
  void note(const common::Failure& failure);
  std::optional<std::string> state_to_store() const;
  bool must_run_again() const;
  void show_progress();
  common::Reached reached() const;
  std::string closing_message() const;
  std::string figures() const;

  const Options& options_;
  Environment& around_;
  common::Summary& summary_;
  common::Progress progress_;
  std::optional<std::string> claimed_state_;
  common::Rejects rejects_;
  common::RecordWriter receipts_;
  BundleParser parser_;
  std::unique_ptr<Platform> platform_;
  std::unique_ptr<FileState> file_state_;
  std::unique_ptr<DirectorySink> directory_;
  std::unique_ptr<Watermark> watermark_;
  std::unique_ptr<Settlement> settlement_;
  std::unique_ptr<common::RecordReader> reader_;
  std::mutex file_state_mutex_;
  std::vector<Outcome> doubtful_;  // refused, but nothing was accepted since: it may be the platform's fault
  std::chrono::steady_clock::time_point last_input_;
  std::chrono::steady_clock::time_point gathering_since_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::duration idle_{0};  // waiting for input with nothing on its way
  std::optional<common::Failure> failure_;
  bool read_to_end_ = false;
};

}  // namespace push_opencti
