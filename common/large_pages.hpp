#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace common {

/// Asks the system for large pages behind an array that will be filled from its beginning on. A line of many megabytes
/// fills several of them, each page for the first time; with small pages, that can take longer than all the work on it.
/// Arrays under 8 MB are left alone, since a large page that is only begun counts as 2 MB of memory. A system without large
/// pages does nothing.
inline void prefer_large_pages(void* begin, std::size_t bytes) {
  constexpr std::size_t least = 8u << 20;
  constexpr std::size_t page = 4096;
  if (bytes < least) return;
  // Its first and last page included: of memory that is advised in part, realloc cannot move the pages.
  const std::size_t before = reinterpret_cast<std::uintptr_t>(begin) % page;
  ::madvise(static_cast<char*>(begin) - before, (before + bytes + page - 1) / page * page, MADV_HUGEPAGE);
}

}  // namespace common
