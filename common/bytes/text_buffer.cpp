// SPDX-License-Identifier: Apache-2.0
#include "common/bytes/text_buffer.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace common {

void TextBuffer::grow(std::size_t bytes) {
  constexpr std::size_t least = 256;
  const std::size_t used = size();
  const std::size_t wanted = std::max({least, used + bytes, 2 * capacity()});
  // realloc moves pages of a large text instead of bytes.
  void* const larger = std::realloc(bytes_.get(), wanted);
  if (larger == nullptr) throw std::bad_alloc();
  static_cast<void>(bytes_.release());
  bytes_.reset(static_cast<char*>(larger));
  end_ = bytes_.get() + used;
  limit_ = bytes_.get() + wanted;
}

}  // namespace common
