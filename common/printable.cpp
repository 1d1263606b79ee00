#include "common/printable.hpp"

namespace common {

// Terminals act on C0 and C1 control characters (C1 arrives as the UTF-8 pair C2 80..9F), and U+2028 and the bidirectional
// marks change what a line seems to say.
void append_printable(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
    const auto third = i + 2 < text.size() ? static_cast<unsigned char>(text[i + 2]) : 0u;
    if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\t') {
      out += ' ';
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else if (byte == 0xc2 && next >= 0x80 && next <= 0x9f) {
      out += "\\x";
      out += hex[next >> 4];
      out += hex[next & 15];
      ++i;
    } else if (byte == 0xe2 && ((next == 0x80 && third >= 0xa8 && third <= 0xae) || (next == 0x81 && third >= 0xa6 && third <= 0xa9))) {
      out += "\\u20";
      const unsigned code = ((next & 0x3fu) << 6) | (third & 0x3fu);
      out += hex[(code >> 4) & 15];
      out += hex[code & 15];
      i += 2;
    } else {
      out += static_cast<char>(byte);
    }
  }
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
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
