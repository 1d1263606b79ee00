// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "common/json/json_tree.hpp"

namespace common {

/// Which members and items are written: all, or those that are not marked as used.
enum class JsonPart { all, unused };

/// Appends a value as JSON on one line, numbers as in the source.
void append_compact_json(std::string& out, Json value, JsonPart part = JsonPart::all);
/// The same over several lines with two spaces of indent, for people.
void append_pretty_json(std::string& out, Json value, JsonPart part = JsonPart::all, std::size_t indent = 0);

/// Appends valid JSON without the white space between its tokens.
void append_minified(std::string& out, std::string_view json);

}  // namespace common
