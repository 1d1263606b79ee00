// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

namespace common {

/// Takes memory for an array that is filled from its beginning on; to be given back with std::free(). With ordinary
/// pages of 4 KB, the first touch of each page that a line of many megabytes fills, and later finding it again, can
/// take longer than all the work on the line; so arrays of megabytes stand in large pages, where the system has them.
/// Smaller ones come from malloc(), since a large page that is only begun counts as 2 MB of memory. Throws
/// std::bad_alloc where there is none.
void* take_memory(std::size_t bytes);

/// Gives back what take_memory() took, for std::unique_ptr.
struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

/// take_memory() for the containers of the standard library.
template <typename Entry>
struct LargePageAllocator {
  using value_type = Entry;
  LargePageAllocator() = default;
  template <typename Other>
  explicit LargePageAllocator(const LargePageAllocator<Other>&) {}

  Entry* allocate(std::size_t entries) { return static_cast<Entry*>(take_memory(entries * sizeof(Entry))); }
  void deallocate(Entry* memory, std::size_t) { std::free(memory); }
  bool operator==(const LargePageAllocator&) const { return true; }
};

template <typename Entry>
using LargeVector = std::vector<Entry, LargePageAllocator<Entry>>;

/// Bytes that grow at their end. Growing moves pages, not bytes, and touches none that are not used.
class GrowingBytes {
 public:
  /// That many zeros. Throws std::bad_alloc.
  explicit GrowingBytes(std::size_t bytes);
  ~GrowingBytes();
  GrowingBytes(const GrowingBytes&) = delete;
  GrowingBytes& operator=(const GrowingBytes&) = delete;

  /// Makes room for that many in all; the new ones are anything. Throws std::bad_alloc, and then changes nothing.
  void grow(std::size_t bytes);
  char* data() { return data_; }
  const char* data() const { return data_; }

 private:
  char* data_;
  std::size_t size_;
  bool mapped_ = false;  // whole large pages, not from malloc()
};

}  // namespace common
