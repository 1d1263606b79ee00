// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/bundle/merge_bundles.hpp"

#include <simdjson.h>

#include <deque>
#include <set>
#include <unordered_map>
#include <vector>

#include "common/json/json_writer.hpp"
#include "common/uuid.hpp"

namespace push_opencti {

namespace {

namespace dom = simdjson::dom;

void write_merged(const dom::element& earlier, const dom::element& later, common::JsonWriter& json);

void write_united_list(const dom::array& earlier, const dom::array& later, common::JsonWriter& json) {
  std::set<std::string> seen;
  json.begin_array();
  for (const dom::array& list : {earlier, later}) {
    for (const dom::element item : list) {
      std::string text = simdjson::minify(item);
      if (seen.contains(text)) continue;
      json.raw(text);
      seen.insert(std::move(text));
    }
  }
  json.end_array();
}

void write_merged_members(const dom::object& earlier, const dom::object& later, common::JsonWriter& json) {
  json.begin_object();
  for (const auto& [key, value] : earlier) {
    json.key(key);
    dom::element newer;
    if (later[key].get(newer) == simdjson::SUCCESS && !newer.is_null()) {
      write_merged(value, newer, json);
    } else {
      json.raw(simdjson::minify(value));
    }
  }
  for (const auto& [key, value] : later) {
    dom::element older;
    if (earlier[key].get(older) != simdjson::SUCCESS) json.key(key).raw(simdjson::minify(value));
  }
  json.end_object();
}

void write_merged(const dom::element& earlier, const dom::element& later, common::JsonWriter& json) {
  dom::array earlier_list;
  dom::array later_list;
  dom::object earlier_members;
  dom::object later_members;
  if (earlier.get_array().get(earlier_list) == simdjson::SUCCESS &&
      later.get_array().get(later_list) == simdjson::SUCCESS) {
    write_united_list(earlier_list, later_list, json);
  } else if (earlier.get_object().get(earlier_members) == simdjson::SUCCESS &&
             later.get_object().get(later_members) == simdjson::SUCCESS) {
    write_merged_members(earlier_members, later_members, json);
  } else {
    json.raw(simdjson::minify(later));
  }
}

// Both are objects that were parsed before.
std::string merged(std::string_view earlier, std::string_view later) {
  dom::parser first;
  dom::parser second;
  dom::element a;
  dom::element b;
  if (first.parse(earlier.data(), earlier.size()).get(a) != simdjson::SUCCESS) return std::string(later);
  if (second.parse(later.data(), later.size()).get(b) != simdjson::SUCCESS) return std::string(earlier);
  std::string out;
  common::JsonWriter json(out);
  write_merged(a, b, json);
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
