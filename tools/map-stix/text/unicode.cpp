// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/text/unicode.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "common/bytes/byte_blocks.hpp"
#include "common/json/unescape.hpp"

namespace map_stix {

namespace {

struct LowerRun {
  std::uint32_t first;
  std::uint32_t last;
  std::int32_t delta;
  std::uint32_t step;
};
struct CodeRange {
  std::uint32_t first;
  std::uint32_t last;
};
#include "tools/map-stix/text/unicode_tables.inc"

template <typename Range, std::size_t count>
const Range* find_range(const Range (&table)[count], char32_t code) {
  const Range* found =
      std::partition_point(std::begin(table), std::end(table), [code](const Range& r) { return r.last < code; });
  return found != std::end(table) && found->first <= code ? found : nullptr;
}

bool is_ascii_letter(char32_t code) { return (code | 0x20) >= 'a' && (code | 0x20) <= 'z'; }

bool is_cased(char32_t code) { return code < 0x80 ? is_ascii_letter(code) : find_range(cased, code) != nullptr; }

// Case_Ignorable; of ASCII these are ' . : ^ and `.
bool is_passed_over(char32_t code) {
  if (code < 0x80) return code == '\'' || code == '.' || code == ':' || code == '^' || code == '`';
  return find_range(passed_over, code) != nullptr;
}

// The code point at text[at], which is valid UTF-8, and its length.
char32_t decode(std::string_view text, std::size_t at, std::size_t& size) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[at + i])); };
  const char32_t first = byte(0);
  if (first < 0x80) {
    size = 1;
    return first;
  }
  size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + size > text.size()) {
    size = 1;
    return 0xfffd;
  }
  if (size == 2) return ((first & 0x1f) << 6) | (byte(1) & 0x3f);
  if (size == 3) return ((first & 0x0f) << 12) | ((byte(1) & 0x3f) << 6) | (byte(2) & 0x3f);
  return ((first & 0x07) << 18) | ((byte(1) & 0x3f) << 12) | ((byte(2) & 0x3f) << 6) | (byte(3) & 0x3f);
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

bool cased_before(std::string_view text, std::size_t at) {
  while (at > 0) {
    do --at;
    while (at > 0 && is_continuation(text[at]));
    std::size_t size = 0;
    const char32_t code = decode(text, at, size);
    if (!is_passed_over(code)) return is_cased(code);
  }
  return false;
}

bool cased_after(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    std::size_t size = 0;
    const char32_t code = decode(text, at, size);
    if (!is_passed_over(code)) return is_cased(code);
    at += size;
  }
  return false;
}

bool is_space(char32_t code) {
  return (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x20) || code == 0x85 || code == 0xa0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 || code == 0x202f ||
         code == 0x205f || code == 0x3000;
}

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

}  // namespace

void append_lower(common::TextBuffer& out, std::string_view text) {
  constexpr char32_t capital_sigma = 0x3a3;
  for (std::size_t at = 0, size = 0; at < text.size(); at += size) {
    const char32_t code = decode(text, at, size);
    if (code < 0x80) {
      out += ascii_lower(static_cast<char>(code));
    } else if (code == 0x130) {
      out += std::string_view("i\xcc\x87");
    } else if (code == capital_sigma) {
      append_utf8(out, cased_before(text, at) && !cased_after(text, at + size) ? 0x3c2 : 0x3c3);
    } else {
      const LowerRun* run = find_range(lower_runs, code);
      const bool changes = run != nullptr && (code - run->first) % run->step == 0;
      if (changes)
        append_utf8(out, static_cast<char32_t>(static_cast<std::int64_t>(code) + run->delta));
      else
        out.append(text.substr(at, size));
    }
  }
}

std::string_view strip(std::string_view text) {
  const auto is_plain = [](char c) { return c > ' ' && c < 0x7f; };
  if (!text.empty() && is_plain(text.front()) && is_plain(text.back())) return text;
  while (!text.empty()) {
    std::size_t size = 0;
    if (!is_space(decode(text, 0, size))) break;
    text.remove_prefix(size);
  }
  while (!text.empty()) {
    std::size_t at = text.size() - 1;
    while (at > 0 && is_continuation(text[at])) --at;
    std::size_t size = 0;
    if (!is_space(decode(text, at, size))) break;
    text = text.substr(0, at);
  }
  return text;
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  const auto alike = [](char x, char y) { return ascii_lower(x) == ascii_lower(y); };
  return common::same_bytes(a.data(), b.data(), a.size()) || std::equal(a.begin(), a.end(), b.begin(), alike);
}

}  // namespace map_stix
