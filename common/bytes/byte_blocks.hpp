// SPDX-License-Identifier: Apache-2.0
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

/// A text of fewer than 16 bytes, filled up with spaces: its first and last bytes in two pieces of one size, which may
/// overlap, because reading and writing a known size is a single instruction. It stays in registers: a block that is
/// read from where smaller pieces were just written makes the processor wait for the memory.
class ShortBlock {
 public:
  explicit ShortBlock(std::string_view text) : size_(text.size()) {
    constexpr std::uint64_t spaces = 0x2020202020202020;
    const char* const first = text.data();
    low_ = high_ = spaces;
    if (size_ >= 8) {
      low_ = read<std::uint64_t>(first);
      high_ = read<std::uint64_t>(first + size_ - 8);
    } else if (size_ >= 4) {
      low_ = read<std::uint32_t>(first) | std::uint64_t{read<std::uint32_t>(first + size_ - 4)} << 32;
    } else if (size_ >= 2) {
      low_ = spaces << 32 | std::uint64_t{read<std::uint16_t>(first + size_ - 2)} << 16 | read<std::uint16_t>(first);
    } else if (size_ == 1) {
      low_ = spaces << 8 | static_cast<unsigned char>(*first);
    }
  }
  /// The bytes of the text, each at least once, in no order.
  ByteBlock bytes() const {
    using Words = std::uint64_t __attribute__((vector_size(16)));
    return reinterpret_cast<ByteBlock>(Words{low_, high_});
  }
  /// Writes the text to where there is room for it.
  void store(char* to) const {
    if (size_ >= 8) {
      std::memcpy(to, &low_, 8);
      std::memcpy(to + size_ - 8, &high_, 8);
    } else if (size_ >= 4) {
      write(to, static_cast<std::uint32_t>(low_));
      write(to + size_ - 4, static_cast<std::uint32_t>(low_ >> 32));
    } else if (size_ >= 2) {
      write(to, static_cast<std::uint16_t>(low_));
      write(to + size_ - 2, static_cast<std::uint16_t>(low_ >> 16));
    } else if (size_ == 1) {
      *to = static_cast<char>(low_);
    }
  }

 private:
  template <typename Piece>
  static Piece read(const char* from) {
    Piece piece;
    std::memcpy(&piece, from, sizeof piece);
    return piece;
  }
  template <typename Piece>
  static void write(char* to, Piece piece) {
    std::memcpy(to, &piece, sizeof piece);
  }

  std::size_t size_;
  std::uint64_t low_;
  std::uint64_t high_;
};

/// Whether `mark`, which takes a ByteBlock and gives ByteMarks, marks any byte of the text. It must not mark
/// spaces: short texts are filled up with them.
template <typename Mark>
bool any_byte(std::string_view text, const Mark& mark) {
  constexpr std::size_t size = sizeof(ByteBlock);
  if (text.size() < size) return any(mark(ShortBlock(text).bytes()));
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
    block.store(to);
    return any(mark(block.bytes()));
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
