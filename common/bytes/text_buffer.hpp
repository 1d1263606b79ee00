// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstring>
#include <memory>
#include <string_view>

#include "common/bytes/growing_array.hpp"

namespace common {

/// Copies a text, most often a short one, to where there is room for it; returns the end of the copy. Up to 64 bytes
/// are a few moves of registers that may overlap; a call of memcpy costs more than the copying.
inline char* put(char* to, std::string_view text) {
  const char* const from = text.data();
  const std::size_t size = text.size();
  if (__builtin_constant_p(size) || size > 64) {
    std::memcpy(to, from, size);
  } else if (size > 32) {
    std::memcpy(to, from, 32);
    std::memcpy(to + size - 32, from + size - 32, 32);
  } else if (size >= 16) {
    std::memcpy(to, from, 16);
    std::memcpy(to + size - 16, from + size - 16, 16);
  } else if (size >= 8) {
    std::memcpy(to, from, 8);
    std::memcpy(to + size - 8, from + size - 8, 8);
  } else if (size >= 4) {
    std::memcpy(to, from, 4);
    std::memcpy(to + size - 4, from + size - 4, 4);
  } else if (size > 0) {
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
  return to + size;
}

/// Text that grows at its end, for writers of very many short pieces. Appending to a std::string costs three times as
/// much: each piece is a call or two, and is followed by a NUL that nobody reads.
class TextBuffer {
 public:
  TextBuffer() = default;
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;

  /// Where the text ends, with room for that many bytes more. They count after end_at().
  char* room(std::size_t bytes) {
    if (static_cast<std::size_t>(limit_ - end_) < bytes) [[unlikely]]
      grow(bytes);
    return end_;
  }
  void end_at(char* end) { end_ = end; }

  TextBuffer& append(std::string_view text) {
    end_ = put(room(text.size()), text);
    return *this;
  }
  TextBuffer& append(std::size_t count, char byte) {
    std::memset(room(count), byte, count);
    end_ += count;
    return *this;
  }
  TextBuffer& operator+=(std::string_view text) { return append(text); }
  TextBuffer& operator+=(char byte) {
    *room(1) = byte;
    ++end_;
    return *this;
  }

  std::string_view view() const { return {bytes_.get(), size()}; }
  std::size_t size() const { return static_cast<std::size_t>(end_ - bytes_.get()); }
  std::size_t capacity() const { return static_cast<std::size_t>(limit_ - bytes_.get()); }
  bool empty() const { return size() == 0; }
  /// Forgets what lies beyond the first `size` bytes.
  void truncate(std::size_t size) { end_ = bytes_.get() + size; }
  void clear() { truncate(0); }
  /// Gives the memory back, and the text with it.
  void release() {
    bytes_.reset();
    end_ = limit_ = nullptr;
  }

 private:
  void grow(std::size_t bytes);

  std::unique_ptr<char[], Free> bytes_;
  char* end_ = nullptr;
  char* limit_ = nullptr;
};

}  // namespace common
