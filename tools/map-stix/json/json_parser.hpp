// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bitset>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/map-stix/json/json_tokens.hpp"
#include "tools/map-stix/json/json_tree.hpp"

namespace map_stix {

/// Fills a JsonTree from the tokens of its line. simdjson's ready-made readers would cost half as much again, and look
/// at every string twice.
struct JsonTree::Parser {
 public:
  explicit Parser(JsonTree& tree) : tree_(tree) {}

  void set_window(std::size_t bytes) { tokens_.set_window(bytes); }
  /// See JsonTree::parse().
  std::string parse(std::span<const std::string_view> long_names);
  /// See JsonTree::begin_items() and next_item().
  bool begin_items(std::uint32_t list);
  Json next_item();

 private:
  using Error = simdjson::error_code;

  // A list whose items are not kept.
  struct LongList {
    std::uint32_t node;
    std::size_t first_item;  // where that stands in the line
  };
  // What there is of the tree.
  struct Extent {
    std::size_t size;
    std::size_t member_count;
    std::size_t unescaped;
  };

  // The next token's first character; NUL, which begins none, behind the last.
  char peek() {
    if (!tokens_.left() && !find_more()) [[unlikely]]
      return '\0';
    return tokens_.first();
  }
  bool take(char expected) {
    if (peek() != expected) return false;
    tokens_.skip();
    return true;
  }
  bool find_more();
  void begin_at(std::size_t place);

  const char* line_end() const { return tree_.line_.data() + tree_.line_.size(); }
  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - tree_.line_.data()); }
  const char* find_backslash(const char* from) const;
  bool holds_escape(std::string_view raw);
  bool take_string(std::string_view raw, std::uint32_t& at, std::uint32_t& size, bool& unescaped);
  bool take_key(std::string_view token, Node& node);
  Error take_scalar(std::string_view token, Node& node);

  std::uint32_t add_node();
  Error walk_line();
  Error walk(std::uint32_t node, int depth);
  Error walk_members(int depth);
  Error walk_items(int depth);
  void list_members(Node& object, std::size_t first);
  void count_repeats(std::size_t begin, std::size_t end);

  void note_root_member(std::uint32_t node);
  bool walk_long_list(std::uint32_t list);
  Extent extent() const;
  void cut(const Extent& to);

  void reserve(std::size_t tokens);
  void end_marks();

  JsonTree& tree_;
  JsonTokens tokens_;
  const char* backslash_ = nullptr;  // the first one not before the walk, or the line's end
  std::bitset<65536> seen_marks_;
  std::bitset<65536> shared_marks_;
  std::vector<std::string_view> keys_;  // for finding repeats
  std::span<const std::string_view> long_names_;
  std::uint32_t names_seen_ = 0;   // a bit for each of them
  std::uint32_t may_be_long_ = 0;  // the last member of the root, if it is the first of one of these names; else 0
  std::vector<LongList> long_lists_;
  Extent kept_{};  // what stays while the items of long lists come and go
};

}  // namespace map_stix
