// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/bundle/merge_bundles.hpp"

#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/json/json_tree.hpp"
#include "common/json/json_writer.hpp"
#include "common/uuid.hpp"

namespace push_opencti {

namespace {

using common::Json;
using common::JsonKind;

void write_merged(Json earlier, Json later, common::JsonWriter& json);

void write_united_list(Json earlier, Json later, common::JsonWriter& json) {
  std::unordered_set<std::string_view> seen;
  json.begin_array();
  for (const Json list : {earlier, later}) {
    for (const Json item : list) {
      if (seen.insert(item.raw()).second) json.raw(item.raw());
    }
  }
  json.end_array();
}

void write_merged_members(Json earlier, Json later, common::JsonWriter& json) {
  json.begin_object();
  for (const Json value : earlier) {
    json.key(value.key());
    const Json newer = later[value.key()];
    if (newer && !newer.is(JsonKind::null)) {
      write_merged(value, newer, json);
    } else {
      json.raw(value.raw());
    }
  }
  for (const Json value : later) {
    if (!earlier[value.key()]) json.key(value.key()).raw(value.raw());
  }
  json.end_object();
}

void write_merged(Json earlier, Json later, common::JsonWriter& json) {
  if (earlier.is(JsonKind::array) && later.is(JsonKind::array)) {
    write_united_list(earlier, later, json);
  } else if (earlier.is(JsonKind::object) && later.is(JsonKind::object)) {
    write_merged_members(earlier, later, json);
  } else {
    json.raw(later.raw());
  }
}

// Both are objects that were parsed before, as parts of their bundles.
std::string merged(std::string_view earlier, std::string_view later) {
  common::JsonTree first;
  common::JsonTree second;
  if (!first.parse_copy(earlier).empty()) return std::string(later);
  if (!second.parse_copy(later).empty()) return std::string(earlier);
  std::string out;
  common::JsonWriter json(out);
  write_merged(first.root(), second.root(), json);
  return out;
}

// Derived from the ids within, so that the same bundles make the same one.
std::string merged_id(std::span<const std::shared_ptr<const Bundle>> bundles) {
  std::string name;
  for (const auto& bundle : bundles) {
    for (const ObjectText& object : bundle->objects) name.append(object.id).push_back('\n');
  }
  return "bundle--" + common::to_text(common::uuid5(name));
}

}  // namespace

std::string merge_bundles(std::span<const std::shared_ptr<const Bundle>> bundles) {
  if (bundles.size() == 1) return text_to_push(*bundles.front());
  std::vector<ObjectText> objects;
  std::deque<std::string> merged_texts;  // does not move what it holds
  std::unordered_map<std::string_view, std::size_t> by_id;
  for (const auto& bundle : bundles) {
    for (const ObjectText& object : bundle->objects) {
      const auto [found, is_new] = by_id.try_emplace(object.id, objects.size());
      if (is_new) {
        objects.push_back(object);
        continue;
      }
      ObjectText& earlier = objects[found->second];
      if (earlier.text == object.text) continue;
      earlier.text = merged_texts.emplace_back(merged(earlier.text, object.text));
    }
  }
  return bundle_text(merged_id(bundles), objects);
}

}  // namespace push_opencti
