// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/bundle/bundle.hpp"

#include <algorithm>

#include "common/json/json_tree.hpp"
#include "common/json/json_writer.hpp"
#include "common/time.hpp"

namespace push_opencti {

namespace {

using common::Json;
using common::JsonKind;

// Beyond this a parser's buffers are not kept, so that one huge incident does not stay in memory for the whole run.
constexpr std::size_t kept_parser_size = 4u << 20;
constexpr std::size_t frame_size = 100;  // the members of a bundle around its id and its objects

constexpr std::string_view tlp_clear =
    R"({"type":"marking-definition","spec_version":"2.1","id":"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",)"
    R"("created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","name":"TLP:CLEAR","definition":{"tlp":"clear"}})";
constexpr std::string_view tlp_green =
    R"({"type":"marking-definition","spec_version":"2.1","id":"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",)"
    R"("created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","name":"TLP:GREEN","definition":{"tlp":"green"}})";

std::string_view string_of(Json value) { return value.is(JsonKind::string) ? value.text() : std::string_view{}; }

// What stands between the quotes, as it stands there.
std::string_view inner_text(Json value) {
  const std::string_view raw = value.is(JsonKind::string) ? value.raw() : std::string_view{};
  return raw.size() < 2 ? std::string_view{} : raw.substr(1, raw.size() - 2);
}

// The id that Graph gave the incident: the first external reference that has one.
std::string_view incident_id(Json a_case) {
  for (const Json reference : a_case["external_references"]) {
    if (const std::string_view id = string_of(reference["external_id"]); !id.empty()) return id;
  }
  return {};
}

// Reads what is known of a bundle from its only case.
void read_case(Json a_case, Bundle& bundle) {
  bundle.incident = incident_id(a_case);
  bundle.last_update = string_of(a_case["x_graph_last_update"]);
  bundle.case_id = string_of(a_case["id"]);
  bundle.merged_into = string_of(a_case["x_graph_merged_into"]);
  if (!common::parse_instant(bundle.last_update)) bundle.last_update.clear();
}

// Why a record that is no bundle is none, with advice where it is one of an earlier stage.
std::string not_a_bundle(Json root) {
  if (root["lastUpdateDateTime"] || root["incidentWebUrl"] || root["IncidentNumber"] || root["value"]) {
    return "an incident, not a STIX bundle: put map-stix in front (… | map-stix | push-opencti)";
  }
  if (root["access_token"]) return "a token, not a STIX bundle: fetch-incidents takes it";
  return "not a STIX bundle";
}

// `line`: the text that was parsed; the bundle holds a copy of it.
bool read(Json root, std::string_view line, Bundle& bundle, std::string& reason) {
  if (string_of(root["type"]) != "bundle") {
    reason = not_a_bundle(root);
    return false;
  }
  bundle.id = string_of(root["id"]);
  const Json objects = root["objects"];
  if (bundle.id.empty() || !objects.is(JsonKind::array) || objects.empty()) {
    reason = bundle.id.empty() ? "a bundle without an id" : "a bundle without objects";
    return false;
  }
  bundle.text = line;
  const auto here = [&](std::string_view part) {
    return std::string_view(bundle.text).substr(static_cast<std::size_t>(part.data() - line.data()), part.size());
  };
  Json a_case;
  std::size_t cases = 0;  // that name an incident; a case without one is only referred to
  for (const Json object : objects) {
    const std::string_view id = inner_text(object["id"]);
    const std::string_view type = inner_text(object["type"]);
    if (id.empty() || type.empty()) {
      reason = "a bundle with an object that has no type or no id";
      return false;
    }
    bundle.objects.push_back({here(id), here(type), here(object.raw())});
    if (type != "case-incident" || incident_id(object).empty()) continue;
    ++cases;
    a_case = object;
  }
  bundle.object_count = bundle.objects.size();
  if (cases == 1) read_case(a_case, bundle);
  return true;
}

}  // namespace

struct BundleParser::Buffers {
  common::JsonTree tree;
};

BundleParser::BundleParser() : buffers_(std::make_unique<Buffers>()) {}
BundleParser::~BundleParser() = default;

bool BundleParser::parse(std::string_view line, Bundle& bundle, std::string& reason) {
  const std::string fault = buffers_->tree.parse(line);
  const bool good = fault.empty() && read(buffers_->tree.root(), line, bundle, reason);
  if (!fault.empty()) reason = fault;
  if (line.size() > kept_parser_size) buffers_ = std::make_unique<Buffers>();
  if (good) bundle.body_size = json_string_size(line);
  return good;
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
