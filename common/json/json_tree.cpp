// SPDX-License-Identifier: Apache-2.0
#include "common/json/json_tree.hpp"

#include <bit>
#include <charconv>
#include <cstring>

#include "common/bytes/byte_blocks.hpp"
#include "common/json/json_parser.hpp"

namespace common {

namespace {

// One bit in each byte of the answer whose mark is the wanted one.
std::uint64_t equal_marks(const std::uint16_t* marks, std::uint16_t wanted) {
  using Marks = std::uint16_t __attribute__((vector_size(2 * JsonTree::marks_at_once)));
  Marks block;
  std::memcpy(&block, marks, sizeof block);
  const auto bytes =
      __builtin_convertvector(block == wanted, std::uint8_t __attribute__((vector_size(JsonTree::marks_at_once))));
  std::uint64_t equal = 0;
  std::memcpy(&equal, &bytes, sizeof equal);
  return equal & 0x0101010101010101u;
}

}  // namespace

JsonTree::JsonTree() : parser_(std::make_unique<Parser>(*this)) {}
JsonTree::~JsonTree() = default;

std::string JsonTree::parse(std::string_view text) {
  text_ = text;
  nodes_.clear();
  marks_.clear();
  members_.clear();
  unescaped_.clear();
  unescaped_texts_.clear();
  replaced_ = repeated_keys_ = 0;
  std::string wrong = parser_->parse();
  if (!wrong.empty()) nodes_.clear();
  return wrong;
}

std::string JsonTree::parse_copy(std::string_view text) {
  copy_.reserve(text.size() + padding);
  copy_.assign(text);
  return parse(copy_);
}

std::optional<std::int64_t> Json::integer() const {
  if (!is(JsonKind::number) && !is(JsonKind::string)) return {};
  const std::string_view digits = text();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return {};
  return number;
}

// Adds up what the tokens take without white space. Every value but the first is a member or an item, and each
// container has one comma less than these.
bool Json::is_compact() const {
  if (tree_ == nullptr) return true;
  const JsonTree::Node* const nodes = tree_->nodes_.data();
  const std::uint32_t end = nodes[index_].end;
  std::size_t size = end - index_ - 1;
  for (std::uint32_t at = index_; at < end; ++at) {
    const JsonTree::Node& node = nodes[at];
    if (at != index_ && node.key_unescaped) return false;
    if (at != index_ && node.key_at != 0) size += node.key_size + std::size_t{3};  // quotes and colon
    const bool container = node.kind == JsonKind::object || node.kind == JsonKind::array;
    size += !container ? node.raw_size : node.end == at + 1 ? 2 : 1;
  }
  return size == nodes[index_].raw_size;
}

void Json::mark_unused() const {
  if (tree_ == nullptr) return;
  const std::uint32_t end = tree_->nodes_[index_].end;
  for (std::uint32_t at = index_; at < end; ++at) tree_->nodes_[at].used = false;
}

Json Json::member(std::string_view name, std::uint16_t mark) const {
  if (!is(JsonKind::object)) return {};
  const std::uint32_t* const members = tree_->members_.data() + tree_->nodes_[index_].more;
  const std::uint16_t* const marks = tree_->marks_.data() + tree_->nodes_[index_].more;
  const std::uint32_t count = members[0];
  for (std::uint32_t i = 1; i <= count; i += JsonTree::marks_at_once) {
    for (std::uint64_t equal = equal_marks(marks + i, mark); equal != 0; equal &= equal - 1) {
      const std::uint32_t at = i + static_cast<std::uint32_t>(std::countr_zero(equal)) / 8;
      if (at > count) break;
      const std::string_view key = tree_->key_of(tree_->nodes_[members[at]]);
      if (key.size() == name.size() && same_bytes(key.data(), name.data(), name.size())) return {tree_, members[at]};
    }
  }
  return {};
}

}  // namespace common
