// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/object_store.hpp"

#include <algorithm>
#include <array>

namespace stand_in {

namespace {

/// Members of observables that become a reference of which there is one at most.
constexpr std::array<std::string_view, 11> single_refs = {
    "content_ref", "creator_user_ref", "dst_payload_ref",     "encapsulated_by_ref",
    "from_ref",    "image_ref",        "parent_ref",          "raw_email_ref",
    "sender_ref",  "src_payload_ref",  "parent_directory_ref"};

/// The platform brings these along.
constexpr std::array<std::string_view, 5> known_markings = {"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
                                                            "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
                                                            "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
                                                            "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37",
                                                            "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"};

constexpr std::size_t largest_source = 50'000;

template <typename List>
bool holds(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// The text of a Python dict, as workers report errors.
Json worker_error(const std::string& name, const std::string& message, const std::string& source) {
  Json error;
  error.set("error", "{'name': '" + name + "', 'error_message': '" + message + "', 'http_status': 500}");
  error.set("source", source.size() < largest_source ? source : "Bundle too large");
  return error;
}

Json united(const Json& before, const Json& now) {
  if (!before.is_array() || !now.is_array()) return now;
  Json list = before;
  for (const Json& item : now.array()) {
    const std::string text = item.dump();
    const auto& items = list.array();
    if (std::none_of(items.begin(), items.end(), [&](const Json& one) { return one.dump() == text; })) list.push(item);
  }
  return list;
}

Json sorted(const Json& value) {
  if (value.is_array()) {
    Json::Array items;
    for (const Json& item : value.array()) items.push_back(sorted(item));
    std::sort(items.begin(), items.end(), [](const Json& a, const Json& b) { return a.dump() < b.dump(); });
    return items;
  }
  if (!value.is_object()) return value;
  Json::Object members;
  for (const auto& [name, member] : value.object()) members.emplace_back(name, sorted(member));
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return members;
}

}  // namespace

std::optional<std::string> ObjectStore::missing_in(const Json& object) const {
  const auto is_missing = [&](const Json& id) {
    return id.is_string() && !objects_.contains(id.string()) && !holds(known_markings, id.string());
  };
  for (const auto& [name, value] : object.object()) {
    if (name.ends_with("_ref") && is_missing(value)) return value.string();
    if (!name.ends_with("_refs") || !value.is_array()) continue;
    for (const Json& id : value.array()) {
      if (is_missing(id)) return id.string();
    }
  }
  return {};
}

ObjectStore::Result ObjectStore::import(const std::string& text) {
  for (Ordered& order : ordered_) {
    if (order.times <= 0 || text.find(order.match) == std::string::npos) continue;
    --order.times;
    return {Fate::failed, worker_error(order.name, order.message, text)};
  }
  const Json object = Json::parse(text);
  if (const auto missing = missing_in(object)) {
    return {Fate::missing_reference, worker_error("MISSING_REFERENCE_ERROR", "Element(s) not found " + *missing, text)};
  }
  Json& stored = objects_[object.text("id")];
  const bool was_revoked = stored.is_object() && stored.flag("revoked");
  Result result;
  for (const auto& [name, value] : object.object()) {
    const Json* before = stored.find(name);
    const bool again = before != nullptr && holds(single_refs, name);
    const bool endpoint = refuses_endpoints_ && object.text("type") == "network-traffic" && name.ends_with("_ref");
    if (again || endpoint) {
      result = {Fate::taken, worker_error("UNSUPPORTED_ERROR", "Cant add another relation on single ref", text)};
    }
    if (!again) stored.set(name, before == nullptr ? value : united(*before, value));
  }
  if (object.text("type") == "indicator") decide_validity(stored, object, was_revoked);
  return result;
}

/// A revoked indicator stays so whatever its score becomes, unless it gets a valid_until (later than now).
void ObjectStore::decide_validity(Json& stored, const Json& update, bool was_revoked) {
  if (was_revoked) stored.set("revoked", update.find("valid_until") == nullptr);
}

std::vector<std::string> ObjectStore::taken_back() const {
  std::vector<std::string> ids;
  for (const auto& [id, object] : objects_) {
    const Json* score = object.find("x_opencti_score");
    if (object.text("type") == "indicator" && object.flag("revoked") && score != nullptr && score->dump() == "0") {
      ids.push_back(id);
    }
  }
  return ids;
}

void ObjectStore::order_error(const std::string& match, std::int64_t times, const std::string& name,
                              const std::string& message) {
  ordered_.push_back({match, times, name, message});
}

Json ObjectStore::all() const {
  Json list = Json::Array{};
  for (const auto& [id, object] : objects_) list.push(sorted(object));
  return list;
}

}  // namespace stand_in
