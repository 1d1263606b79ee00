// SPDX-License-Identifier: Apache-2.0
#include "common/json/json_cursor.hpp"

#include <simdjson.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace common {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// How many of a string's next eight bytes need no look, since they are no quote, backslash or control character. Most
/// of an incident is text, so that eight bytes at a time halve the time a page takes.
std::size_t plain_bytes(const char* eight) {
  std::uint64_t word = 0;
  std::memcpy(&word, eight, sizeof word);
  constexpr std::uint64_t ones = 0x0101010101010101u;
  constexpr std::uint64_t highs = 0x8080808080808080u;
  const auto has_zero = [](std::uint64_t w) { return (w - ones) & ~w & highs; };
  const std::uint64_t control = (word - ones * 0x20) & ~word & highs;
  const std::uint64_t found = has_zero(word ^ (ones * '"')) | has_zero(word ^ (ones * '\\')) | control;
  if (found == 0) return 8;
  // A borrow only runs upwards, so that the lowest mark is true; where bytes lie the other way round each is looked at.
  if constexpr (std::endian::native != std::endian::little) return 0;
  return static_cast<std::size_t>(std::countr_zero(found)) / 8;
}

}  // namespace

void JsonCursor::skip_space() {
  for (; at_ < text_.size() && is_space(text_[at_]); ++at_) ++white_space_;
}

char JsonCursor::peek() {
  if (at_ < text_.size() && text_[at_] > ' ') return text_[at_];
  skip_space();
  return at_ < text_.size() ? text_[at_] : '\0';
}

std::string_view JsonCursor::value() {
  const char first = peek();
  const std::size_t start = at_;
  if (first == '{' || first == '[') {
    skip_container();
  } else {
    skip_scalar();
  }
  return text_.substr(start, at_ - start);
}

void JsonCursor::finish() {
  if (peek() != '\0' || at_ < text_.size()) fail("something follows the JSON value");
}

void JsonCursor::enter(char bracket) {
  if (peek() != bracket) fail(bracket == '{' ? "an object is expected" : "an array is expected");
  ++at_;
  if (++depth_ > max_depth_) fail("the JSON nests too deep");
}

bool JsonCursor::more(char closing, bool first) {
  const char next = peek();
  if (next == closing) {
    ++at_;
    return false;
  }
  if (first) return true;
  if (next != ',') fail(closing == '}' ? "a comma or } is expected" : "a comma or ] is expected");
  ++at_;
  if (peek() == closing) fail("a value is expected after the comma");
  return true;
}

std::string_view JsonCursor::member_name(std::string& resolved) {
  if (peek() != '"') fail("a member's name is expected");
  const std::size_t start = at_;
  skip_string();
  const std::string_view raw = text_.substr(start, at_ - start);
  if (peek() != ':') fail("a colon is expected");
  ++at_;
  const std::string_view inner = raw.substr(1, raw.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return inner;
  resolved = json_string(raw).value_or(std::string(inner));
  return resolved;
}

void JsonCursor::skip_string() {
  ++at_;
  for (;;) {
    for (std::size_t plain = 8; plain == 8 && at_ + 8 <= text_.size(); at_ += plain)
      plain = plain_bytes(text_.data() + at_);
    if (at_ >= text_.size()) fail("a string does not end");
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      return;
    }
    if (static_cast<unsigned char>(c) < 0x20) fail("a control character stands in a string");
    ++at_;
    if (c != '\\') continue;
    if (at_ >= text_.size()) fail("a string does not end");
    const char escape = text_[at_++];
    if (escape == 'u') {
      for (int i = 0; i < 4; ++i, ++at_) {
        if (at_ >= text_.size() || !is_hex(text_[at_])) fail("\\u is not followed by four hex digits");
      }
    } else if (std::strchr("\"\\/bfnrt", escape) == nullptr || escape == '\0') {
      fail("an unknown escape stands in a string");
    }
  }
}

void JsonCursor::skip_number() {
  const auto digit = [this] { return at_ < text_.size() && is_digit(text_[at_]); };
  const auto digits = [&] {
    if (!digit()) fail("a digit is expected");
    while (digit()) ++at_;
  };
  if (text_[at_] == '-') ++at_;
  if (digit() && text_[at_] == '0') {
    ++at_;
    if (digit()) fail("a number begins with 0");
  } else {
    digits();
  }
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    digits();
  }
  if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    ++at_;
    if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    digits();
  }
}

void JsonCursor::skip_word(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) fail("a JSON value is expected");
  at_ += word.size();
}

void JsonCursor::skip_scalar() {
  const char first = at_ < text_.size() ? text_[at_] : '\0';
  switch (first) {
    case '"': return skip_string();
    case 't': return skip_word("true");
    case 'f': return skip_word("false");
    case 'n': return skip_word("null");
    default: break;
  }
  if (first != '-' && !is_digit(first))
    fail(at_ < text_.size() ? "a JSON value is expected" : "the JSON ends too early");
  skip_number();
}

/// One loop in place of recursion, so that hostile depth costs no stack.
void JsonCursor::skip_container() {
  std::vector<char> closing;
  bool first = false;
  const auto open = [&](char bracket) {
    enter(bracket);
    closing.push_back(bracket == '{' ? '}' : ']');
    first = true;
  };
  open(text_[at_]);
  while (!closing.empty()) {
    if (!more(closing.back(), first)) {
      closing.pop_back();
      --depth_;
      first = false;
      continue;
    }
    first = false;
    if (closing.back() == '}') {
      if (peek() != '"') fail("a member's name is expected");
      skip_string();
      if (peek() != ':') fail("a colon is expected");
      ++at_;
    }
    const char next = peek();
    if (next == '{' || next == '[') {
      open(next);
    } else {
      skip_scalar();
    }
  }
}

std::optional<std::string> json_string(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"') return {};
  simdjson::dom::parser parser;
  const auto parsed = parser.parse(raw.data(), raw.size(), true);
  std::string_view text;
  if (parsed.get_string().get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

}  // namespace common
