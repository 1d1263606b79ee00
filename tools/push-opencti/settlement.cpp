// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/settlement.hpp"

#include "common/json/json_writer.hpp"
#include "common/program/failure.hpp"

namespace push_opencti {

namespace {

constexpr std::uint64_t most_not_durable = 1000;

void text_or_null(common::JsonWriter& json, std::string_view key, std::string_view value) {
  json.key(key);
  if (value.empty()) {
    json.null();
  } else {
    json.text(value);
  }
}

// A copy with all that the receipt and the watermark need, to free the text of a delivered bundle.
std::shared_ptr<const Bundle> without_text(const Bundle& bundle) {
  auto small = std::make_shared<Bundle>();
  small->id = bundle.id;
  small->incident = bundle.incident;
  small->last_update = bundle.last_update;
  small->object_count = bundle.object_count;
  return small;
}

}  // namespace

std::string receipt(const Bundle& bundle, std::string_view status, std::string_view work_id) {
  std::string line;
  common::JsonWriter json(line);
  json.begin_object().member("bundle", bundle.id);
  text_or_null(json, "incident", bundle.incident);
  text_or_null(json, "last_update", bundle.last_update);
  json.member("objects", static_cast<std::int64_t>(bundle.object_count)).member("status", status);
  text_or_null(json, "work_id", work_id);
  json.end_object();
  return line;
}

void Settlement::add(std::shared_ptr<const Bundle> bundle) { entries_.push_back({std::move(bundle)}); }

void Settlement::add_rejected() {
  ++counts_.rejected;
  ++not_durable_;
  // One entry stands for all rejected lines in a row, so that a flood of them behind an open bundle takes no memory.
  if (entries_.empty() || entries_.back().bundle != nullptr) entries_.push_back({nullptr, Fate::rejected});
}

void Settlement::deliver(const Outcome& outcome) {
  Entry& found = entry(outcome.number);
  found.fate = Fate::delivered;
  found.work_id = outcome.work_id;
  found.was_repeated = outcome.was_repeated;
  found.left_out = outcome.kind == Outcome::Kind::left_out;
  found.unchanged = outcome.kind == Outcome::Kind::unchanged;
  found.held = outcome.held;
  found.bundle = without_text(*found.bundle);
}

void Settlement::reject(const Outcome& outcome) {
  Entry& found = entry(outcome.number);
  const std::shared_ptr<const Bundle> bundle = found.bundle;
  const auto mark = [&] {
    ++counts_.rejected;
    ++not_durable_;
    found.fate = Fate::rejected;
    found.bundle = without_text(*bundle);
  };
  try {
    rejects_.add(bundle->text, bundle->where + " (" + bundle->id + ")", outcome.reason, outcome.kind_of_reason);
  } catch (const common::Failure& failure) {
    // --strict: the line is in the file, and then the run ends.
    if (failure.status() == common::ExitStatus::rejected) mark();
    throw;
  }
  mark();
}

void Settlement::pass(const Entry& entry) {
  if (entry.fate == Fate::rejected && !rejects_.kept()) {
    // There is no rejects file, so the next run has to see this line again.
    watermark_.block();
  } else if (entry.bundle != nullptr) {
    if (entry.was_repeated) watermark_.distrust(entry.bundle->incident);
    watermark_.pass(entry.bundle->incident, entry.bundle->last_update);
  }
}

void Settlement::settle(bool durable) {
  while (!entries_.empty() && entries_.front().fate != Fate::open) {
    if (entries_.front().fate == Fate::rejected && not_durable_ > 0) {
      if (!durable && not_durable_ < most_not_durable) break;
      rejects_.sync();
      not_durable_ = 0;
    }
    const Entry entry = std::move(entries_.front());
    entries_.pop_front();
    ++first_;
    pass(entry);
    if (entry.fate != Fate::delivered) continue;
    if (entry.left_out) {
      ++counts_.left_out;
      write_receipt(receipt(*entry.bundle, "left-out", ""));
      continue;
    }
    ++counts_.bundles;
    counts_.objects += entry.bundle->object_count;
    if (!entry.bundle->last_update.empty()) counts_.last_update = entry.bundle->last_update;
    counts_.held += entry.held;
    if (entry.unchanged) ++counts_.unchanged;
    write_receipt(receipt(*entry.bundle, entry.unchanged ? "unchanged" : "sent", entry.work_id));
  }
  write_receipt({});
}

void Settlement::write_receipt(std::string_view line) {
  if (output_failure_) return;
  try {
    if (line.empty()) {
      if (before_writing_ && !receipts_.buffer().empty()) before_writing_();
      receipts_.flush();
    } else {
      receipts_.write(line);
    }
  } catch (const common::Failure& failure) {
    output_failure_ = failure;
  }
}

}  // namespace push_opencti
