// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <simdjson.h>

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/json_tree.hpp"

namespace common {

/// Fills a JsonTree from its text.
struct JsonTree::Parser {
 public:
  explicit Parser(JsonTree& tree) : tree_(tree) {}

  /// See JsonTree::parse().
  std::string parse();

 private:
  using Error = simdjson::error_code;
  using Value = simdjson::ondemand::value;

  Error walk_text();
  Error walk(Value& value, std::uint32_t node, int depth);
  Error walk_object(simdjson::ondemand::object& object, std::uint32_t node, int depth);
  Error walk_array(simdjson::ondemand::array& array, std::uint32_t node, int depth);
  Error take_string(Value& value, std::string_view token, Node& node);
  Error take_word(std::string_view token, Node& node);
  Error take_key(const char* begin, const char* value, Node& node);
  Error unescape(std::string_view raw, std::uint32_t& index);

  std::uint32_t add_node();
  void end_at_next_token(std::uint32_t node);
  bool holds_escape(std::string_view raw);
  void list_members(std::uint32_t object);
  void count_repeats(std::size_t begin, std::size_t end);

  const char* text_end() const { return tree_.text_.data() + tree_.text_.size(); }
  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - tree_.text_.data()); }

  JsonTree& tree_;
  simdjson::ondemand::parser simdjson_;
  simdjson::ondemand::document document_;
  const char* next_backslash_ = nullptr;  // the next one in the text, or the text's end
  std::bitset<65536> seen_marks_;
  std::bitset<65536> shared_marks_;
  std::vector<std::string_view> keys_;  // for finding repeats
};

}  // namespace common
