// SPDX-License-Identifier: Apache-2.0
#include "common/bytes/large_pages.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstring>

namespace common {

namespace {

constexpr std::size_t large_page = 2u << 20;

std::size_t whole_pages(std::size_t bytes) { return (bytes + large_page - 1) / large_page * large_page; }

// Addresses for that many bytes, whole large pages that begin at one; nothing stands there yet.
char* reserve_addresses(std::size_t bytes) {
  void* const found =
      ::mmap(nullptr, bytes + large_page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (found == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(found);
  const std::size_t before = (large_page - reinterpret_cast<std::uintptr_t>(begin) % large_page) % large_page;
  if (before > 0) ::munmap(begin, before);
  ::munmap(begin + before + bytes, large_page - before);
  return begin + before;
}

// A wish: some systems have none.
void prefer_large_pages(void* begin, std::size_t bytes) { ::madvise(begin, bytes, MADV_HUGEPAGE); }

}  // namespace

void* take_memory(std::size_t bytes) {
  const bool large = bytes >= large_page;
  void* const memory = large ? std::aligned_alloc(large_page, whole_pages(bytes)) : std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  if (large) prefer_large_pages(memory, bytes);
  return memory;
}

GrowingBytes::GrowingBytes(std::size_t bytes) : data_(static_cast<char*>(std::calloc(1, bytes))), size_(bytes) {
  if (data_ == nullptr) throw std::bad_alloc();
}

GrowingBytes::~GrowingBytes() {
  if (mapped_)
    ::munmap(data_, size_);
  else
    std::free(data_);
}

void GrowingBytes::grow(std::size_t bytes) {
  if (bytes <= size_) return;
  if (!mapped_ && bytes < large_page) {
    void* const larger = std::realloc(data_, bytes);
    if (larger == nullptr) throw std::bad_alloc();
    data_ = static_cast<char*>(larger);
    size_ = bytes;
    return;
  }
  const std::size_t wanted = whole_pages(bytes);
  char* const place = reserve_addresses(wanted);
  void* const taken =
      mapped_ ? ::mremap(data_, size_, wanted, MREMAP_MAYMOVE | MREMAP_FIXED, place)
              : ::mmap(place, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (taken == MAP_FAILED) {
    ::munmap(place, wanted);
    throw std::bad_alloc();
  }
  prefer_large_pages(place, wanted);
  if (!mapped_) {
    std::memcpy(place, data_, size_);
    std::free(data_);
  }
  data_ = place;
  size_ = wanted;
  mapped_ = true;
}

}  // namespace common
