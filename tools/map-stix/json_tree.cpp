#include "tools/map-stix/json_tree.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <bitset>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "common/byte_blocks.hpp"
#include "common/large_pages.hpp"
#include "tools/map-stix/unescape.hpp"

namespace map_stix {

namespace {

constexpr std::size_t least_capacity = 256u << 10;  // so that ordinary lines never grow it

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
  if (at < text.size() && text[at] == '0') ++at;
  else if (!digits()) return false;
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

std::string_view without_trailing_space(std::string_view token) {
  while (!token.empty() &&
         (token.back() == ' ' || token.back() == '\t' || token.back() == '\r' || token.back() == '\n')) {
    token.remove_suffix(1);
  }
  return token;
}

constexpr std::uint32_t marks_at_once = 8;

// One bit in each byte of the answer for a mark of eight that is the wanted one.
std::uint64_t equal_marks(const std::uint16_t* marks, std::uint16_t wanted) {
  using Marks = std::uint16_t __attribute__((vector_size(2 * marks_at_once)));
  Marks block;
  std::memcpy(&block, marks, sizeof block);
  const auto bytes = __builtin_convertvector(block == wanted, std::uint8_t __attribute__((vector_size(marks_at_once))));
  std::uint64_t equal = 0;
  std::memcpy(&equal, &bytes, sizeof equal);
  return equal & 0x0101010101010101u;
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
    case simdjson::MEMALLOC: return "too long for the memory there is";
    default: return "not JSON";
  }
}

}  // namespace

// Walks the tokens that simdjson's first stage finds: where each bracket, comma, colon, string and other scalar
// begins. Its ready-made readers would cost half as much again, and look at every string twice.
struct JsonTree::Parser {
  explicit Parser(JsonTree& owner) : tree(owner) {}

  JsonTree& tree;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> first_stage;
  const std::uint32_t* next = nullptr;  // of the tokens' places in the line
  const std::uint32_t* last = nullptr;
  const char* backslash = nullptr;  // the first one not before the walk, or the line's end
  std::bitset<65536> seen_marks;
  std::bitset<65536> shared_marks;
  std::vector<std::string_view> keys;  // for finding repeats

  const char* line_end() const { return tree.line_.data() + tree.line_.size(); }
  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - tree.line_.data()); }

  // The next token's first character; NUL, which begins none, behind the last.
  char peek() const { return next < last ? tree.line_[*next] : '\0'; }
  bool take(char expected) {
    if (peek() != expected) return false;
    ++next;
    return true;
  }
  // A string with its quotes, or another scalar: all that stands before the next token, but for white space.
  std::string_view take_scalar_token() {
    const std::uint32_t begin = *next++;
    const std::size_t end = next < last ? *next : tree.line_.size();
    return without_trailing_space(tree.line_.substr(begin, end - begin));
  }

  const char* find_backslash(const char* from) const {
    const void* const found = std::memchr(from, '\\', static_cast<std::size_t>(line_end() - from));
    return found != nullptr ? static_cast<const char*>(found) : line_end();
  }
  bool holds_escape(std::string_view raw) {
    if (backslash < raw.data()) backslash = find_backslash(raw.data());
    return backslash < raw.data() + raw.size();
  }

  // Stores the text of a JSON string that stands without its quotes at `raw`.
  bool take_string(std::string_view raw, std::uint32_t& at, std::uint32_t& size, bool& unescaped) {
    unescaped = holds_escape(raw);
    if (!unescaped) {
      at = offset(raw.data());
      size = static_cast<std::uint32_t>(raw.size());
      return true;
    }
    at = static_cast<std::uint32_t>(tree.unescaped_.size());
    if (!append_unescaped(tree.unescaped_, raw, tree.replaced_)) return false;
    size = static_cast<std::uint32_t>(tree.unescaped_.size()) - at;
    return true;
  }

  static bool is_string(std::string_view token) {
    return token.size() >= 2 && token.front() == '"' && token.back() == '"';
  }

  bool take_key(std::string_view token, Node& node) {
    bool unescaped = false;
    const bool valid = is_string(token) &&
                       take_string(token.substr(1, token.size() - 2), node.key_at, node.key_size, unescaped);
    node.key_unescaped = unescaped;
    if (valid) node.key_mark = Json::key_mark(tree.key_of(node));
    return valid;
  }

  simdjson::error_code take_scalar(std::string_view token, Node& node) {
    if (is_string(token)) {
      node.kind = JsonKind::string;
      bool unescaped = false;
      const bool valid =
          take_string(token.substr(1, token.size() - 2), node.text_at, node.text_size, unescaped);
      node.text_unescaped = unescaped;
      return valid ? simdjson::SUCCESS : simdjson::STRING_ERROR;
    }
    node.text_at = offset(token.data());
    node.text_size = static_cast<std::uint32_t>(token.size());
    if (token == "true" || token == "false") node.kind = JsonKind::boolean;
    else if (token == "null") node.kind = JsonKind::null;
    else if (is_number(token)) node.kind = JsonKind::number;
    else return simdjson::TAPE_ERROR;
    return simdjson::SUCCESS;
  }

  // A new value behind those before it; there is room, see reserve().
  Node& add_node() {
    Node& node = tree.nodes_[tree.size_++];
    node = Node{};
    return node;
  }

  // A value, and all that is in it. `node` holds the key, if it has one.
  simdjson::error_code walk(Node& node, int depth) {
    const char first = peek();
    if (first == '{' || first == '[') {
      if (depth == depth_limit) return simdjson::DEPTH_ERROR;
      node.kind = first == '{' ? JsonKind::object : JsonKind::array;
      const std::size_t members = tree.size_;
      ++next;
      if (const auto error = first == '{' ? walk_members(depth + 1) : walk_items(depth + 1)) return error;
      if (first == '{') list_members(node, members);
    } else {
      if (next == last) return simdjson::TAPE_ERROR;
      if (const auto error = take_scalar(take_scalar_token(), node)) return error;
    }
    node.end = static_cast<std::uint32_t>(tree.size_);
    return simdjson::SUCCESS;
  }

  simdjson::error_code walk_members(int depth) {
    if (take('}')) return simdjson::SUCCESS;
    do {
      if (peek() != '"') return simdjson::TAPE_ERROR;
      Node& node = add_node();
      if (!take_key(take_scalar_token(), node)) return simdjson::STRING_ERROR;
      if (!take(':')) return simdjson::TAPE_ERROR;
      if (const auto error = walk(node, depth)) return error;
    } while (take(','));
    return take('}') ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
  }

  simdjson::error_code walk_items(int depth) {
    if (take(']')) return simdjson::SUCCESS;
    do {
      if (const auto error = walk(add_node(), depth)) return error;
    } while (take(','));
    return take(']') ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
  }

  // Lists the members of an object whose first one is the node `first`, and counts names that come again. The names' marks
  // tell at once that most are new; those that share one are sorted.
  void list_members(Node& object, std::size_t first) {
    const std::size_t begin = tree.member_count_;
    std::uint16_t* const marks = tree.marks_.get();
    std::size_t end = begin;
    bool shared = false;
    for (std::size_t at = first; at < tree.size_; at = tree.nodes_[at].end, ++end) {
      const std::uint16_t mark = tree.nodes_[at].key_mark;
      marks[end] = mark;
      tree.members_[end] = static_cast<std::uint32_t>(at);
      if (seen_marks[mark]) shared = shared_marks[mark] = true;
      seen_marks[mark] = true;
    }
    object.text_at = static_cast<std::uint32_t>(begin);
    object.text_size = static_cast<std::uint32_t>(end - begin);
    tree.member_count_ = end;
    if (shared) count_repeats(begin, end);
    for (std::size_t i = begin; i < end; ++i) seen_marks[marks[i]] = false;
  }

  void count_repeats(std::size_t begin, std::size_t end) {
    keys.clear();
    for (std::size_t i = begin; i < end; ++i) {
      if (shared_marks[tree.marks_[i]]) keys.push_back(tree.key_of(tree.nodes_[tree.members_[i]]));
    }
    for (std::size_t i = begin; i < end; ++i) shared_marks[tree.marks_[i]] = false;
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 1; i < keys.size(); ++i) tree.repeated_keys_ += keys[i] == keys[i - 1] ? 1 : 0;
  }

  // Fills first_stage's list of tokens, and checks UTF-8 and that strings end.
  simdjson::error_code find_tokens() {
    const std::size_t size = tree.line_.size();
    const bool large_enough = first_stage != nullptr && first_stage->capacity() >= size;
    if (!large_enough) {
      const std::size_t capacity = std::max(size, least_capacity);
      if (const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
              capacity, depth_limit, first_stage))
        return error;
      if (first_stage == nullptr) return simdjson::MEMALLOC;
      common::prefer_large_pages(first_stage->structural_indexes.get(), capacity * sizeof(std::uint32_t));
    }
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(tree.line_.data());
    return first_stage->stage1(bytes, size, simdjson::stage1_mode::regular);
  }

  template <typename Entry>
  static void renew(Array<Entry>& array, std::size_t size) {
    array.reset();
    array.reset(static_cast<Entry*>(std::malloc(size * sizeof(Entry))));
    if (!array) throw std::bad_alloc();
    common::prefer_large_pages(array.get(), size * sizeof(Entry));
  }

  // Room for the values of that many tokens, so that adding one needs no look at it: behind each value stands a token
  // that is no value's first one, but behind those that the line breaks off in. What is not used is never touched.
  void reserve(std::size_t tokens) {
    const std::size_t most = tokens / 2 + depth_limit + 2;
    if (most <= tree.capacity_) return;
    tree.capacity_ = 0;
    renew(tree.nodes_, most);
    renew(tree.marks_, most + marks_at_once);  // they are read in blocks
    renew(tree.members_, most);
    tree.capacity_ = most;
  }

  simdjson::error_code parse() {
    if (const auto error = find_tokens()) return error;
    reserve(first_stage->n_structural_indexes);
    next = first_stage->structural_indexes.get();
    last = next + first_stage->n_structural_indexes;
    backslash = find_backslash(tree.line_.data());
    if (peek() != '{') return simdjson::INCORRECT_TYPE;
    if (const auto error = walk(add_node(), 0)) return error;
    std::fill_n(tree.marks_.get() + tree.member_count_, marks_at_once, std::uint16_t{0});  // the last block may reach there
    return next == last ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
  }
};

JsonTree::JsonTree() : parser_(std::make_unique<Parser>(*this)) {}
JsonTree::~JsonTree() = default;

std::string JsonTree::parse(std::string_view line) {
  line_ = line;
  size_ = member_count_ = 0;
  unescaped_.clear();
  replaced_ = repeated_keys_ = 0;
  const simdjson::error_code error = parser_->parse();
  if (error == simdjson::SUCCESS) return {};
  size_ = 0;
  return reason_of(error);
}

void JsonTree::read_soon(Json value) const {
  if (!is_large() || !value) return;
  const auto fetch = [](const void* from, const void* to) {
    constexpr std::ptrdiff_t step = 64;
    constexpr std::ptrdiff_t most = 64 << 10;  // or what comes last would drive out what comes first
    const char* const begin = static_cast<const char*>(from);
    const std::ptrdiff_t bytes = std::min(static_cast<const char*>(to) - begin, most);
    for (std::ptrdiff_t at = 0; at < bytes; at += step) __builtin_prefetch(begin + at);
  };
  const Node& node = nodes_[value.index_];
  const Node& last = nodes_[node.end - 1];
  fetch(&node, &last + 1);
  if (node.kind != JsonKind::object || node.text_size == 0) return;
  // The members of what is in it are listed before its own; there are not more of them than values.
  const std::size_t members_end = node.text_at + node.text_size;
  const std::size_t members = members_end - std::min<std::size_t>(members_end, node.end - value.index_);
  fetch(marks_.get() + members, marks_.get() + members_end);
  fetch(members_.get() + members, members_.get() + members_end);
  const Node& first = nodes_[value.index_ + 1];
  if (!first.key_unescaped && !last.key_unescaped) fetch(line_.data() + first.key_at, line_.data() + last.key_at);
}

void Json::mark_unused() const {
  if (tree_ == nullptr) return;
  const std::uint32_t end = tree_->nodes_[index_].end;
  for (std::uint32_t at = index_; at < end; ++at) tree_->nodes_[at].used = false;
}

Json Json::member(std::string_view name, std::uint16_t mark) const {
  if (!is(JsonKind::object)) return {};
  const JsonTree::Node& object = tree_->nodes_[index_];
  const std::uint16_t* const marks = tree_->marks_.get() + object.text_at;
  for (std::uint32_t i = 0; i < object.text_size; i += marks_at_once) {
    for (std::uint64_t equal = equal_marks(marks + i, mark); equal != 0; equal &= equal - 1) {
      const std::uint32_t at = i + static_cast<std::uint32_t>(std::countr_zero(equal)) / 8;
      if (at >= object.text_size) break;
      const std::uint32_t found = tree_->members_[object.text_at + at];
      const std::string_view key = tree_->key_of(tree_->nodes_[found]);
      if (key.size() == name.size() && common::same_bytes(key.data(), name.data(), name.size())) return {tree_, found};
    }
  }
  return {};
}

}  // namespace map_stix
