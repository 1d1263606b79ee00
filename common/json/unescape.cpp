// SPDX-License-Identifier: Apache-2.0
#include "common/json/unescape.hpp"

namespace common {

namespace {

constexpr char32_t replacement = 0xfffd;

// Four hex digits at raw[at]; false when there are none.
bool read_hex(std::string_view raw, std::size_t at, char32_t& value) {
  if (at + 4 > raw.size()) return false;
  value = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const char c = raw[i];
    char32_t digit = 0;
    if (c >= '0' && c <= '9')
      digit = static_cast<char32_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = static_cast<char32_t>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
      digit = static_cast<char32_t>(c - 'A' + 10);
    else
      return false;
    value = value * 16 + digit;
  }
  return true;
}

char simple_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
  }
}

// Reads what follows "\u" at raw[at], a surrogate pair included, and moves `at` behind it.
bool read_code_point(std::string_view raw, std::size_t& at, char32_t& value) {
  if (!read_hex(raw, at, value)) return false;
  at += 4;
  const bool high = value >= 0xd800 && value < 0xdc00;
  char32_t low = 0;
  if (high && raw.substr(at).starts_with("\\u") && read_hex(raw, at + 2, low) && low >= 0xdc00 && low < 0xe000) {
    value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
    at += 6;
  }
  return true;
}

}  // namespace

void append_utf8(TextBuffer& out, char32_t code_point) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    put(0xe0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3f));
    put(0x80 | (code_point & 0x3f));
  } else {
    put(0xf0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3f));
    put(0x80 | ((code_point >> 6) & 0x3f));
    put(0x80 | (code_point & 0x3f));
  }
}

bool append_unescaped(TextBuffer& out, std::string_view raw, std::uint64_t& replaced) {
  std::size_t at = 0;
  for (;;) {
    const std::size_t slash = raw.find('\\', at);
    out.append(raw.substr(at, slash == std::string_view::npos ? slash : slash - at));
    if (slash == std::string_view::npos) return true;
    if (slash + 1 >= raw.size()) return false;
    at = slash + 2;
    if (raw[slash + 1] != 'u') {
      const char plain = simple_escape(raw[slash + 1]);
      if (plain == 0) return false;
      out += plain;
      continue;
    }
    char32_t value = 0;
    if (!read_code_point(raw, at, value)) return false;
    if (value == 0 || (value >= 0xd800 && value < 0xe000)) {
      value = replacement;
      ++replaced;
    }
    append_utf8(out, value);
  }
}

}  // namespace common
