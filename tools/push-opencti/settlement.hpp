// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/program/failure.hpp"
#include "common/records/record_writer.hpp"
#include "common/records/rejects.hpp"
#include "tools/push-opencti/bundle/bundle.hpp"
#include "tools/push-opencti/sink.hpp"
#include "tools/push-opencti/state/watermark.hpp"

namespace push_opencti {

/// One line of receipt.
std::string receipt(const Bundle& bundle, std::string_view status, std::string_view work_id);

/// What has become of the input, line by line. Outcomes come in any order; receipts and the watermark follow the
/// input's order, so they never run ahead of a bundle that is not settled. A bundle is settled when every sink has it,
/// or when its line lies in the rejects file.
class Settlement {
 public:
  struct Counts {
    std::uint64_t bundles = 0;     ///< delivered
    std::uint64_t objects = 0;     ///< in those
    std::uint64_t rejected = 0;    ///< lines, for whatever reason
    std::uint64_t left_out = 0;    ///< bundles, see Outcome::Kind::left_out
    std::uint64_t unchanged = 0;   ///< of the bundles: not sent, since the platform holds all of them
    std::uint64_t held = 0;        ///< of the objects: not sent, since the platform holds them
    std::string last_update = {};  ///< of the last one delivered that has one
  };

  /// `before_writing` is called before receipts go out.
  Settlement(Watermark& watermark, common::Rejects& rejects, common::RecordWriter& receipts,
             std::function<void()> before_writing = {})
      : watermark_(watermark), rejects_(rejects), receipts_(receipts), before_writing_(std::move(before_writing)) {}

  /// The next bundle of the input; its number must be what next_number() said.
  void add(std::shared_ptr<const Bundle> bundle);
  std::uint64_t next_number() const { return first_ + entries_.size(); }
  /// A line that was rejected before it became a bundle; it is in `rejects` already.
  void add_rejected();

  void deliver(const Outcome& outcome);
  /// The platform refused it for good: into the rejects. Throws Failure(rejected) with --strict.
  void reject(const Outcome& outcome);

  /// Writes the receipts of all that is settled from the front on, after making the rejects durable, and moves the
  /// watermark. Throws Failure(io) when the rejects cannot be kept. `durable` false postpones the sync of rejects, and
  /// whatever follows them, so that a flood of bad lines does not wait for the disk line by line.
  void settle(bool durable = true);
  /// Why receipts can no longer be written: settling goes on without them.
  const std::optional<common::Failure>& output_failure() const { return output_failure_; }
  std::size_t waiting() const { return entries_.size(); }
  const Counts& counts() const { return counts_; }

 private:
  enum class Fate { open, delivered, rejected };
  struct Entry {
    std::shared_ptr<const Bundle> bundle;
    Fate fate = Fate::open;
    std::string work_id = {};
    bool left_out = false;
    bool was_repeated = false;
    bool unchanged = false;
    std::size_t held = 0;
  };
  Entry& entry(std::uint64_t number) { return entries_[static_cast<std::size_t>(number - first_)]; }
  void pass(const Entry& entry);
  void write_receipt(std::string_view line);

  Watermark& watermark_;
  common::Rejects& rejects_;
  common::RecordWriter& receipts_;
  std::function<void()> before_writing_;
  std::deque<Entry> entries_;
  std::uint64_t first_ = 0;
  std::uint64_t not_durable_ = 0;  // lines added to the rejects since they were made durable
  Counts counts_;
  std::optional<common::Failure> output_failure_;
};

}  // namespace push_opencti
