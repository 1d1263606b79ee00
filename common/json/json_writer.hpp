// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/bytes/text_buffer.hpp"

namespace common {

/// Appends `text` (UTF-8) as a JSON string with its quotes. Escapes what RFC 8785 escapes: `"`, `\` and everything
/// below U+0020 (\b \f \n \r \t, else \u00xx in lower case).
void append_json_string(std::string& out, std::string_view text);
void append_json_string(TextBuffer& out, std::string_view text);
/// The same without the quotes, for a string that is written in parts.
void append_json_escaped(TextBuffer& out, std::string_view text);

/// Builds compact JSON at the end of a string; puts the commas. The caller keeps the nesting right.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  /// Appends JSON text as it is.
  JsonWriter& raw(std::string_view json);

  JsonWriter& member(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonWriter& member(std::string_view name, const char* value) { return key(name).text(value); }
  JsonWriter& member(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonWriter& member(std::string_view name, std::int64_t value) { return key(name).number(value); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  std::string& out_;
  bool comma_ = false;
};

}  // namespace common
