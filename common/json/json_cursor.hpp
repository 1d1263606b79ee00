// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace common {

/// The text is not JSON, or nests too deep; says what and at which byte.
class JsonFault : public std::runtime_error {
 public:
  JsonFault(const std::string& what, std::size_t at)
      : std::runtime_error(what + " at byte " + std::to_string(at + 1)) {}
};

/// Walks JSON text (RFC 8259) without building a tree, for whoever must hand values on verbatim: it checks the grammar,
/// and gives each value as the bytes it was written with, so that numbers of any length and the order of members
/// survive. UTF-8 is not checked. Numbers are not evaluated. Every failure is a JsonFault.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text, std::size_t max_depth = 128) : text_(text), max_depth_(max_depth) {}

  /// The first byte of the next value ('{', '[', '"', a digit, …), or 0 at the end of the text.
  char peek();
  /// Reads one whole value and returns its text, white space inside it included.
  std::string_view value();
  /// Reads an object. `take(name)` is called for each member, with escapes in the name resolved, and must read its
  /// value.
  template <typename Take>
  void members(Take take) {
    enter('{');
    for (bool first = true; more('}', first); first = false) {
      std::string resolved;
      const std::string_view name = member_name(resolved);
      take(name);
    }
    --depth_;
  }
  /// Reads an array; `take()` is called for each element and must read it.
  template <typename Take>
  void elements(Take take) {
    enter('[');
    for (bool first = true; more(']', first); first = false) take();
    --depth_;
  }
  /// Where reading stands, in bytes.
  std::size_t position() const { return at_; }
  /// How many bytes of white space between tokens were passed so far.
  std::size_t white_space() const { return white_space_; }
  /// Demands that nothing but white space is left.
  void finish();

 private:
  void skip_space();
  void enter(char bracket);
  bool more(char closing, bool first);
  std::string_view member_name(std::string& resolved);
  void skip_string();
  void skip_number();
  void skip_word(std::string_view word);
  void skip_scalar();
  void skip_container();
  [[noreturn]] void fail(const char* what) const { throw JsonFault(what, at_); }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t white_space_ = 0;
  std::size_t depth_ = 0;
  std::size_t max_depth_;
};

/// The text that a JSON string, quotes included, stands for. Nothing when `raw` is not a string, or stands for no text
/// (a lone surrogate, invalid UTF-8).
std::optional<std::string> json_string(std::string_view raw);

}  // namespace common
