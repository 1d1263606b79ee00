#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace common {

/// Sixteen bytes that are computed with at once: a register on every machine of today. The languages' own
/// vectors of GCC and clang, so no instruction is named and none is needed.
using ByteBlock = std::uint8_t __attribute__((vector_size(16)));

/// What a comparison of ByteBlocks gives: 0 or -1 in each place.
using ByteMarks = std::int8_t __attribute__((vector_size(16)));

inline ByteBlock load_block(const char* from) {
  ByteBlock block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

inline bool any(ByteMarks marks) {
  std::uint64_t halves[2];
  std::memcpy(halves, &marks, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

/// Whether `mark`, which takes a ByteBlock and gives ByteMarks, marks any byte of the text. It must not mark
/// spaces: short texts are filled up with them.
template <typename Mark>
bool any_byte(std::string_view text, const Mark& mark) {
  constexpr std::size_t size = sizeof(ByteBlock);
  if (text.size() < size) {
    char filled[size];
    std::memset(filled, ' ', size);
    // Two pieces that may overlap, because copying a known length is a single instruction.
    const std::size_t piece = text.size() >= 8 ? 8 : text.size() >= 4 ? 4 : text.size() >= 2 ? 2 : text.size();
    switch (piece) {
      case 8: std::memcpy(filled, text.data(), 8), std::memcpy(filled + 8, text.data() + text.size() - 8, 8); break;
      case 4: std::memcpy(filled, text.data(), 4), std::memcpy(filled + 8, text.data() + text.size() - 4, 4); break;
      case 2: std::memcpy(filled, text.data(), 2), std::memcpy(filled + 8, text.data() + text.size() - 2, 2); break;
      case 1: filled[0] = text.front(); break;
      default: return false;
    }
    return any(mark(load_block(filled)));
  }
  std::size_t at = 0;
  for (; at + size < text.size(); at += size) {
    if (any(mark(load_block(text.data() + at)))) return true;
  }
  return any(mark(load_block(text.data() + text.size() - size)));
}

}  // namespace common
