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

/// A text of fewer than 16 bytes in a block, filled up with spaces: its first and last `piece` bytes, which may overlap,
/// because copying a known length is a single instruction.
struct ShortBlock {
  char bytes[sizeof(ByteBlock)];
  std::size_t piece;

  explicit ShortBlock(std::string_view text) {
    const std::size_t size = text.size();
    std::memset(bytes, ' ', sizeof bytes);
    piece = size >= 8 ? 8 : size >= 4 ? 4 : size >= 2 ? 2 : size;
    switch (piece) {
      case 8: std::memcpy(bytes, text.data(), 8), std::memcpy(bytes + 8, text.data() + size - 8, 8); break;
      case 4: std::memcpy(bytes, text.data(), 4), std::memcpy(bytes + 8, text.data() + size - 4, 4); break;
      case 2: std::memcpy(bytes, text.data(), 2), std::memcpy(bytes + 8, text.data() + size - 2, 2); break;
      case 1: bytes[0] = text.front(); break;
      default: break;
    }
  }
  void store(char* to, std::size_t size) const {
    switch (piece) {
      case 8: std::memcpy(to, bytes, 8), std::memcpy(to + size - 8, bytes + 8, 8); break;
      case 4: std::memcpy(to, bytes, 4), std::memcpy(to + size - 4, bytes + 8, 4); break;
      case 2: std::memcpy(to, bytes, 2), std::memcpy(to + size - 2, bytes + 8, 2); break;
      case 1: to[0] = bytes[0]; break;
      default: break;
    }
  }
};

/// Whether `mark`, which takes a ByteBlock and gives ByteMarks, marks any byte of the text. It must not mark
/// spaces: short texts are filled up with them.
template <typename Mark>
bool any_byte(std::string_view text, const Mark& mark) {
  constexpr std::size_t size = sizeof(ByteBlock);
  if (text.size() < size) return any(mark(load_block(ShortBlock(text).bytes)));
  std::size_t at = 0;
  for (; at + size < text.size(); at += size) {
    if (any(mark(load_block(text.data() + at)))) return true;
  }
  return any(mark(load_block(text.data() + text.size() - size)));
}

/// Copies a text to where there is room for it, and tells whether `mark` marks any byte of it: one look at the text for
/// both.
template <typename Mark>
bool copy_and_look(char* to, std::string_view text, const Mark& mark) {
  constexpr std::size_t size = sizeof(ByteBlock);
  if (text.size() < size) {
    const ShortBlock block(text);
    block.store(to, text.size());
    return any(mark(load_block(block.bytes)));
  }
  ByteMarks marks{};
  const auto copy = [&](std::size_t at) {
    const ByteBlock block = load_block(text.data() + at);
    std::memcpy(to + at, &block, size);
    marks |= mark(block);
  };
  for (std::size_t at = 0; at + size < text.size(); at += size) copy(at);
  copy(text.size() - size);
  return any(marks);
}

/// Whether two texts of this size are the same: for short ones, without the call that memcmp is.
inline bool same_bytes(const char* a, const char* b, std::size_t size) {
  const auto differ = [&](auto piece, std::size_t at) {
    auto other = piece;
    std::memcpy(&piece, a + at, sizeof piece);
    std::memcpy(&other, b + at, sizeof other);
    return piece != other;
  };
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      if (differ(std::uint64_t{}, at)) return false;
    }
    return !differ(std::uint64_t{}, size - 8);
  }
  if (size >= 4) return !differ(std::uint32_t{}, 0) && !differ(std::uint32_t{}, size - 4);
  for (std::size_t at = 0; at < size; ++at) {
    if (a[at] != b[at]) return false;
  }
  return true;
}

}  // namespace common
