// SPDX-License-Identifier: Apache-2.0
#include "common/json/json_text.hpp"

#include <simdjson.h>

#include "common/json/json_writer.hpp"

namespace common {

namespace {

bool holds_values(Json value) { return value.is(JsonKind::object) || value.is(JsonKind::array); }

void append_scalar(std::string& out, Json value) {
  if (value.is(JsonKind::string))
    append_json_string(out, value.text());
  else
    out += value.is(JsonKind::missing) ? std::string_view("null") : value.text();
}

}  // namespace

void append_compact_json(std::string& out, Json value, JsonPart part) {
  if (!holds_values(value)) return append_scalar(out, value);
  const bool object = value.is(JsonKind::object);
  out += object ? '{' : '[';
  bool first = true;
  for (const Json member : value) {
    if (part == JsonPart::unused && member.used()) continue;
    if (!first) out += ',';
    first = false;
    if (object) {
      append_json_string(out, member.key());
      out += ':';
    }
    append_compact_json(out, member, part);
  }
  out += object ? '}' : ']';
}

void append_pretty_json(std::string& out, Json value, JsonPart part, std::size_t indent) {
  if (!holds_values(value)) return append_scalar(out, value);
  const bool object = value.is(JsonKind::object);
  if (value.empty()) {
    out += object ? "{}" : "[]";
    return;
  }
  out += object ? '{' : '[';
  bool first = true;
  for (const Json member : value) {
    if (part == JsonPart::unused && member.used()) continue;
    out += first ? "\n" : ",\n";
    first = false;
    out.append(indent + 2, ' ');
    if (object) {
      append_json_string(out, member.key());
      out += ": ";
    }
    append_pretty_json(out, member, part, indent + 2);
  }
  out += '\n';
  out.append(indent, ' ');
  out += object ? '}' : ']';
}

void append_minified(std::string& out, std::string_view json) {
  const std::size_t before = out.size();
  out.resize(before + json.size());
  std::size_t length = 0;
  // Fails only on unclosed strings, which valid JSON does not have.
  if (simdjson::minify(json.data(), json.size(), out.data() + before, length) != simdjson::SUCCESS) length = 0;
  out.resize(before + length);
}

}  // namespace common
