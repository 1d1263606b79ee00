// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "tools/map-stix/json/json_tree.hpp"

namespace map_stix {

/// Which members and items are written: all, or those that are not marked as used.
enum class JsonPart { all, unused };

/// Appends a value as JSON on one line, numbers as in the source.
void append_compact_json(std::string& out, Json value, JsonPart part = JsonPart::all);
/// The same over several lines with two spaces of indent, for people.
void append_pretty_json(std::string& out, Json value, JsonPart part = JsonPart::all, std::size_t indent = 0);

/// Marks as used what says nothing: null, "", "unknownFutureValue", and lists and objects that hold nothing else. True
/// when the value itself is such.
bool mark_empty(Json value);

}  // namespace map_stix
