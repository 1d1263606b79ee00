// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/state/watermark.hpp"

#include <algorithm>
#include <utility>

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
  pending_ = PendingWorks::of(state_);
}

void Watermark::pass(std::string_view incident, std::string_view last_update) {
  const std::lock_guard lock(mutex_);
  const auto at = common::parse_instant(last_update);
  if (blocked_ || !at || incident.empty()) return;
  state_.advance(last_update, ceiling_);
  marks_.push_back({*at, common::incident_mark(incident, last_update), std::string(incident)});
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

void Watermark::distrust(std::string_view incident) {
  const std::lock_guard lock(mutex_);
  distrusted_.emplace(incident);
}

void Watermark::set_pending(PendingWorks pending) {
  const std::lock_guard lock(mutex_);
  const bool had_works = !pending_.works.empty();
  pending_ = std::move(pending);
  if (!pending_.works.empty()) return;
  // With nothing on its way, everything up to where this run starts was ingested. Right after the state went back there
  // is nothing yet that could be: `resent` stays.
  if (had_works) pending_.resent = false;
  if (start_) pending_.from = state_.is_ours() ? state_.last_incident_update : common::full_text(*start_);
}

void Watermark::forget_pending() {
  set_pending({});
  const std::lock_guard lock(mutex_);
  changed_ = true;
}

void Watermark::note_pushed(std::string_view work, std::int64_t objects) {
  const std::lock_guard lock(mutex_);
  const auto same = [work](const PendingWorks::Entry& entry) { return entry.id == work; };
  const auto found = std::find_if(pending_.works.begin(), pending_.works.end(), same);
  PendingWorks::Entry& entry =
      found != pending_.works.end() ? *found : pending_.works.emplace_back(PendingWorks::Entry{std::string(work)});
  entry.objects += objects;
}

void Watermark::go_back() {
  const std::lock_guard lock(mutex_);
  goes_back_ = true;
  changed_ = true;
  pending_.works.clear();
  pending_.resent = true;
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
  common::State all = goes_back_ ? moved_back(state_, pending_.from) : state_;
  pending_.put_into(all);
  if (goes_back_) return all.to_json();
  const auto watermark = state_.watermark();
  for (const Mark& mark : marks_) {
    if (distrusted_.contains(mark.incident)) continue;
    if (!watermark || mark.at >= *watermark - overlap_) all.delivered.push_back(mark.text);
  }
  return all.to_json();
}

}  // namespace push_opencti
