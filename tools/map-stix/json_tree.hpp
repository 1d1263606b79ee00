#pragma once
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "common/text_buffer.hpp"

namespace map_stix {

enum class JsonKind : std::uint8_t { missing, null, boolean, number, string, array, object };

class JsonTree;

/// One value of a JsonTree: a cheap handle, valid until the tree parses its next line. A default one is
/// "missing", and every question to a missing value has a harmless answer, so that mappers can ask for
/// members of members without checks.
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
  /// Orders and tells apart values of one tree.
  std::uint32_t index() const { return index_; }
  bool operator==(const Json& other) const { return tree_ == other.tree_ && index_ == other.index_; }

 private:
  friend class JsonTree;
  Json(JsonTree* tree, std::uint32_t index) : tree_(tree), index_(index) {}

  /// Length and three letters of a name in 16 bits. Kept with each node, it tells most names apart without a
  /// look at the text; for a name that the compiler knows it is a constant.
  static constexpr std::uint16_t key_mark(std::string_view name) {
    if (name.empty()) return 0;
    const auto letter = [name](std::size_t at) {
      return static_cast<unsigned>(static_cast<unsigned char>(name[at]));
    };
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
/// simdjson's first stage finds the tokens and checks UTF-8; this class checks the rest itself, because the
/// string and number readers of simdjson 3.0 refuse lone surrogates and integers beyond 64 bits, which Graph
/// data may hold.
class JsonTree {
 public:
  JsonTree();
  ~JsonTree();
  JsonTree(const JsonTree&) = delete;
  JsonTree& operator=(const JsonTree&) = delete;

  /// Parses a line that is followed by at least 64 readable bytes and outlives the tree's use. Returns "" or
  /// why the line is not acceptable: not JSON, not an object, nested deeper than 128, not UTF-8.
  std::string parse(std::string_view line);
  Json root() { return size_ == 0 ? Json{} : Json{this, 0}; }
  /// The value that has this index.
  Json at(std::uint32_t index) { return Json{this, index}; }
  /// How many values the line holds.
  std::size_t size() const { return size_; }
  /// Says that a value will be read next, so that the processor fetches it while other work goes on: with a line that
  /// fills its cache this saves a sixth of all the time. Of a shorter line, it does nothing.
  void read_soon(Json value) const;
  /// Whether the line fills the cache.
  bool is_large() const { return size_ >= cached_values; }

  /// How many lone surrogates and U+0000 of this line became U+FFFD.
  std::uint64_t replaced() const { return replaced_; }
  /// How many members repeat the name of an earlier one. The first counts; later ones go to the catch-all.
  std::uint64_t repeated_keys() const { return repeated_keys_; }

  static constexpr int depth_limit = 128;
  static constexpr std::size_t cached_values = 16u << 10;  // with their texts, about a megabyte

 private:
  friend class Json;
  friend class Json::Iterator;
  struct Parser;

  struct Node {
    std::uint32_t key_at;
    std::uint32_t key_size;
    std::uint32_t text_at;  // of an object: where its members begin in marks_ and members_
    std::uint32_t text_size;  // how many these are
    std::uint32_t end;  // index behind the last descendant
    std::uint16_t key_mark;
    JsonKind kind;
    bool key_unescaped : 1;  // key_at counts in unescaped_, not in the line
    bool text_unescaped : 1;
    bool used : 1;
  };
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  template <typename Entry>
  using Array = std::unique_ptr<Entry[], Free>;

  std::string_view slice(std::uint32_t at, std::uint32_t size, bool unescaped) const {
    return {(unescaped ? unescaped_.view().data() : line_.data()) + at, size};
  }
  std::string_view key_of(const Node& node) const {
    return slice(node.key_at, node.key_size, node.key_unescaped);
  }

  std::unique_ptr<Parser> parser_;
  std::string_view line_;
  Array<Node> nodes_;
  // The members of each object side by side: their names' marks, and which nodes they are. Finding one by its name is what
  // mappers do most; going from node to node for it would take three times as long.
  Array<std::uint16_t> marks_;
  Array<std::uint32_t> members_;
  std::size_t capacity_ = 0;  // of all three
  std::size_t size_ = 0;
  std::size_t member_count_ = 0;
  common::TextBuffer unescaped_;
  std::uint64_t replaced_ = 0;
  std::uint64_t repeated_keys_ = 0;
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

inline JsonKind Json::kind() const {
  return tree_ == nullptr ? JsonKind::missing : tree_->nodes_[index_].kind;
}

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
