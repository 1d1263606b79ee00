// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/bytes/large_pages.hpp"
#include "common/bytes/text_buffer.hpp"

namespace map_stix {

enum class JsonKind : std::uint8_t { missing, null, boolean, number, string, array, object };

class JsonTree;

/// One value of a JsonTree: a cheap handle, valid until the tree parses its next line, or, in an item of JsonItems,
/// until the next item. A default one is "missing", and every question to a missing value has a harmless answer, so
/// that mappers can ask for members of members without checks.
class Json {
 public:
  class Iterator;

  Json() = default;

  JsonKind kind() const;
  explicit operator bool() const { return tree_ != nullptr; }
  bool is(JsonKind kind_asked) const { return kind() == kind_asked; }
  /// The member's name; "" for list members.
  std::string_view key() const;
  /// A string's text with escapes resolved; the source text of other scalars, so numbers keep their digits;
  /// "" for objects and lists.
  std::string_view text() const;
  /// The first member of that name, or missing.
  Json operator[](std::string_view name) const { return member(name, key_mark(name)); }
  Iterator begin() const;
  Iterator end() const;
  bool empty() const;

  /// Marks the value as written into the bundle, members included, so that the catch-all passes it over.
  void mark_used() const;
  /// Takes the marks of the value and its members back, for the catch-all to write them.
  void mark_unused() const;
  bool used() const;
  bool operator==(const Json& other) const { return tree_ == other.tree_ && index_ == other.index_; }

 private:
  friend class JsonTree;
  friend class JsonItems;
  Json(JsonTree* tree, std::uint32_t index) : tree_(tree), index_(index) {}

  /// Length and three letters of a name in 16 bits. Kept with each node, it tells most names apart without a
  /// look at the text; for a name that the compiler knows it is a constant.
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

/// One line of JSON as a tree in one array that is reused from line to line: nodes stand in the order of the
/// text, each knows where its last descendant ends. Strings without escapes stay where they are in the line.
///
/// Of a large line, the items of a list that is most of it are not kept. A tree that does not fit the processor's cache
/// costs as much to read as all the work on it; so each item is looked at once to see that it is right, and built again
/// by JsonItems when it is its turn.
///
/// simdjson's first stage finds the tokens and checks UTF-8; the parser here checks the rest itself, because the
/// string and number readers of simdjson 3.0 refuse lone surrogates and integers beyond 64 bits, which Graph
/// data may hold.
class JsonTree {
 public:
  JsonTree();
  ~JsonTree();
  JsonTree(const JsonTree&) = delete;
  JsonTree& operator=(const JsonTree&) = delete;

  /// Parses a line that is followed by at least 64 readable bytes and outlives the tree's use. Returns "" or
  /// why the line is not acceptable: not JSON, not an object, nested deeper than 128, not UTF-8. Where the line is
  /// large, members of the root with one of the names in `long_lists` that are lists of objects keep no items:
  /// these are for JsonItems, and everyone else finds one null in their place, marked as used.
  std::string parse(std::string_view line, std::span<const std::string_view> long_lists = {});
  Json root() { return size_ == 0 ? Json{} : Json{this, 0}; }
  /// How many values there are in a value, itself and those of long lists included.
  std::size_t values_of(Json value) const;
  /// Sets the size in bytes from which on a line is large, and that of the windows in which its tokens are found. Other
  /// sizes than the ordinary ones, which suit common processors, change nothing but speed and memory.
  void set_sizes(std::size_t large_line, std::size_t window);

  /// How many lone surrogates and U+0000 of this line became U+FFFD.
  std::uint64_t replaced() const { return counts_.replaced; }
  /// How many members repeat the name of an earlier one. The first counts; later ones go to the catch-all.
  std::uint64_t repeated_keys() const { return counts_.repeated_keys; }

  static constexpr int depth_limit = 128;
  static constexpr std::size_t marks_at_once = 8;

 private:
  friend class Json;
  friend class Json::Iterator;
  friend class JsonItems;
  struct Parser;

  struct Node {
    std::uint32_t key_at;
    std::uint32_t key_size;
    std::uint32_t text_at;    // of an object: where its members begin in marks_ and members_
    std::uint32_t text_size;  // how many these are
    std::uint32_t end;        // index behind the last descendant
    std::uint16_t key_mark;
    JsonKind kind;
    bool key_unescaped : 1;  // key_at counts in unescaped_, not in the line
    bool text_unescaped : 1;
    bool used : 1;
  };
  struct Counts {
    std::uint64_t replaced = 0;
    std::uint64_t repeated_keys = 0;
    std::size_t left_out = 0;  // values of long lists
  };
  template <typename Entry>
  using Array = std::unique_ptr<Entry[], common::Free>;

  std::string_view slice(std::uint32_t at, std::uint32_t size, bool unescaped) const {
    return {(unescaped ? unescaped_.view().data() : line_.data()) + at, size};
  }
  std::string_view key_of(const Node& node) const { return slice(node.key_at, node.key_size, node.key_unescaped); }

  std::unique_ptr<Parser> parser_;
  std::string_view line_;
  Array<Node> nodes_;
  // The members of each object side by side: their names' marks, and which nodes they are. Finding one by its name is
  // what mappers do most; going from node to node for it would take three times as long. Marks are read in blocks.
  Array<std::uint16_t> marks_;
  Array<std::uint32_t> members_;
  std::size_t capacity_ = 0;  // of all three
  std::size_t size_ = 0;
  std::size_t member_count_ = 0;
  common::TextBuffer unescaped_;
  std::size_t large_line_ = 512u << 10;  // line and tree fill the second cache of a common processor
  Counts counts_;
};

/// Walks the members of an object or list in input order.
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

inline std::size_t JsonTree::values_of(Json value) const {
  return value ? nodes_[value.index_].end - value.index_ + (value.index_ == 0 ? counts_.left_out : 0) : 0;
}

inline JsonKind Json::kind() const { return tree_ == nullptr ? JsonKind::missing : tree_->nodes_[index_].kind; }

inline std::string_view Json::key() const {
  return tree_ == nullptr ? std::string_view{} : tree_->key_of(tree_->nodes_[index_]);
}

inline std::string_view Json::text() const {
  if (tree_ == nullptr) return {};
  const JsonTree::Node& node = tree_->nodes_[index_];
  if (node.kind == JsonKind::object) return {};
  return tree_->slice(node.text_at, node.text_size, node.text_unescaped);
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

}  // namespace map_stix
