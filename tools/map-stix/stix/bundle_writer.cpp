// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/stix/bundle_writer.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "common/json/json_writer.hpp"
#include "tools/map-stix/stix/markings.hpp"

namespace map_stix {

namespace {

using namespace std::string_view_literals;

// Objects that several incidents share have constant dates; otherwise each bundle would seem to change them.
constexpr std::string_view constant_date = "2020-01-01T00:00:00.000Z";

constexpr std::size_t flush_size = 256u << 10;

void append_number(common::TextBuffer& out, std::int64_t number) {
  constexpr std::size_t longest = 24;
  char* const at = out.room(longest);
  out.end_at(std::to_chars(at, at + longest, number).ptr);
}

void append_time(common::TextBuffer& out, common::Instant at) {
  out += '"';
  common::append_milliseconds(out, at);
  out += '"';
}

std::string author_object(const MappingOptions& options, const std::string& id) {
  std::string json = R"({"type":"identity","spec_version":"2.1","id":")" + id + R"(","created":")" +
                     std::string(constant_date) + R"(","modified":")" + std::string(constant_date) + R"(","name":)";
  common::append_json_string(json, options.author);
  json += R"(,"description":"Security incidents imported from Microsoft Graph","identity_class":"organization"})";
  return json;
}

// An entry for one of the platform's vocabularies. The platform drops words that its vocabularies lack, but adds
// entries that come in a bundle.
std::string vocabulary_object(StixIds& ids, std::string_view category, std::string_view name) {
  return R"({"type":"vocabulary","spec_version":"2.1","id":"vocabulary--)" +
         common::to_text(ids.of({{"category", category}, {"name", name}})) + R"(","name":")" + std::string(name) +
         R"(","category":")" + std::string(category) + R"("})";
}

}  // namespace

BundleWriter::BundleWriter(const MappingOptions& options, StixIds& ids) {
  const std::string author = "identity--" + common::to_text(ids.identity("organization", options.author));
  const Marking& marking = marking_of(options.tlp_level);
  const Marking& observable_marking = marking_of(options.observable_tlp);
  author_ = author_object(options, author) + ",";
  author_id_ = ids.identity("organization", options.author);
  preamble_ = std::string(marking.json) + ",";
  if (&marking != &observable_marking) preamble_ += std::string(observable_marking.json) + ",";
  if (options.informational == InformationalSeverity::add) {
    for (const std::string_view category : {"case_severity_ov", "incident_severity_ov"})
      preamble_ += vocabulary_object(ids, category, "informational") + ",";
  }
  const std::string author_member = "\",\"created_by_ref\":\"" + author;
  const std::string object_end = ",\"object_marking_refs\":[\"" + std::string(marking.id) + "\"]";
  std::string observable_end = ",\"object_marking_refs\":[\"" + std::string(observable_marking.id) + "\"]";
  if (options.observable_author) observable_end += ",\"x_opencti_created_by_ref\":\"" + author + "\"";
  for (std::size_t i = 0; i < object_type_count; ++i) {
    const ObjectTypeRow& row = object_types[i];
    const std::string type(row.name);
    frames_[i].begin = "{\"type\":\"" + type + "\",\"spec_version\":\"2.1\",\"id\":\"" + type + "--";
    frames_[i].middle = (row.author ? author_member : std::string()) + (row.observable ? "\"" : "\",\"created\":\"");
    frames_[i].end = (!row.marking ? std::string() : row.observable ? observable_end : object_end) + "}";
  }
  for (std::size_t i = 0; i < property_count; ++i) names_[i] = ",\"" + std::string(properties[i].name) + "\":";
}

void BundleWriter::append(common::TextBuffer& out, const Bundle& bundle, const common::Uuid& id,
                          ObjectRef case_incident, const FlushOutput& flush_output) {
  out += R"({"type":"bundle","id":"bundle--)"sv;
  out += common::to_text(id);
  out += R"(","objects":[)"sv;
  // An organisation in the evidence may have the same name, and so the same id, as the author.
  if (!bundle.find(ObjectType::identity, author_id_)) out += author_;
  out += preamble_;
  for (std::uint32_t i = 0; i < bundle.size(); ++i) {
    if (i > 0) out += ',';
    append_object(out, bundle, {i}, case_incident, flush_output);
    if (out.size() >= flush_size) flush_output();
  }
  out += "]}"sv;
}

void BundleWriter::append_object(common::TextBuffer& out, const Bundle& bundle, ObjectRef ref, ObjectRef case_incident,
                                 const FlushOutput& flush_output) {
  const Bundle::Object& object = bundle.objects_[ref.index];
  const Frame& frame = frames_[static_cast<std::size_t>(object.type)];
  char* const at = common::put(out.room(frame.begin.size() + common::uuid_text_size), frame.begin);
  out.end_at(common::put_text(at, object.uuid));
  out += frame.middle;
  if (!row_of(object.type).observable) {
    append_date(out, object.created);
    out += R"(","modified":")"sv;
    append_date(out, object.modified);
    out += '"';
  }
  append_values(out, bundle, object);
  if (object.type == ObjectType::relationship) append_ends(out, bundle, object.ends);
  if (ref == case_incident) append_object_refs(out, bundle, case_incident, flush_output);
  out += frame.end;
}

void BundleWriter::append_date(common::TextBuffer& out, common::Instant at) {
  if (date_text_.empty() || date_ != at) {
    date_ = at;
    date_text_.clear();
    common::append_milliseconds(date_text_, at);
  }
  out += date_text_.view();
}

void BundleWriter::append_ends(common::TextBuffer& out, const Bundle& bundle, const Bundle::Ends& ends) {
  out += ",\"relationship_type\":\""sv;
  out += name_of(ends.type);
  out += "\",\"source_ref\":\""sv;
  bundle.append_id(out, ends.source);
  out += "\",\"target_ref\":\""sv;
  bundle.append_id(out, ends.target);
  out += '"';
}

void BundleWriter::append_values(common::TextBuffer& out, const Bundle& bundle, const Bundle::Object& object) {
  for (std::uint32_t at = object.first; at != 0;) {
    const Bundle::Value& value = bundle.values_[at];
    if (row_of(value.property).form == Form::hash) {
      append_hashes(out, bundle, at);
      continue;
    }
    at = value.next;
    out += names_[static_cast<std::size_t>(value.property)];
    append_value(out, bundle, value);
  }
}

void BundleWriter::append_value(common::TextBuffer& out, const Bundle& bundle, const Bundle::Value& value) {
  switch (row_of(value.property).form) {
    case Form::text:
    case Form::hash: common::append_json_string(out, value.as_text()); break;
    case Form::number: append_number(out, value.number); break;
    case Form::boolean: out += value.number != 0 ? "true"sv : "false"sv; break;
    case Form::time: append_time(out, {value.number}); break;
    case Form::ref:
      out += '"';
      bundle.append_id(out, {static_cast<std::uint32_t>(value.number)});
      out += '"';
      break;
    case Form::texts:
    case Form::refs:
    case Form::references:
    case Form::registry_values: append_list(out, bundle, value); break;
    case Form::blocks: append_blocks(out, bundle, value); break;
  }
}

void BundleWriter::append_list(common::TextBuffer& out, const Bundle& bundle, const Bundle::Value& value) {
  out += '[';
  for (std::uint32_t at = value.list.first; at != 0; at = bundle.items_[at].next) {
    if (at != value.list.first) out += ',';
    append_item(out, bundle, row_of(value.property).form, bundle.items_[at]);
  }
  out += ']';
}

void BundleWriter::append_item(common::TextBuffer& out, const Bundle& bundle, Form form, const Bundle::Item& item) {
  if (form == Form::texts) return common::append_json_string(out, item.a);
  if (form == Form::refs) {
    out += '"';
    bundle.append_id(out, {item.ref});
    out += '"';
    return;
  }
  bool first = true;
  const auto part = [&out, &first](std::string_view key, std::string_view text) {
    if (text.empty()) return;
    out += first ? "\""sv : ",\""sv;
    first = false;
    out += key;
    out += "\":"sv;
    common::append_json_string(out, text);
  };
  const bool reference = form == Form::references;
  out += '{';
  part(reference ? "source_name"sv : "name"sv, item.a);
  part(reference ? "url"sv : "data"sv, item.b);
  part(reference ? "external_id"sv : "data_type"sv, item.c);
  out += '}';
}

void BundleWriter::append_blocks(common::TextBuffer& out, const Bundle& bundle, const Bundle::Value& value) {
  out += '"';
  for (std::uint32_t at = value.list.first; at != 0; at = bundle.items_[at].next) {
    if (at != value.list.first) out += "\\n\\n---\\n\\n"sv;
    out += bundle.items_[at].a;
  }
  out += '"';
}

void BundleWriter::append_hashes(common::TextBuffer& out, const Bundle& bundle, std::uint32_t& at) {
  out += ",\"hashes\":{"sv;
  for (bool first = true; at != 0 && row_of(bundle.values_[at].property).form == Form::hash; first = false) {
    const Bundle::Value& value = bundle.values_[at];
    out += first ? "\""sv : ",\""sv;
    out += row_of(value.property).name;
    out += "\":"sv;
    common::append_json_string(out, value.as_text());
    at = value.next;
  }
  out += '}';
}

bool BundleWriter::refers_to(const Bundle& bundle, const Bundle::Object& note, ObjectRef target) const {
  for (std::uint32_t at = note.first; at != 0; at = bundle.values_[at].next) {
    const Bundle::Value& value = bundle.values_[at];
    if (value.property != Property::object_refs) continue;
    for (std::uint32_t item = value.list.first; item != 0; item = bundle.items_[item].next) {
      if (bundle.items_[item].ref == target.index) return true;
    }
  }
  return false;
}

void BundleWriter::append_object_refs(common::TextBuffer& out, const Bundle& bundle, ObjectRef case_incident,
                                      const FlushOutput& flush_output) {
  bool any = false;
  for (std::uint32_t i = 0; i < bundle.size(); ++i) {
    const Bundle::Object& object = bundle.objects_[i];
    if (i == case_incident.index) continue;
    // The platform drops one direction of a note and a case that refer to each other.
    if (object.type == ObjectType::note && refers_to(bundle, object, case_incident)) continue;
    out += any ? ",\""sv : ",\"object_refs\":[\""sv;
    any = true;
    bundle.append_id(out, {i});
    out += '"';
    if (out.size() >= flush_size) flush_output();
  }
  if (any) out += ']';
}

}  // namespace map_stix
