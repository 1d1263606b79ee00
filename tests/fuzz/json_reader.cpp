// SPDX-License-Identifier: Apache-2.0
// Any bytes as JSON. The reader must take what simdjson's DOM takes and refuse what breaks the grammar; a value's raw
// bytes must read as the same value, and what is_compact() says of them must be true.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/json/json_text.hpp"
#include "common/json/json_tree.hpp"

namespace {

using common::Json;
using common::JsonKind;
using common::JsonTree;

bool holds_values(Json json) { return json.is(JsonKind::object) || json.is(JsonKind::array); }

// DOM stops at other limits (digits, lone surrogates, depth), so only its faults of grammar count.
void compare_with_dom(const std::string& text, bool accepted) {
  static simdjson::dom::parser parser;
  simdjson::dom::object object;
  const auto error = parser.parse(text).get_object().get(object);
  if (error == simdjson::SUCCESS && !accepted) std::abort();
  const bool grammar = error == simdjson::TAPE_ERROR || error == simdjson::UNCLOSED_STRING ||
                       error == simdjson::UNESCAPED_CHARS || error == simdjson::UTF8_ERROR ||
                       error == simdjson::EMPTY || error == simdjson::INCORRECT_TYPE;
  if (grammar && accepted) std::abort();
}

std::size_t check(Json json) {
  std::size_t values = 1;
  const std::string_view raw = json.raw();
  if (raw.empty()) std::abort();
  for (const Json member : json) {
    const std::string_view part = member.raw();
    if (part.data() <= raw.data() || part.data() + part.size() >= raw.data() + raw.size()) std::abort();
    if (!member.key().empty() && !json[member.key()]) std::abort();
    values += check(member);
  }
  std::string minified;
  common::append_minified(minified, raw);
  if (json.is_compact() && minified != raw) std::abort();
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  static JsonTree tree;
  const bool accepted = tree.parse_copy(text).empty();
  compare_with_dom(text, accepted);
  if (!accepted) {
    if (tree.root()) std::abort();
    return 0;
  }
  if (check(tree.root()) != tree.values_of(tree.root())) std::abort();
  std::string once;
  common::append_compact_json(once, tree.root());
  for (const Json member : tree.root()) {
    if (!holds_values(member) || !member.is(JsonKind::object)) continue;
    JsonTree part;
    if (!part.parse_copy(member.raw()).empty()) std::abort();
    std::string whole, alone;
    common::append_compact_json(whole, member);
    common::append_compact_json(alone, part.root());
    if (whole != alone) std::abort();
  }
  static JsonTree again;
  if (!again.parse_copy(once).empty() || again.replaced() > 0) std::abort();
  std::string twice;
  common::append_compact_json(twice, again.root());
  if (once != twice) std::abort();
  return 0;
}
