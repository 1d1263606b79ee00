// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

namespace map_stix {

/// Holds the texts that are composed while one incident is mapped. Memory comes in blocks that are reused for the next
/// incident, so that hardly anything is allocated after the first ones. Texts stay valid until reset().
class TextArena {
 public:
  std::string_view copy(std::string_view text) { return join({text}); }

  /// The parts, one after another, as one text.
  std::string_view join(std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (const std::string_view part : parts) size += part.size();
    if (size == 0) return {};
    char* const start = take(size);
    char* at = start;
    for (const std::string_view part : parts) {
      if (part.empty()) continue;
      std::memcpy(at, part.data(), part.size());
      at += part.size();
    }
    return {start, size};
  }

  /// Forgets all texts. Blocks that only a very large incident needed are given back.
  void reset() {
    while (blocks_.size() > 1 && kept_ > keep_limit) {
      kept_ -= blocks_.back().size;
      blocks_.pop_back();
    }
    block_ = used_ = 0;
  }

 private:
  static constexpr std::size_t least_block = 64u << 10;
  static constexpr std::size_t most_block = 4u << 20;
  static constexpr std::size_t keep_limit = 1u << 20;
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };

  char* take(std::size_t size) {
    while (block_ < blocks_.size() && blocks_[block_].size - used_ < size) {
      ++block_;
      used_ = 0;
    }
    if (block_ == blocks_.size()) {
      // As much again as there is, so that the texts of a large incident stand in large blocks.
      const std::size_t wanted = std::max(size, std::clamp(kept_, least_block, most_block));
      blocks_.push_back({std::make_unique_for_overwrite<char[]>(wanted), wanted});
      kept_ += wanted;
      used_ = 0;
    }
    char* const at = blocks_[block_].bytes.get() + used_;
    used_ += size;
    return at;
  }

  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
  std::size_t kept_ = 0;
};

}  // namespace map_stix
