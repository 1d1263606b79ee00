// SPDX-License-Identifier: Apache-2.0
// What the ledger makes of the fate of its works.
#include "tools/push-opencti/ledger/ledger.hpp"

#include <algorithm>

#include "common/console/printable.hpp"

namespace push_opencti {

void Ledger::learn(LedgerWork work, WorkReport report, WorkFate fate) {
  lessons_.push_back({std::move(work), std::move(report), fate});
}

void Ledger::apply(const Lesson& lesson) {
  if (lesson.fate == WorkFate::running) {
    store_->set_seen(lesson.work);
    return;
  }
  std::set<std::string> refused;
  bool unnamed = false;
  for (const WorkError& error : lesson.report.errors) {
    if (error.kind == IngestError::harmless) continue;
    unnamed = unnamed || error.object.empty();
    if (!error.object.empty()) refused.insert(error.object);
  }
  for (const WorkError& error : lesson.report.errors) {
    if (error.kind == IngestError::harmless || error.object.empty()) continue;
    // Missing is what was refused itself, as far as is known: that goes again anyway.
    const bool explained = std::any_of(error.refers_to.begin(), error.refers_to.end(),
                                       [&refused](const std::string& id) { return refused.contains(id); });
    refuse(error, error.kind == IngestError::missing_reference && !explained);
  }
  const bool all_errors_seen = lesson.report.errors.size() < most_errors_of_work;
  bool known = lesson.fate == WorkFate::ingested && all_errors_seen;
  if (known && unnamed) known = refuse_large(lesson);
  if (known) {
    settle(lesson.work, refused);
  } else {
    // Of a list that is full of harmless errors, what it left out is most likely harmless as well.
    lose(lesson, lesson.fate != WorkFate::ingested || !refused.empty() || unnamed);
  }
}

void Ledger::refuse(const WorkError& error, bool whole) {
  const auto held = store_->find(error.object);
  const std::string incident = held ? store_->incident_of(held->delivery) : std::string();
  store_->erase(error.object);
  store_->add_refusal({error.object, incident, error.reason, whole});
  if (whole) whole_.insert(error.object);
  if (!incident.empty()) to_repeat_.insert(incident);
  ++counts_.refused;
  log_.warning_of_kind("refused", "OpenCTI refused " + error.object +
                                      (incident.empty() ? "" : " of incident " + incident) + ": " + error.reason);
}

// An error that does not show its object is that of one that is too long to be shown. False where no such one was sent.
bool Ledger::refuse_large(const Lesson& lesson) {
  const std::vector<std::string> objects = store_->large_of(lesson.work.number);
  const auto unnamed = std::find_if(lesson.report.errors.begin(), lesson.report.errors.end(), [](const auto& error) {
    return error.kind != IngestError::harmless && error.object.empty();
  });
  for (const std::string& object : objects) refuse({unnamed->kind, object, unnamed->reason}, false);
  return !objects.empty();
}

void Ledger::settle(const LedgerWork& work, const std::set<std::string>& refused) {
  for (const Refusal& refusal : store_->refusals()) {
    const auto held = store_->find(refusal.object);
    if (!held || held->work != work.number || refused.contains(refusal.object)) continue;
    store_->forget_refusal(refusal.object);
    whole_.erase(refusal.object);
  }
  for (const std::string& incident : store_->incidents_of(work.number)) {
    if (!to_repeat_.contains(incident)) store_->forget_repeats(incident);
  }
  store_->settle(work.number);
  pending_.erase(work.number);
}

void Ledger::lose(const Lesson& lesson, bool repeat) {
  const LedgerWork& work = lesson.work;
  const std::vector<std::string> incidents = store_->incidents_of(work.number);
  const std::string why = lesson.fate == WorkFate::gone    ? " is not there any more"
                          : lesson.fate == WorkFate::stuck ? " does not come to an end"
                                                           : " has so many errors that OpenCTI did not keep them all";
  log_.warning_of_kind("unknown", "the work " + work.id + why + ", so nobody can say what OpenCTI has of the " +
                                      common::counted(static_cast<std::uint64_t>(work.objects), "object") +
                                      " sent under it; they go out again with their incidents");
  if (repeat) to_repeat_.insert(incidents.begin(), incidents.end());
  ++counts_.unknown;
  store_->lose(work.number);
  pending_.erase(work.number);
  lost_.insert(work.number);
}

std::vector<std::string> Ledger::incidents_to_repeat() {
  std::vector<std::string> incidents;
  guarded([&] {
    for (const auto& [incident, times] : store_->to_ask_again()) {
      if (times <= most_repeats) {
        incidents.push_back(incident);
      } else {
        log_.warning_of_kind("given up", "incident " + incident + " was sent again " + std::to_string(most_repeats) +
                                             " times, and OpenCTI still does not have all of it; the next try comes "
                                             "with its next update");
      }
    }
  });
  counts_.repeated = incidents.size();
  return incidents;
}

void Ledger::note_repeats_listed() {
  guarded([&] { store_->note_listed(); });
}

}  // namespace push_opencti
