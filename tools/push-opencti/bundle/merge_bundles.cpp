// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/bundle/merge_bundles.hpp"

#include <simdjson.h>

#include <set>
#include <unordered_map>
#include <vector>

#include "common/json/json_writer.hpp"
#include "common/uuid.hpp"
#include "tools/push-opencti/bundle/bundle.hpp"

namespace push_opencti {

namespace {

namespace dom = simdjson::dom;

constexpr std::string_view tlp_clear =
    R"({"type":"marking-definition","spec_version":"2.1","id":"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",)"
    R"("created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","name":"TLP:CLEAR","definition":{"tlp":"clear"}})";
constexpr std::string_view tlp_green =
    R"({"type":"marking-definition","spec_version":"2.1","id":"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",)"
    R"("created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","name":"TLP:GREEN","definition":{"tlp":"green"}})";

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

std::string bundle_id(std::span<const std::string_view> bundles) {
  std::string name;
  for (const std::string_view bundle : bundles) {
    for (const ObjectText& object : objects_of(bundle)) name.append(object.id).push_back('\n');
  }
  return "bundle--" + common::to_text(common::uuid5(name));
}

// An object of the united bundle: a view into one of the bundles, or what came of merging.
struct Place {
  std::string_view text;
  std::string own;
};

}  // namespace

std::string merge_bundles(std::span<const std::string_view> bundles) {
  std::vector<Place> places;
  std::unordered_map<std::string_view, std::size_t> by_id;
  std::size_t size = 0;
  for (const std::string_view bundle : bundles) {
    size += bundle.size();
    for (const ObjectText& object : objects_of(bundle)) {
      const auto [found, is_new] = by_id.try_emplace(object.id, places.size());
      if (is_new) {
        places.push_back({object.text, {}});
        continue;
      }
      Place& place = places[found->second];
      if (place.text == object.text) continue;
      place.own = merged(place.text, object.text);
      place.text = place.own;
    }
  }
  std::string out;
  out.reserve(size + 128);
  common::JsonWriter json(out);
  json.begin_object().member("type", "bundle").member("id", bundle_id(bundles)).member("spec_version", "2.1");
  json.key("objects").begin_array();
  for (const Place& place : places) json.raw(place.text);
  json.end_array().end_object();
  return out;
}

std::string at_least_two_objects(std::string_view bundle) {
  const auto objects = objects_of(bundle);
  if (objects.size() != 1) return std::string(bundle);
  const std::string_view companion =
      tlp_clear.find(objects.front().id) == std::string_view::npos ? tlp_clear : tlp_green;
  const std::size_t end =
      static_cast<std::size_t>(objects.front().text.data() - bundle.data()) + objects.front().text.size();
  std::string out(bundle.substr(0, end));
  out.append(",").append(companion).append(bundle.substr(end));
  return out;
}

}  // namespace push_opencti
