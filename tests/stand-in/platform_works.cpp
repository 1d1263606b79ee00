// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/platform.hpp"

#include <algorithm>
#include <cstdio>

namespace stand_in {

Work* Platform::find_work(const std::string& id) {
  const auto found = works_.find(id);
  return found == works_.end() ? nullptr : &found->second;
}

/// Opens a work and returns its id, `work_<connector>_<moment>`; moments are made distinct, as ids must be.
std::string Platform::open_work(Connector& connector, const std::string& name, bool multipart) {
  static constexpr Ticks millisecond = ticks_per_second / 1000;
  last_work_moment_ = std::max(clock_.now() / millisecond * millisecond, last_work_moment_ + millisecond);
  Work work;
  work.id = "work_" + connector.id + "_" + format_instant(last_work_moment_, 3);
  work.connector_id = connector.id;
  work.name = name;
  work.timestamp = last_work_moment_;
  work.received_time = last_work_moment_;
  work.multipart = multipart;
  const std::string id = work.id;
  works_[id] = std::move(work);
  return id;
}

Json Platform::add_work(const std::string& connector_id, const std::string& name, bool multipart) {
  const std::lock_guard lock(mutex_);
  return works_.at(open_work(existing(connector_id), name, multipart)).describe();
}

Json Platform::work(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = works_.find(id);
  if (found == works_.end()) return {};
  Json work = found->second.describe();
  const auto connector = connectors_.find(found->second.connector_id);
  return work.set("connector", connector == connectors_.end() ? Json() : describe(connector->second));
}

bool Platform::is_work_alive(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = works_.find(id);
  return found != works_.end() && found->second.alive;
}

void Platform::delete_work(const std::string& id) {
  const std::lock_guard lock(mutex_);
  works_.erase(id);
}

void Platform::set_draft_context(const std::string& id, const std::string& draft) {
  const std::lock_guard lock(mutex_);
  if (Work* work = find_work(id)) work->draft_context = draft;
}

void Platform::receive_work(const std::string& id, const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (Work* work = find_work(id)) work->to_received(message, clock_.now());
}

void Platform::process_work(const std::string& id, const std::string& message, bool in_error) {
  const std::lock_guard lock(mutex_);
  if (Work* work = find_work(id)) work->to_processed(message, in_error, rules_, clock_.now());
}

void Platform::add_expectations(const std::string& id, std::int64_t count) {
  const std::lock_guard lock(mutex_);
  if (Work* work = find_work(id)) work->expected += count;
}

void Platform::report_expectation(const std::string& id, const Json& error) {
  const std::lock_guard lock(mutex_);
  if (Work* work = find_work(id)) {
    work->report(error, rules_, clock_.now());
    last_reported_work_ = id;
  }
}

void Platform::close_old_works() {
  const std::lock_guard lock(mutex_);
  const Work* last = find_work(last_reported_work_);
  if (last == nullptr) return;
  for (auto& [id, work] : works_) {
    const bool older = work.connector_id == last->connector_id && work.timestamp < last->timestamp;
    if (older && work.status != "complete") work.close_as_old(rules_, clock_.now());
  }
}

Json Platform::add_draft(const std::string& name) {
  const std::lock_guard lock(mutex_);
  char id[40];
  std::snprintf(id, sizeof id, "d4af7000-0000-4000-8000-%012llu", static_cast<unsigned long long>(++drafts_));
  return Json().set("id", id).set("name", name).set("entity_type", "DraftWorkspace");
}

}  // namespace stand_in
