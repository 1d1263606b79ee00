// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/ledger/nested_refs.hpp"

#include <simdjson.h>

#include <array>

#include "common/json/json_writer.hpp"

namespace push_opencti {

namespace {

namespace dom = simdjson::dom;

// The members of observables that the platform's schema knows as nested references of which there is one at most, but
// for src_ref and dst_ref, which its worker gives when it creates the object. belongs_to_ref is none of them. Append
// only.
constexpr std::array<std::string_view, 11> single_refs = {
    "parent_directory_ref", "image_ref",   "creator_user_ref", "from_ref",        "sender_ref",         "raw_email_ref",
    "parent_ref",           "content_ref", "src_payload_ref",  "dst_payload_ref", "encapsulated_by_ref"};

void add_ids(const dom::element& value, std::vector<std::string>& ids) {
  std::string_view id;
  dom::array list;
  if (value.get_string().get(id) == simdjson::SUCCESS) {
    ids.emplace_back(id);
  } else if (value.get_array().get(list) == simdjson::SUCCESS) {
    for (const dom::element item : list) add_ids(item, ids);
  }
}

}  // namespace

RefSet single_ref(std::string_view member) {
  if (!member.ends_with("_ref")) return 0;
  for (std::size_t i = 0; i < single_refs.size(); ++i) {
    if (single_refs[i] == member) return RefSet{1} << i;
  }
  return 0;
}

std::string without_refs(std::string_view object, RefSet refs) {
  dom::parser parser;
  dom::object members;
  if (parser.parse(object.data(), object.size()).get_object().get(members) != simdjson::SUCCESS) {
    return std::string(object);
  }
  std::string out;
  common::JsonWriter json(out);
  json.begin_object();
  for (const auto& [name, value] : members) {
    if ((single_ref(name) & refs) == 0) json.key(name).raw(simdjson::minify(value));
  }
  json.end_object();
  return out;
}

std::vector<std::string> ids_referred_to(std::string_view object) {
  std::vector<std::string> ids;
  dom::parser parser;
  dom::object members;
  if (parser.parse(object.data(), object.size()).get_object().get(members) != simdjson::SUCCESS) return ids;
  for (const auto& [name, value] : members) {
    if (name.ends_with("_ref") || name.ends_with("_refs")) add_ids(value, ids);
  }
  return ids;
}

}  // namespace push_opencti
