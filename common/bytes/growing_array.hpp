// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace common {

/// Gives back what malloc() took, for std::unique_ptr.
struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

/// An array that grows at its end, like std::vector, for plain data. It grows by realloc(), which moves the pages of
/// large arrays instead of copying them: a vector would need the old and the new memory at once.
template <typename Entry>
class GrowingArray {
  static_assert(std::is_trivially_copyable_v<Entry> && std::is_trivially_default_constructible_v<Entry>);

 public:
  Entry& operator[](std::size_t index) { return entries_[index]; }
  const Entry& operator[](std::size_t index) const { return entries_[index]; }
  Entry* data() { return entries_.get(); }
  const Entry* data() const { return entries_.get(); }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }

  /// Adds an entry of any value.
  Entry& add() {
    if (size_ == capacity_) [[unlikely]]
      reserve(size_ + 1);
    return entries_[size_++];
  }
  void push_back(Entry entry) { add() = entry; }
  /// Makes room for that many entries in all, and for half as many again as there is room for. Throws std::bad_alloc,
  /// and then changes nothing.
  void reserve(std::size_t entries) {
    if (entries <= capacity_) return;
    const std::size_t wanted = entries > capacity_ + capacity_ / 2 ? entries : capacity_ + capacity_ / 2;
    void* const larger = std::realloc(entries_.get(), wanted * sizeof(Entry));
    if (larger == nullptr) throw std::bad_alloc();
    static_cast<void>(entries_.release());
    entries_.reset(static_cast<Entry*>(larger));
    capacity_ = wanted;
  }
  /// Sets the size; new entries have any value.
  void resize(std::size_t entries) {
    reserve(entries);
    size_ = entries;
  }

 private:
  std::unique_ptr<Entry[], Free> entries_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace common
