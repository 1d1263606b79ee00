// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "common/console/progress.hpp"
#include "common/console/summary.hpp"
#include "common/program/failure.hpp"
#include "common/records/record_reader.hpp"
#include "common/records/record_writer.hpp"
#include "common/records/rejects.hpp"
#include "tools/push-opencti/bundle/case_identities.hpp"
#include "tools/push-opencti/directory_sink.hpp"
#include "tools/push-opencti/settlement.hpp"
#include "tools/push-opencti/target.hpp"

namespace push_opencti {

/// One run: reads bundles, hands each to every sink, writes receipts, moves the state. It ends the same way whatever
/// ended it: what is on its way is waited for (or given up after a signal), settled, and stored.
class PushRun {
 public:
  PushRun(const Options& options, Context& context, common::Summary& summary, int output_fd = 1);

  /// Throws Failure where nothing was begun; else returns the exit status after telling what went wrong.
  common::ExitStatus run();

 private:
  void open();
  void look_for_lost();
  void open_directory();
  void read_all();
  void accept(const common::Record& record);
  bool is_left_out(const Bundle& bundle);
  void warn_of_shared_case(const Bundle& bundle);
  bool wait_for_room(const Bundle& bundle);
  void collect(std::chrono::milliseconds wait);
  bool must_end() const;
  std::optional<std::chrono::milliseconds> longest_wait() const;
  std::chrono::steady_clock::duration until_flush() const;
  void flush_if_due();

  void wait_for_outcomes();
  void finish_run();
  void tell_summary();
  common::ExitStatus status() const;
  void note_failure(const common::Failure& failure);
  std::optional<std::string> state_to_store() const;
  void show_progress();
  common::Reached reached() const;
  std::string closing_message() const;

  const Options& options_;
  Context& context_;
  common::Summary& summary_;
  common::Progress progress_;
  std::optional<std::string> claimed_state_;
  common::Rejects rejects_;
  common::RecordWriter receipts_;
  BundleParser parser_;
  Target target_;
  CaseIdentities cases_;
  std::unique_ptr<DirectorySink> directory_;
  Watermark watermark_;
  Settlement settlement_;
  std::unique_ptr<common::RecordReader> reader_;
  std::vector<Outcome> doubtful_;  // refused, but nothing was accepted since: the platform may be at fault
  std::chrono::steady_clock::time_point last_input_;
  std::chrono::steady_clock::time_point gathering_since_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::duration idle_{0};  // waiting for input with nothing on its way
  std::optional<common::Failure> failure_;
  bool read_to_end_ = false;
  bool warned_of_shared_case_ = false;
  bool goes_back_ = false;  // what an earlier run pushed was lost
};

}  // namespace push_opencti
