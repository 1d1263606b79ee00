// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/mutations.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

namespace stand_in {

namespace {

/// Members that an ordered mutation may replace, and what they are called in an incident.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> settable = {
    {{"severity", "severity"},
     {"status", "status"},
     {"title", "displayName"},
     {"created", "createdDateTime"},
     {"redirect", "redirectIncidentId"}}};

Json small_alert(const Incident& incident, const std::string& id, const std::string& moment) {
  Json alert;
  alert.set("id", id)
      .set("incidentId", incident.id())
      .set("title", "Alert added while pages were read")
      .set("severity", "medium")
      .set("createdDateTime", moment)
      .set("lastUpdateDateTime", moment)
      .set("evidence", Json::Array{});
  return alert;
}

void append_alert(Incident& incident, const Json& alert) {
  auto alerts = split_array(incident.member("alerts")).value_or(std::vector<std::string>{});
  Json added = alert;
  if (!alert.is_object()) {
    added = small_alert(incident, incident.id() + "-added-" + std::to_string(alerts.size()), incident.update_text());
  }
  alerts.push_back(added.dump());
  std::string text = "[";
  for (const std::string& one : alerts) {
    if (text.size() > 1) text += ',';
    text += one;
  }
  incident.set("alerts", text + "]");
}

}  // namespace

void Mutations::order(const Json& mutation) {
  if (mutation.is_array()) {
    for (const Json& one : mutation.array()) order(one);
    return;
  }
  if (mutation.number("after_page", 0) > pages_) {
    pending_.push_back(mutation);
  } else {
    apply(mutation);
  }
}

Incident Mutations::base_of(const Json& mutation) const {
  if (const Json* text = mutation.find("incident")) {
    if (const auto incident = Incident::from_text(text->dump())) return *incident;
    throw std::runtime_error("the mutation's incident has no id");
  }
  const std::string op = mutation.text("op");
  const std::string wanted = mutation.text(op == "update" ? "id" : "like");
  const Incident* found = wanted.empty() && op != "update" && incidents_.size() > 0
                              ? &incidents_.by_update().begin()->second
                              : incidents_.find(wanted);
  if (found == nullptr) throw std::runtime_error("there is no incident \"" + wanted + "\" to start from");
  return *found;
}

void Mutations::apply(const Json& mutation) {
  const std::string op = mutation.text("op");
  if (op != "update" && op != "add") throw std::runtime_error("a mutation's op is update or add");
  Incident incident = base_of(mutation);
  if (op == "add" && mutation.find("id") != nullptr) incident.set("id", quoted(mutation.text("id")));
  std::string moment = mutation.text("last_update");
  // An incident that is given whole brings its own time.
  if (moment.empty() && mutation.find("incident") == nullptr) {
    moment = format_instant(incidents_.newest() + ticks_per_second);
  }
  if (!moment.empty()) incident.set("lastUpdateDateTime", quoted(moment));
  for (const auto& [from, to] : settable) {
    if (mutation.find(from) != nullptr) incident.set(to, quoted(mutation.text(from)));
  }
  if (const Json* alert = mutation.find("add_alert")) append_alert(incident, *alert);
  incidents_.put(std::move(incident));
}

void Mutations::start_random(std::uint64_t seed, std::int64_t limit) {
  random_.seed(seed);
  random_left_ = limit;
}

void Mutations::page_served() {
  ++pages_;
  for (const Json& mutation : pending_) {
    if (mutation.number("after_page") <= pages_) apply(mutation);
  }
  pending_.erase(std::remove_if(pending_.begin(), pending_.end(),
                                [&](const Json& mutation) { return mutation.number("after_page") <= pages_; }),
                 pending_.end());
  for (std::size_t changes = random_left_ > 0 ? pick(4) : 0; changes > 0 && random_left_ > 0; --changes) {
    apply_random();
  }
}

void Mutations::update_one(Ticks moment) {
  const auto ids = incidents_.ids();
  Incident incident = *incidents_.find(ids[pick(ids.size())]);
  incident.set("lastUpdateDateTime", quoted(format_instant(moment)));
  incidents_.put(std::move(incident));
}

void Mutations::add_one(Ticks moment) {
  Incident incident = incidents_.by_update().begin()->second;
  const std::string id = "random-" + std::to_string(++added_);
  incident.set("id", quoted(id));
  // A name of its own: cases of one name and moment are one object in OpenCTI.
  incident.set("displayName", quoted("Incident " + id));
  incident.set("lastUpdateDateTime", quoted(format_instant(moment)));
  incidents_.put(std::move(incident));
}

/// The clock goes on by at most 1 s a change and a late one lies at most 90 s back, so that with up to 200
/// changes a late incident is never further behind a client's watermark than the 5 minutes of its overlap.
void Mutations::apply_random() {
  --random_left_;
  if (incidents_.size() == 0) return;
  const Ticks newest = incidents_.newest();
  const Ticks next = newest + static_cast<Ticks>(pick(static_cast<std::size_t>(ticks_per_second)));
  switch (pick(5)) {
    case 0: add_one(next); break;
    case 1: add_one(newest - static_cast<Ticks>(pick(90)) * ticks_per_second); break;
    case 2:
      update_one(next);
      update_one(next);
      break;
    default: update_one(next); break;
  }
}

}  // namespace stand_in
