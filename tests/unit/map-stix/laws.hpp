// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/json_tree.hpp"

// The laws that every bundle keeps, whatever the input was; used by unit tests and by the fuzz target.

namespace laws {

inline bool ends_in_ref(std::string_view key) { return key.ends_with("_ref") || key.ends_with("_refs"); }

/// "" or what is wrong below a value: a null, an empty list or object, a reference to nothing.
inline std::string broken_below(common::Json value, const std::set<std::string_view>& ids) {
  using common::JsonKind;
  const std::string key(value.key());
  if (value.is(JsonKind::null)) return key + " is null";
  if ((value.is(JsonKind::array) || value.is(JsonKind::object)) && value.empty()) return key + " is empty";
  if (ends_in_ref(key)) {
    if (value.is(JsonKind::string) && !ids.contains(value.text())) return key + " names nothing in the bundle";
    for (const common::Json item : value) {
      if (!ids.contains(item.text())) return key + " names nothing in the bundle";
    }
  }
  for (const common::Json member : value) {
    if (const std::string wrong = broken_below(member, ids); !wrong.empty()) return wrong;
  }
  return {};
}

inline std::string broken_object(common::Json object) {
  const std::string id(object["id"].text());
  const std::string prefix = std::string(object["type"].text()) + "--";
  if (!id.starts_with(prefix) || id.size() != prefix.size() + 36) return "the id " + id + " does not fit its type";
  if (object["modified"] && object["modified"].text() < object["created"].text())
    return id + " was modified before it was created";
  if (object["first_seen"] && object["last_seen"] && object["last_seen"].text() < object["first_seen"].text())
    return id + " was last seen before it was first seen";
  if (object["source_ref"] && object["source_ref"].text() == object["target_ref"].text())
    return id + " relates an object to itself";
  return {};
}

/// "" or an object that no chain of relationships ties to an alert. The platform draws relationships only, so such an
/// object would stand alone in the graph of its case. Notes hang on what they are about; author, marking, case and
/// vocabulary are no part of the graph.
inline std::string lone_node(common::Json bundle) {
  std::map<std::string_view, std::vector<std::string_view>> neighbours;
  std::vector<std::string_view> reached;
  std::string_view author;
  for (const common::Json object : bundle["objects"]) {
    const std::string_view type = object["type"].text();
    if (type == "incident") reached.push_back(object["id"].text());
    if (type == "case-incident") author = object["created_by_ref"].text();
    if (type != "relationship") continue;
    neighbours[object["source_ref"].text()].push_back(object["target_ref"].text());
    neighbours[object["target_ref"].text()].push_back(object["source_ref"].text());
  }
  std::set<std::string_view> tied(reached.begin(), reached.end());
  while (!reached.empty()) {
    const std::string_view id = reached.back();
    reached.pop_back();
    for (const std::string_view next : neighbours[id]) {
      if (tied.insert(next).second) reached.push_back(next);
    }
  }
  for (const common::Json object : bundle["objects"]) {
    const std::string_view type = object["type"].text();
    const std::string_view id = object["id"].text();
    const bool node = type != "relationship" && type != "note" && type != "case-incident" &&
                      type != "marking-definition" && type != "vocabulary" && id != author;
    if (node && !tied.contains(id)) return std::string(id) + " is tied to no alert";
  }
  return {};
}

/// "" or an observable that refers to another one by a single reference that may differ from case to case: the platform
/// keeps the first and refuses each later one.
inline std::string forbidden_reference(common::Json object) {
  for (const auto* key : {"parent_directory_ref", "image_ref", "creator_user_ref", "parent_ref", "belongs_to_ref"}) {
    if (object[key]) return std::string(object["id"].text()) + " has a " + key;
  }
  return {};
}

/// "" where a bundle keeps the laws, else the first that it breaks.
inline std::string broken(common::Json bundle) {
  std::set<std::string_view> ids;
  for (const common::Json object : bundle["objects"]) {
    if (!ids.insert(object["id"].text()).second) return "the id " + std::string(object["id"].text()) + " stands twice";
  }
  if (ids.size() < 3) return "fewer than author, marking and case";
  for (const common::Json object : bundle["objects"]) {
    if (const std::string wrong = broken_object(object); !wrong.empty()) return wrong;
    if (const std::string wrong = forbidden_reference(object); !wrong.empty()) return wrong;
    if (const std::string wrong = broken_below(object, ids); !wrong.empty())
      return std::string(object["id"].text()) + ": " + wrong;
  }
  return lone_node(bundle);
}

}  // namespace laws
