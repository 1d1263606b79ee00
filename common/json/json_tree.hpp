// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/bytes/growing_array.hpp"
#include "common/bytes/text_buffer.hpp"

namespace common {

enum class JsonKind : std::uint8_t { missing, null, boolean, number, string, array, object };

class JsonTree;

/// One value of a JsonTree: a cheap handle, valid until the tree parses its next text. A default one is "missing", and
/// every question to a missing value has a harmless answer, so that callers can ask for members of members without
/// checks: `json["error"]["code"].text()`.
class Json {
 public:
  class Iterator;

  Json() = default;

  JsonKind kind() const;
  explicit operator bool() const { return tree_ != nullptr; }
  bool is(JsonKind kind_asked) const { return kind() == kind_asked; }
  /// The member's name; "" for list items.
  std::string_view key() const;
  /// A string's text with escapes resolved; the source text of other scalars, so numbers keep their digits;
  /// "" for objects and lists.
  std::string_view text() const;
  /// The whole number that a number or a string holds; nothing for any other value.
  std::optional<std::int64_t> integer() const;
  /// The value's bytes in the parsed text, white space inside it included, none around it.
  std::string_view raw() const;
  /// The first member of that name, or missing.
  Json operator[](std::string_view name) const { return member(name, key_mark(name)); }
  /// The members of an object or the items of a list, in the order of the text.
  Iterator begin() const;
  Iterator end() const;
  bool empty() const;
  /// Whether raw() has no white space between its tokens. Also false where a name has escapes: callers then remove
  /// white space that is not there.
  bool is_compact() const;

  /// Marks a value, without its members. map-stix marks what it has put into the bundle.
  void mark_used() const;
  /// Removes the marks of a value and of everything in it.
  void mark_unused() const;
  bool used() const;
  bool operator==(const Json& other) const { return tree_ == other.tree_ && index_ == other.index_; }

 private:
  friend class JsonTree;
  Json(JsonTree* tree, std::uint32_t index) : tree_(tree), index_(index) {}

  /// The length and three letters of a name in 16 bits. It is kept for each member and tells most names apart
  /// without comparing their text; for a name that is a constant, so is its mark.
  static constexpr std::uint16_t key_mark(std::string_view name) {
    if (name.empty()) return 0;
    const auto letter = [name](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(name[at])); };
    return static_cast<std::uint16_t>(name.size() * 8191 + letter(0) * 257 + letter(name.size() / 2) * 31 +
                                      letter(name.size() - 1) * 3);
  }
  Json member(std::string_view name, std::uint16_t mark) const;

  JsonTree* tree_ = nullptr;
  std::uint32_t index_ = 0;
};

/// A JSON object (RFC 8259) as a tree in one array, whose memory is reused from text to text. Nodes are in the order of
/// the text, and each knows where its last descendant ends. Strings without escapes stay where they are in the text.
///
/// simdjson's On-Demand interface finds the tokens and checks their order, UTF-8 and strings' ends. Strings and numbers
/// are taken as raw tokens and checked here: simdjson's own readers refuse lone surrogates and integers beyond 64 bits,
/// both of which Graph data may hold, and do not tell where a value's bytes are.
class JsonTree {
 public:
  JsonTree();
  ~JsonTree();
  JsonTree(const JsonTree&) = delete;
  JsonTree& operator=(const JsonTree&) = delete;

  /// Parses a text that outlives the tree's use. At least `padding` readable bytes must follow it, the first of which
  /// is no JSON punctuation. Returns "" or why the text is not acceptable: not JSON, not an object, nested deeper than
  /// 128, not UTF-8. root() then is missing.
  std::string parse(std::string_view text);
  /// parse() for a text without padding: keeps a copy of it, and so is for short texts.
  std::string parse_copy(std::string_view text);
  Json root() { return nodes_.empty() ? Json{} : Json{this, 0}; }
  /// How many values there are in a value, itself included; 0 where it is missing.
  std::size_t values_of(Json value) const;

  /// How many lone surrogates and U+0000 of this text became U+FFFD.
  std::uint64_t replaced() const { return replaced_; }
  /// How many members repeat the name of an earlier one in their object. operator[] finds the first.
  std::uint64_t repeated_keys() const { return repeated_keys_; }

  static constexpr int depth_limit = 128;
  static constexpr std::size_t padding = 64;
  static constexpr std::size_t marks_at_once = 8;

 private:
  friend class Json;
  friend class Json::Iterator;
  struct Parser;

  struct Node {
    std::uint32_t key_at;  // in text_, or the index in unescaped_texts_
    std::uint32_t key_size;
    std::uint32_t raw_at;  // in text_
    std::uint32_t raw_size;
    std::uint32_t more;  // object: where its members begin in marks_ and members_; escaped string: in unescaped_texts_
    std::uint32_t end;   // index behind the last descendant
    std::uint16_t key_mark;
    JsonKind kind;
    bool key_unescaped : 1;
    bool text_unescaped : 1;
    bool used : 1;
  };
  // A place in unescaped_.
  struct Unescaped {
    std::size_t at;
    std::size_t size;
  };

  std::string_view slice(std::uint32_t at, std::uint32_t size) const { return {text_.data() + at, size}; }
  std::string_view unescaped_text(std::uint32_t index) const {
    const Unescaped& text = unescaped_texts_[index];
    return {unescaped_.view().data() + text.at, text.size};
  }
  std::string_view key_of(const Node& node) const {
    return node.key_unescaped ? unescaped_text(node.key_at) : slice(node.key_at, node.key_size);
  }

  std::unique_ptr<Parser> parser_;
  std::string_view text_;
  std::string copy_;  // of parse_copy()
  GrowingArray<Node> nodes_;
  // For each object, its members side by side: the marks of their names, and which nodes they are. members_ begins with
  // their number, and marks_ with an unused entry. Lookup by name is what map-stix does most; following the nodes would
  // take three times as long. Marks are read in blocks, so marks_ has marks_at_once entries more at its end.
  GrowingArray<std::uint16_t> marks_;
  GrowingArray<std::uint32_t> members_;
  TextBuffer unescaped_;
  std::vector<Unescaped> unescaped_texts_;
  std::uint64_t replaced_ = 0;
  std::uint64_t repeated_keys_ = 0;
};

class Json::Iterator {
 public:
  Json operator*() const { return Json{tree_, index_}; }
  Iterator& operator++() {
    index_ = tree_->nodes_[index_].end;
    return *this;
  }
  bool operator==(const Iterator& other) const { return index_ == other.index_; }

 private:
  friend class Json;
  Iterator(JsonTree* tree, std::uint32_t index) : tree_(tree), index_(index) {}
  JsonTree* tree_;
  std::uint32_t index_;
};

inline std::size_t JsonTree::values_of(Json value) const { return value ? nodes_[value.index_].end - value.index_ : 0; }

inline JsonKind Json::kind() const { return tree_ == nullptr ? JsonKind::missing : tree_->nodes_[index_].kind; }

inline std::string_view Json::key() const {
  return tree_ == nullptr ? std::string_view{} : tree_->key_of(tree_->nodes_[index_]);
}

inline std::string_view Json::raw() const {
  if (tree_ == nullptr) return {};
  const JsonTree::Node& node = tree_->nodes_[index_];
  return tree_->slice(node.raw_at, node.raw_size);
}

inline std::string_view Json::text() const {
  if (tree_ == nullptr) return {};
  const JsonTree::Node& node = tree_->nodes_[index_];
  if (node.kind == JsonKind::object || node.kind == JsonKind::array) return {};
  if (node.text_unescaped) return tree_->unescaped_text(node.more);
  const std::uint32_t quote = node.kind == JsonKind::string ? 1 : 0;
  return tree_->slice(node.raw_at + quote, node.raw_size - 2 * quote);
}

inline Json::Iterator Json::begin() const {
  const bool holds = is(JsonKind::object) || is(JsonKind::array);
  return {tree_, holds ? index_ + 1 : 0};
}

inline Json::Iterator Json::end() const {
  const bool holds = is(JsonKind::object) || is(JsonKind::array);
  return {tree_, holds ? tree_->nodes_[index_].end : 0};
}

inline bool Json::empty() const { return begin() == end(); }
inline bool Json::used() const { return tree_ != nullptr && tree_->nodes_[index_].used; }
inline void Json::mark_used() const {
  if (tree_ != nullptr) tree_->nodes_[index_].used = true;
}

}  // namespace common
