// SPDX-License-Identifier: Apache-2.0
#include "common/json/json_writer.hpp"

#include <array>

#include "common/bytes/byte_blocks.hpp"

namespace common {

namespace {

// 0: as it is; 'u': \u00xx; else the letter after the backslash.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < 0x20; ++i) table[i] = 'u';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}
constexpr std::array<char, 256> escapes = make_escapes();

// Marks what needs an escape: all below U+0020, quotes and backslashes.
constexpr auto mark_escaped = [](ByteBlock block) {
  return ByteMarks{(block < 0x20) | (block == '"') | (block == '\\')};
};

// How many bytes from `at` on need no escape, as far as whole blocks tell.
std::size_t plain_blocks(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end + sizeof(ByteBlock) <= text.size() && !any(mark_escaped(load_block(text.data() + end))))
    end += sizeof(ByteBlock);
  return end - at;
}

template <typename Text>
void append_escaping(Text& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  std::size_t plain = 0;
  for (std::size_t i = plain_blocks(text, 0); i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = escapes[byte];
    if (escape == 0) continue;
    out.append(text.substr(plain, i - plain));
    plain = i + 1;
    out += '\\';
    out += escape;
    if (escape == 'u') {
      out += std::string_view("00");
      out += hex[byte >> 4];
      out += hex[byte & 15];
    }
    i += plain_blocks(text, i + 1);
  }
  out.append(text.substr(plain));
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  if (any_byte(text, mark_escaped))
    append_escaping(out, text);
  else
    out.append(text);
  out += '"';
}

void append_json_string(TextBuffer& out, std::string_view text) {
  char* const at = out.room(text.size() + 2);
  *at = '"';
  if (!copy_and_look(at + 1, text, mark_escaped)) {
    at[text.size() + 1] = '"';
    return out.end_at(at + text.size() + 2);
  }
  out.end_at(at + 1);
  append_escaping(out, text);
  out += '"';
}

void append_json_escaped(TextBuffer& out, std::string_view text) {
  if (copy_and_look(out.room(text.size()), text, mark_escaped))
    append_escaping(out, text);
  else
    out.end_at(out.room(0) + text.size());
}

void JsonWriter::separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  append_json_string(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return raw({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

}  // namespace common
