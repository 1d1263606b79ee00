// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/json/json_tree.hpp"

#include <bit>
#include <cstring>

#include "common/bytes/byte_blocks.hpp"
#include "tools/map-stix/json/json_parser.hpp"

namespace map_stix {

namespace {

// One bit in each byte of the answer for a mark of a block that is the wanted one.
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

void JsonTree::set_sizes(std::size_t large_line, std::size_t window) {
  large_line_ = large_line;
  parser_->set_window(window);
}

std::string JsonTree::parse(std::string_view line, std::span<const std::string_view> long_lists) {
  line_ = line;
  size_ = member_count_ = 0;
  unescaped_.clear();
  counts_ = {};
  const std::string wrong =
      parser_->parse(line.size() > large_line_ ? long_lists : std::span<const std::string_view>{});
  if (!wrong.empty()) size_ = 0;
  return wrong;
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
  for (std::uint32_t i = 0; i < object.text_size; i += JsonTree::marks_at_once) {
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
