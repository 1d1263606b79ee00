// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/json/json_parser.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <type_traits>

#include "common/bytes/large_pages.hpp"
#include "tools/map-stix/json/unescape.hpp"

namespace map_stix {

namespace {

constexpr std::size_t longest_line = 0xfffffff0;  // places are numbers of 32 bits

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 8259's number grammar, without a limit on the digits.
bool is_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > first;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (at < text.size() && text[at] == '0')
    ++at;
  else if (!digits())
    return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

bool is_string(std::string_view token) { return token.size() >= 2 && token.front() == '"' && token.back() == '"'; }

std::string_view without_trailing_space(std::string_view token) {
  while (!token.empty() &&
         (token.back() == ' ' || token.back() == '\t' || token.back() == '\r' || token.back() == '\n')) {
    token.remove_suffix(1);
  }
  return token;
}

std::string reason_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR: return "not UTF-8";
    case simdjson::INCORRECT_TYPE: return "not a JSON object";
    case simdjson::DEPTH_ERROR: return "nested deeper than " + std::to_string(JsonTree::depth_limit);
    case simdjson::UNCLOSED_STRING: return "not JSON: a string has no end";
    case simdjson::UNESCAPED_CHARS: return "not JSON: a control character stands in a string";
    case simdjson::STRING_ERROR: return "not JSON: a string holds a wrong escape";
    case simdjson::TRAILING_CONTENT: return "not JSON: something follows the object";
    case simdjson::CAPACITY: return "longer than 4 GB";
    case simdjson::MEMALLOC: return "too long for the memory there is";
    default: return "not JSON";
  }
}

}  // namespace

inline const char* JsonTree::Parser::find_backslash(const char* from) const {
  const void* const found = std::memchr(from, '\\', static_cast<std::size_t>(line_end() - from));
  return found != nullptr ? static_cast<const char*>(found) : line_end();
}

inline bool JsonTree::Parser::holds_escape(std::string_view raw) {
  if (backslash_ < raw.data()) backslash_ = find_backslash(raw.data());
  return backslash_ < raw.data() + raw.size();
}

// Stores the text of a JSON string that stands without its quotes at `raw`.
inline bool JsonTree::Parser::take_string(std::string_view raw, std::uint32_t& at, std::uint32_t& size,
                                          bool& unescaped) {
  unescaped = holds_escape(raw);
  if (!unescaped) {
    at = offset(raw.data());
    size = static_cast<std::uint32_t>(raw.size());
    return true;
  }
  at = static_cast<std::uint32_t>(tree_.unescaped_.size());
  if (!append_unescaped(tree_.unescaped_, raw, tree_.counts_.replaced)) return false;
  size = static_cast<std::uint32_t>(tree_.unescaped_.size()) - at;
  return true;
}

inline bool JsonTree::Parser::take_key(std::string_view token, Node& node) {
  bool unescaped = false;
  const bool valid =
      is_string(token) && take_string(token.substr(1, token.size() - 2), node.key_at, node.key_size, unescaped);
  node.key_unescaped = unescaped;
  if (valid) node.key_mark = Json::key_mark(tree_.key_of(node));
  return valid;
}

inline simdjson::error_code JsonTree::Parser::take_scalar(std::string_view token, Node& node) {
  if (is_string(token)) {
    node.kind = JsonKind::string;
    bool unescaped = false;
    const bool valid = take_string(token.substr(1, token.size() - 2), node.text_at, node.text_size, unescaped);
    node.text_unescaped = unescaped;
    return valid ? simdjson::SUCCESS : simdjson::STRING_ERROR;
  }
  node.text_at = offset(token.data());
  node.text_size = static_cast<std::uint32_t>(token.size());
  if (token == "true" || token == "false")
    node.kind = JsonKind::boolean;
  else if (token == "null")
    node.kind = JsonKind::null;
  else if (is_number(token))
    node.kind = JsonKind::number;
  else
    return simdjson::TAPE_ERROR;
  return simdjson::SUCCESS;
}

// A new value behind those before it; there is room, see reserve().
inline std::uint32_t JsonTree::Parser::add_node() {
  tree_.nodes_[tree_.size_] = Node{};
  return static_cast<std::uint32_t>(tree_.size_++);
}

// A value, and all that is in it. The node holds the key, if it has one. Nodes may move while others are added.
simdjson::error_code JsonTree::Parser::walk(std::uint32_t node, int depth) {
  const char first = peek();
  Node& filled = tree_.nodes_[node];
  if (first != '{' && first != '[') {
    if (!tokens_.left()) return simdjson::TAPE_ERROR;
    filled.end = node + 1;
    return take_scalar(without_trailing_space(tokens_.take()), filled);
  }
  if (depth == depth_limit) return simdjson::DEPTH_ERROR;
  filled.kind = first == '{' ? JsonKind::object : JsonKind::array;
  tokens_.skip();
  if (first == '{') {
    if (const auto error = walk_members(depth + 1)) return error;
    list_members(tree_.nodes_[node], node + 1);
  } else {
    if (node == may_be_long_ && walk_long_list(node)) return simdjson::SUCCESS;
    if (const auto error = walk_items(depth + 1)) return error;
  }
  tree_.nodes_[node].end = static_cast<std::uint32_t>(tree_.size_);
  return simdjson::SUCCESS;
}

inline simdjson::error_code JsonTree::Parser::walk_members(int depth) {
  if (take('}')) return simdjson::SUCCESS;
  do {
    if (peek() != '"') return simdjson::TAPE_ERROR;
    const std::uint32_t node = add_node();
    if (!take_key(without_trailing_space(tokens_.take()), tree_.nodes_[node])) return simdjson::STRING_ERROR;
    if (depth == 1 && !long_names_.empty()) note_root_member(node);
    if (!take(':')) return simdjson::TAPE_ERROR;
    if (const auto error = walk(node, depth)) return error;
  } while (take(','));
  return take('}') ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
}

inline simdjson::error_code JsonTree::Parser::walk_items(int depth) {
  if (take(']')) return simdjson::SUCCESS;
  do {
    if (const auto error = walk(add_node(), depth)) return error;
  } while (take(','));
  return take(']') ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
}

// Tells whether a member of the root is the first of its name, and that is one of long_names_.
void JsonTree::Parser::note_root_member(std::uint32_t node) {
  may_be_long_ = 0;
  const std::string_view name = tree_.key_of(tree_.nodes_[node]);
  for (std::size_t i = 0; i < long_names_.size(); ++i) {
    const std::uint32_t bit = 1u << i;
    if (name != long_names_[i] || (names_seen_ & bit) != 0) continue;
    names_seen_ |= bit;
    may_be_long_ = node;
  }
}

JsonTree::Parser::Extent JsonTree::Parser::extent() const {
  return {tree_.size_, tree_.member_count_, tree_.unescaped_.size()};
}

void JsonTree::Parser::cut(const Extent& to) {
  tree_.size_ = to.size;
  tree_.member_count_ = to.member_count;
  tree_.unescaped_.truncate(to.unescaped);
}

// Walks the items of a list, each in the place of the one before, and leaves a null for them all. False, and as if
// nothing had happened, unless all of them are right, and objects.
bool JsonTree::Parser::walk_long_list(std::uint32_t list) {
  if (peek() != '{') return false;
  const LongList found{list, tokens_.place()};
  const Extent outside = extent();
  const Counts counts = tree_.counts_;
  Node& null = tree_.nodes_[add_node()];
  null.kind = JsonKind::null;
  null.used = true;
  null.end = tree_.nodes_[list].end = static_cast<std::uint32_t>(tree_.size_);
  const Extent place = extent();
  bool right = true;
  do {
    right = peek() == '{' && walk(add_node(), 2) == simdjson::SUCCESS;
    tree_.counts_.left_out += tree_.size_ - place.size;
    cut(place);
  } while (right && take(','));
  if (right && take(']')) {
    long_lists_.push_back(found);
    return true;
  }
  cut(outside);
  tree_.counts_ = counts;
  begin_at(found.first_item);
  return false;
}

// Lists the members of an object whose first one is the node `first`, and counts names that come again. The names'
// marks tell at once that most are new; those that share one are sorted.
inline void JsonTree::Parser::list_members(Node& object, std::size_t first) {
  const std::size_t begin = tree_.member_count_;
  std::uint16_t* const marks = tree_.marks_.get();
  std::size_t end = begin;
  bool shared = false;
  for (std::size_t at = first; at < tree_.size_; at = tree_.nodes_[at].end, ++end) {
    const std::uint16_t mark = tree_.nodes_[at].key_mark;
    marks[end] = mark;
    tree_.members_[end] = static_cast<std::uint32_t>(at);
    if (seen_marks_[mark]) shared = shared_marks_[mark] = true;
    seen_marks_[mark] = true;
  }
  object.text_at = static_cast<std::uint32_t>(begin);
  object.text_size = static_cast<std::uint32_t>(end - begin);
  tree_.member_count_ = end;
  if (shared) count_repeats(begin, end);
  for (std::size_t i = begin; i < end; ++i) seen_marks_[marks[i]] = false;
}

void JsonTree::Parser::count_repeats(std::size_t begin, std::size_t end) {
  keys_.clear();
  for (std::size_t i = begin; i < end; ++i) {
    if (shared_marks_[tree_.marks_[i]]) keys_.push_back(tree_.key_of(tree_.nodes_[tree_.members_[i]]));
  }
  for (std::size_t i = begin; i < end; ++i) shared_marks_[tree_.marks_[i]] = false;
  std::sort(keys_.begin(), keys_.end());
  for (std::size_t i = 1; i < keys_.size(); ++i) tree_.counts_.repeated_keys += keys_[i] == keys_[i - 1] ? 1 : 0;
}

// Room for the values that so many tokens can begin, so that adding one needs no look at it: behind each value stands a
// token that is no value's first one, but behind those that the line breaks off in. What is not used is never touched.
void JsonTree::Parser::reserve(std::size_t tokens) {
  const std::size_t most = tree_.size_ + tokens / 2 + depth_limit + 2;
  if (most <= tree_.capacity_) return;
  const std::size_t capacity = tree_.size_ == 0 ? most : std::max(most, 2 * tree_.capacity_);
  const auto enlarge = [capacity](auto& array, std::size_t used) {
    using Entry = typename std::remove_reference_t<decltype(array)>::element_type;
    std::remove_reference_t<decltype(array)> larger(
        static_cast<Entry*>(common::take_memory((capacity + marks_at_once) * sizeof(Entry))));
    std::copy_n(array.get(), used, larger.get());
    array = std::move(larger);
  };
  enlarge(tree_.nodes_, tree_.size_);
  enlarge(tree_.marks_, tree_.member_count_);
  enlarge(tree_.members_, tree_.member_count_);
  tree_.capacity_ = capacity;
}

// Members' marks are read in blocks, and the last one may reach behind the last mark.
void JsonTree::Parser::end_marks() {
  std::fill_n(tree_.marks_.get() + tree_.member_count_, marks_at_once, std::uint16_t{0});
}

bool JsonTree::Parser::find_more() {
  if (!tokens_.find_more()) return false;
  reserve(tokens_.count());
  return true;
}

void JsonTree::Parser::begin_at(std::size_t place) {
  tokens_.begin(tree_.line_, place);
  backslash_ = find_backslash(tree_.line_.data() + place);
}

simdjson::error_code JsonTree::Parser::walk_line() {
  begin_at(0);
  if (tree_.line_.size() > longest_line) return simdjson::CAPACITY;
  if (peek() != '{') return simdjson::INCORRECT_TYPE;
  if (const auto error = walk(add_node(), 0)) return error;
  return peek() == '\0' && !tokens_.left() ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
}

std::string JsonTree::Parser::parse(std::span<const std::string_view> long_names) {
  long_names_ = long_names;
  names_seen_ = may_be_long_ = 0;
  long_lists_.clear();
  Error error = walk_line();
  // What is wrong with UTF-8 or a quote, further on too, says more than that a token stands in the wrong place.
  while (error != simdjson::SUCCESS && tokens_.find_more()) {
  }
  if (tokens_.error() != simdjson::SUCCESS) error = tokens_.error();
  if (error != simdjson::SUCCESS) return reason_of(error);
  end_marks();
  kept_ = extent();
  // Texts of items that are built later must not move those before.
  if (!long_lists_.empty()) tree_.unescaped_.room(tree_.line_.size());
  return {};
}

bool JsonTree::Parser::begin_items(std::uint32_t list) {
  for (const LongList& found : long_lists_) {
    if (found.node != list) continue;
    begin_at(found.first_item);
    return true;
  }
  return false;
}

Json JsonTree::Parser::next_item() {
  const Counts counts = tree_.counts_;
  tree_.size_ = kept_.size;
  tree_.member_count_ = kept_.member_count;
  const bool some = peek() == '{';
  if (some) {
    // parse() has seen it to be right; but windows end elsewhere now, and memory may be short.
    if (walk(add_node(), 2) != simdjson::SUCCESS) throw std::bad_alloc();
    end_marks();
    take(',');
  }
  tree_.counts_ = counts;
  return some ? Json{&tree_, static_cast<std::uint32_t>(kept_.size)} : Json{};
}

}  // namespace map_stix
