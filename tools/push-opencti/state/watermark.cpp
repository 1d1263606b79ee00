// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/state/watermark.hpp"

namespace push_opencti {

Watermark::Watermark(common::State start, std::chrono::seconds overlap, common::Instant ceiling)
    : state_(std::move(start)), overlap_(overlap), ceiling_(ceiling) {
  // Another program moved the state last: the list is out of date.
  if (!state_.is_ours()) state_.delivered.clear();
  if (const auto stored = state_.watermark(); stored && *stored > ceiling_) {
    state_.pull_back(ceiling_);
    changed_ = true;
  }
  start_ = state_.watermark();
}

void Watermark::pass(std::string_view incident, std::string_view last_update) {
  const std::lock_guard lock(mutex_);
  const auto at = common::parse_instant(last_update);
  if (blocked_ || !at || incident.empty()) return;
  state_.advance(last_update, ceiling_);
  marks_.push_back({*at, common::incident_mark(incident, last_update)});
  changed_ = true;
  forget_old_marks();
}

void Watermark::forget_old_marks() {
  const auto watermark = state_.watermark();
  if (!watermark) return;
  const common::Instant oldest = *watermark - overlap_;
  while (!marks_.empty() && (marks_.size() > common::State::most_delivered || marks_.front().at < oldest))
    marks_.pop_front();
  // Of the earlier run's marks the times are not known, but none is later than its watermark.
  if (start_ && *start_ < oldest) state_.delivered.clear();
}

void Watermark::block() {
  const std::lock_guard lock(mutex_);
  blocked_ = true;
}

bool Watermark::blocked() const {
  const std::lock_guard lock(mutex_);
  return blocked_;
}

std::optional<std::string> Watermark::state() const {
  const std::lock_guard lock(mutex_);
  if (!changed_) return {};
  common::State all = state_;
  const auto watermark = state_.watermark();
  for (const Mark& mark : marks_) {
    if (!watermark || mark.at >= *watermark - overlap_) all.delivered.push_back(mark.text);
  }
  return all.to_json();
}

}  // namespace push_opencti
