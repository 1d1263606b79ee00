// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <string_view>

namespace map_stix {

/// The tokens of a line of JSON: where each bracket, comma, colon, string and other scalar begins. simdjson's first
/// stage finds them, and checks UTF-8 and that strings end. A long line is looked at in windows, so that its tokens
/// never stand in memory all at once: they would take half as much again as the line, and be read when the processor
/// has long forgotten them.
class JsonTokens {
 public:
  /// Sets the size of windows, 256 KB at first. One that holds no comma between two values becomes larger.
  void set_window(std::size_t bytes) { window_ = bytes; }
  /// Begins with the token at `from` of a line that is followed by at least 64 readable bytes, and outlives the tokens'
  /// use.
  void begin(std::string_view line, std::size_t from);

  /// Whether the window has tokens left; else find_more() may find others.
  bool left() const { return next_ != last_; }
  /// Looks at the next window. False behind the last token, and where there is an error.
  bool find_more();
  /// How many tokens the window had.
  std::size_t count() const { return count_; }
  /// Why no more are found, SUCCESS at the line's end.
  simdjson::error_code error() const { return error_; }

  /// Of the next token, which is there: its first character, and its place in the line.
  char first() const { return base_[*next_]; }
  std::size_t place() const { return begin_ + *next_; }
  void skip() { ++next_; }
  /// All up to the token behind it, so for a scalar (a string with its quotes) white space may follow.
  std::string_view take() {
    const std::uint32_t at = *next_++;
    return {base_ + at, (next_ != last_ ? *next_ : static_cast<std::uint32_t>(end_ - begin_)) - at};
  }

 private:
  simdjson::error_code find(std::size_t size);

  std::unique_ptr<simdjson::internal::dom_parser_implementation> first_stage_;
  std::size_t window_ = 256u << 10;  // with tokens and tree it fits the second cache of a common processor
  std::string_view line_;
  std::size_t begin_ = 0;  // the window
  std::size_t end_ = 0;
  const char* base_ = nullptr;  // where the window begins
  const std::uint32_t* next_ = nullptr;
  const std::uint32_t* last_ = nullptr;
  std::size_t count_ = 0;
  simdjson::error_code error_ = simdjson::SUCCESS;
};

}  // namespace map_stix
