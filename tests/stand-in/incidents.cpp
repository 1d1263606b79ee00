// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/incidents.hpp"

#include <istream>
#include <ostream>

namespace stand_in {

namespace {

/// The text of a JSON string literal; nothing for any other JSON.
std::optional<std::string> unquoted(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != '"') return std::nullopt;
  const std::string_view inner = literal.substr(1, literal.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return std::string(inner);
  return Json::parse(literal).string();
}

}  // namespace

std::optional<Incident> Incident::from_text(std::string_view text) {
  auto members = split_object(text);
  if (!members) return std::nullopt;
  Incident incident;
  incident.members_ = std::make_shared<const std::vector<RawMember>>(std::move(*members));
  incident.read_keys();
  if (incident.id_.empty()) return std::nullopt;
  return incident;
}

void Incident::read_keys() {
  id_ = text("id").value_or("");
  updated_ = time("lastUpdateDateTime").value_or(0);
  created_ = time("createdDateTime").value_or(0);
}

std::string Incident::update_text() const { return text("lastUpdateDateTime").value_or(""); }

std::optional<Ticks> Incident::time(std::string_view property) const {
  const auto value = text(property);
  return value ? parse_instant(*value) : std::nullopt;
}

std::optional<std::string> Incident::text(std::string_view property) const { return unquoted(member(property)); }

std::string_view Incident::member(std::string_view name) const {
  for (const RawMember& changed : changed_) {
    if (changed.key == name) return changed.value;
  }
  for (const RawMember& original : *members_) {
    if (original.key == name) return original.value;
  }
  return {};
}

void Incident::set(std::string_view name, std::string value) {
  for (RawMember& changed : changed_) {
    if (changed.key == name) {
      changed.value = std::move(value);
      read_keys();
      return;
    }
  }
  changed_.push_back({std::string(name), std::move(value)});
  read_keys();
}

void Incident::render(std::string& out, bool with_alerts) const {
  const char* separator = "{";
  const auto write = [&](std::string_view key, std::string_view value) {
    if (key == "alerts" && !with_alerts) return;
    out += separator;
    append_quoted(out, key);
    out += ':';
    out += value;
    separator = ",";
  };
  const auto original_has = [&](std::string_view name) {
    for (const RawMember& original : *members_) {
      if (original.key == name) return true;
    }
    return false;
  };
  for (const RawMember& original : *members_) write(original.key, member(original.key));
  for (const RawMember& changed : changed_) {
    if (!original_has(changed.key)) write(changed.key, changed.value);
  }
  out += '}';
}

void Incidents::load(std::istream& lines, std::size_t copies, std::ostream& complaints) {
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto incident = Incident::from_text(line);
    if (!incident) {
      complaints << "stand-in: line " << number << " is no incident and is left out\n";
      continue;
    }
    if (!incident->time("lastUpdateDateTime")) {
      complaints << "stand-in: line " << number << ": lastUpdateDateTime is missing or malformed; the incident counts "
                 << "as of 1970\n";
    }
    put(*incident);
    for (std::size_t copy = 1; copy < copies; ++copy) {
      Incident further = *incident;
      const std::string id = incident->id() + "-" + std::to_string(copy);
      further.set("id", quoted(id));
      // A name of its own: cases of one name and moment are one object in OpenCTI.
      further.set("displayName", quoted("Incident " + id));
      further.set("lastUpdateDateTime",
                  quoted(format_instant(incident->updated() + static_cast<Ticks>(copy) * ticks_per_second)));
      put(std::move(further));
    }
  }
}

const Incident* Incidents::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &by_update_.at(found->second);
}

void Incidents::put(Incident incident) {
  const auto old = by_id_.find(incident.id());
  std::uint64_t rank = appeared_;
  if (old == by_id_.end()) {
    ++appeared_;
  } else {
    rank = old->second.second;
    by_update_.erase(old->second);
  }
  const Key key{incident.updated(), rank};
  by_id_.insert_or_assign(incident.id(), key);
  by_update_.emplace(key, std::move(incident));
}

Ticks Incidents::newest() const { return by_update_.empty() ? 0 : by_update_.rbegin()->first.first; }

std::vector<std::string> Incidents::ids() const {
  std::vector<std::string> ids;
  ids.reserve(by_id_.size());
  for (const auto& [id, key] : by_id_) ids.push_back(id);
  return ids;
}

Json Incidents::ledger() const {
  Json::Object ledger;
  ledger.reserve(by_id_.size());
  for (const auto& [id, key] : by_id_) ledger.emplace_back(id, by_update_.at(key).update_text());
  return ledger;
}

}  // namespace stand_in
