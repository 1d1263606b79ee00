// SPDX-License-Identifier: Apache-2.0
#include "common/console/printable.hpp"

namespace common {
namespace {

/// A character that a terminal may act upon, and how many bytes it takes; length 0 where there is none.
struct Steering {
  unsigned code = 0;
  std::size_t length = 0;
};

// Terminals act on C0 and C1 control characters (C1 arrives as the UTF-8 pair C2 80..9F), and U+2028 and the
// bidirectional marks change what a line seems to say.
Steering steering_at(std::string_view text, std::size_t at) {
  const auto byte_at = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned byte = byte_at(at);
  if (byte < 0x20 || byte == 0x7f) return {byte, 1};
  const unsigned next = byte_at(at + 1);
  if (byte == 0xc2 && next >= 0x80 && next <= 0x9f) return {next, 2};
  const unsigned third = byte_at(at + 2);
  if (byte == 0xe2 &&
      ((next == 0x80 && third >= 0xa8 && third <= 0xae) || (next == 0x81 && third >= 0xa6 && third <= 0xa9))) {
    return {0x2000u | ((next & 0x3fu) << 6) | (third & 0x3fu), 3};
  }
  return {};
}

void append_hex(std::string& out, unsigned code, int digits) {
  while (digits-- > 0) out += "0123456789abcdef"[(code >> (4 * digits)) & 15];
}

/// Appends the text; `escape` appends what stands for a character that a terminal may act upon.
template <typename Escape>
void append_escaped(std::string& out, std::string_view text, const Escape& escape) {
  for (std::size_t i = 0; i < text.size();) {
    const auto [code, length] = steering_at(text, i);
    if (length == 0) {
      out += text[i++];
      continue;
    }
    i += length;
    escape(code);
  }
}

void append_json_escape(std::string& out, unsigned code) {
  out += "\\u";
  append_hex(out, code, 4);
}

}  // namespace

void append_printable(std::string& out, std::string_view text) {
  append_escaped(out, text, [&out](unsigned code) {
    if (code == '\n') {
      out += "\\n";
    } else if (code == '\t') {
      out += ' ';
    } else if (code <= 0xff) {
      out += "\\x";
      append_hex(out, code, 2);
    } else {
      append_json_escape(out, code);
    }
  });
}

void append_printable_json(std::string& out, std::string_view json) {
  append_escaped(out, json, [&out](unsigned code) { append_json_escape(out, code); });
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)).append(left_out);
}

std::string excerpt(std::string_view text, std::size_t most) {
  std::string line;
  bool apart = false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) {
      apart = !line.empty();
      continue;
    }
    if (apart) line += ' ';
    apart = false;
    line += c;
    if (line.size() > most + 4) break;  // enough to see that something is left out, and a whole character
  }
  return shortened(line, most);
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace common
