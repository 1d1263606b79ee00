// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/paging/written.hpp"

#include "common/records/state.hpp"

namespace fetch_incidents {
namespace {

/// An incident without an id is identified by its text.
std::string mark_of(const Incident& incident) {
  return common::incident_mark(incident.id.empty() ? incident.text : std::string_view(incident.id),
                               incident.last_update);
}

}  // namespace

bool Written::admit(const Incident& incident) {
  if (incident.at && (!at_ || *incident.at > *at_)) {
    at_ = incident.at;
    at_that_time_.clear();
  }
  std::string mark = mark_of(incident);
  if (delivered_.contains(mark)) {
    ++known_;
    return false;
  }
  return at_that_time_.insert(std::move(mark)).second;
}

bool Written::is_new(const Incident& incident) const {
  const std::string mark = mark_of(incident);
  return !delivered_.contains(mark) && !at_that_time_.contains(mark);
}

}  // namespace fetch_incidents
