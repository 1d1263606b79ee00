// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/bundle/bundle.hpp"

#include <simdjson.h>

#include <algorithm>
#include <new>

#include "common/json/json_cursor.hpp"
#include "common/json/json_writer.hpp"
#include "common/time.hpp"

namespace push_opencti {

namespace {

// Beyond this a parser's buffers are not kept, so that one huge incident does not stay in memory for the whole run.
constexpr std::size_t kept_parser_size = 4u << 20;
constexpr std::size_t first_parser_size = 64u << 10;
constexpr std::size_t most_depth = 128;
constexpr std::size_t frame_size = 100;  // the members of a bundle around its id and its objects

constexpr std::string_view tlp_clear =
    R"({"type":"marking-definition","spec_version":"2.1","id":"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",)"
    R"("created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","name":"TLP:CLEAR","definition":{"tlp":"clear"}})";
constexpr std::string_view tlp_green =
    R"({"type":"marking-definition","spec_version":"2.1","id":"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",)"
    R"("created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","name":"TLP:GREEN","definition":{"tlp":"green"}})";

std::string_view text_of(const simdjson::dom::object& object, std::string_view key) {
  std::string_view text;
  if (object[key].get_string().get(text) != simdjson::SUCCESS) return {};
  return text;
}

// The id that Graph gave the incident: the first external reference that has one.
std::string_view incident_id(const simdjson::dom::object& a_case) {
  simdjson::dom::array references;
  if (a_case["external_references"].get_array().get(references) != simdjson::SUCCESS) return {};
  for (const simdjson::dom::element reference : references) {
    simdjson::dom::object object;
    if (reference.get_object().get(object) != simdjson::SUCCESS) continue;
    if (const std::string_view id = text_of(object, "external_id"); !id.empty()) return id;
  }
  return {};
}

bool read(const simdjson::dom::element& root, Bundle& bundle, std::string& reason) {
  simdjson::dom::object members;
  if (root.get_object().get(members) != simdjson::SUCCESS || text_of(members, "type") != "bundle") {
    reason = "not a STIX bundle";
    return false;
  }
  bundle.id = text_of(members, "id");
  simdjson::dom::array objects;
  if (bundle.id.empty() || members["objects"].get_array().get(objects) != simdjson::SUCCESS ||
      objects.begin() == objects.end()) {
    reason = bundle.id.empty() ? "a bundle without an id" : "a bundle without objects";
    return false;
  }
  bundle.object_count = 0;
  bundle.incident.clear();
  bundle.last_update.clear();
  std::size_t cases = 0;
  for (const simdjson::dom::element element : objects) {
    simdjson::dom::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS || text_of(object, "type").empty() ||
        text_of(object, "id").empty()) {
      reason = "a bundle with an object that has no type or no id";
      return false;
    }
    ++bundle.object_count;
    if (text_of(object, "type") != "case-incident" || ++cases > 1) continue;
    bundle.incident = incident_id(object);
    bundle.last_update = text_of(object, "x_graph_last_update");
  }
  if (cases > 1) {
    bundle.incident.clear();
    bundle.last_update.clear();
  }
  if (!common::parse_instant(bundle.last_update)) bundle.last_update.clear();
  return true;
}

// Scans JSON that is known to be valid; every function returns the position after what it skipped.
std::size_t skip_blank(std::string_view json, std::size_t at) {
  while (at < json.size() && (json[at] == ' ' || json[at] == '\t' || json[at] == '\r' || json[at] == '\n')) ++at;
  return at;
}

std::size_t skip_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size(); ++at) {
    at = json.find_first_of("\"\\", at);
    if (at == std::string_view::npos) return json.size();
    if (json[at] == '"') return at + 1;
    ++at;  // a backslash and what it escapes
  }
  return json.size();
}

std::size_t skip_value(std::string_view json, std::size_t at) {
  std::size_t depth = 0;
  while (at < json.size()) {
    at = json.find_first_of("\"{}[],", at);
    if (at == std::string_view::npos) return json.size();
    switch (json[at]) {
      case '"':
        at = skip_string(json, at);
        if (depth == 0) return at;
        continue;
      case '{':
      case '[': ++depth; break;
      case ',':
        if (depth == 0) return at;
        break;
      default:
        if (depth == 0) return at;  // the end of what holds this scalar
        if (--depth == 0) return at + 1;
    }
    ++at;
  }
  return at;
}

// Calls `take(key, value text)` for each member; stops when it returns false.
template <class Take>
void each_member(std::string_view object, Take take) {
  std::size_t at = skip_blank(object, 0) + 1;
  for (;;) {
    at = skip_blank(object, at);
    if (at >= object.size() || object[at] != '"') return;
    const std::size_t key_end = skip_string(object, at);
    std::string_view key = object.substr(at + 1, key_end - at - 2);
    std::string resolved;
    if (key.find('\\') != std::string_view::npos) {
      resolved = common::json_string(object.substr(at, key_end - at)).value_or("");
      key = resolved;
    }
    at = skip_blank(object, skip_blank(object, key_end) + 1);
    const std::size_t value_end = skip_value(object, at);
    if (!take(key, object.substr(at, value_end - at))) return;
    at = skip_blank(object, value_end);
    if (at >= object.size() || object[at] != ',') return;
    ++at;
  }
}

std::string_view unquoted(std::string_view value) {
  while (!value.empty() && value.back() != '"') value.remove_suffix(1);
  return value.size() < 2 ? std::string_view{} : value.substr(1, value.size() - 2);
}

ObjectText describe(std::string_view text) {
  ObjectText object{{}, {}, text};
  each_member(text, [&object](std::string_view key, std::string_view value) {
    if (key == "id") object.id = unquoted(value);
    if (key == "type") object.type = unquoted(value);
    return object.id.empty() || object.type.empty();
  });
  return object;
}

// The objects of a bundle that was found to be one, in order.
std::vector<ObjectText> objects_of(std::string_view bundle) {
  std::vector<ObjectText> all;
  each_member(bundle, [&all](std::string_view key, std::string_view value) {
    if (key != "objects") return true;
    std::size_t at = skip_blank(value, 1);
    while (at < value.size() && value[at] == '{') {
      const std::size_t end = skip_value(value, at);
      all.push_back(describe(value.substr(at, end - at)));
      at = skip_blank(value, end);
      if (at >= value.size() || value[at] != ',') break;
      at = skip_blank(value, at + 1);
    }
    return false;
  });
  return all;
}

}  // namespace

struct BundleParser::Buffers {
  Buffers() {
    if (parser.allocate(first_parser_size, most_depth) != simdjson::SUCCESS) throw std::bad_alloc();
  }
  simdjson::dom::parser parser;
};

BundleParser::BundleParser() : buffers_(std::make_unique<Buffers>()) {}
BundleParser::~BundleParser() = default;

bool BundleParser::parse(std::string_view line, Bundle& bundle, std::string& reason) {
  simdjson::dom::element root;
  const auto error = buffers_->parser.parse(line.data(), line.size(), false).get(root);
  const bool good = error == simdjson::SUCCESS && read(root, bundle, reason);
  if (error != simdjson::SUCCESS) reason = std::string("not JSON: ") + simdjson::error_message(error);
  if (line.size() > kept_parser_size) buffers_ = std::make_unique<Buffers>();
  if (!good) return false;
  bundle.text = line;
  bundle.objects = objects_of(bundle.text);
  bundle.body_size = json_string_size(line);
  return true;
}

std::string bundle_text(std::string_view id, std::span<const ObjectText> objects) {
  std::size_t size = id.size() + tlp_clear.size() + frame_size;
  for (const ObjectText& object : objects) size += object.text.size() + 1;
  std::string out;
  out.reserve(size);
  common::JsonWriter json(out);
  json.begin_object().member("type", "bundle").member("id", id).member("spec_version", "2.1");
  json.key("objects").begin_array();
  for (const ObjectText& object : objects) json.raw(object.text);
  if (objects.size() == 1) {
    json.raw(tlp_clear.find(objects.front().id) == std::string_view::npos ? tlp_clear : tlp_green);
  }
  json.end_array().end_object();
  return out;
}

std::string text_to_push(const Bundle& bundle) {
  return bundle.objects.size() == 1 ? bundle_text(bundle.id, bundle.objects) : bundle.text;
}

std::size_t json_string_size(std::string_view text) {
  const auto escaped = std::count_if(text.begin(), text.end(), [](char c) { return c == '"' || c == '\\'; });
  // A line of JSON has no raw control characters but blanks between its tokens, which are rare.
  const auto tabs = std::count(text.begin(), text.end(), '\t');
  return text.size() + static_cast<std::size_t>(escaped) + static_cast<std::size_t>(tabs) + 2;
}

}  // namespace push_opencti
