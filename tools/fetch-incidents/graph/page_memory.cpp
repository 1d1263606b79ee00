// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/graph/page_memory.hpp"

#include <malloc.h>

#include <algorithm>
#include <utility>

namespace fetch_incidents {
namespace {

/// One page is being written while the next arrives.
constexpr std::size_t most_spare = 2;
/// The allocator serves smaller blocks from memory that it already holds.
constexpr std::size_t least_capacity = 64u << 10;
/// Larger blocks go back to the kernel when freed. Set explicitly because glibc raises its own limit to the largest
/// block freed so far, and keeps everything below it.
constexpr int largest_pooled_block = 4 << 20;
/// Free memory that the allocator keeps. libcurl allocates a buffer of 256 KB for each request; with glibc's default of
/// 128 KB it would be returned to the kernel each time, which takes as long as reading the page.
constexpr int most_free_at_hand = 1 << 20;

}  // namespace

struct PageMemory::Kept {
  Kept(std::string kept, std::shared_ptr<PageMemory> origin) : text(std::move(kept)), home(std::move(origin)) {}
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept() { home->give(std::move(text)); }

  std::string text;
  std::shared_ptr<PageMemory> home;
};

void PageMemory::limit_allocator() {
  ::mallopt(M_MMAP_THRESHOLD, largest_pooled_block);
  ::mallopt(M_TRIM_THRESHOLD, most_free_at_hand);
}

std::string PageMemory::take() {
  const std::lock_guard lock(mutex_);
  std::string text;
  if (spare_.empty()) {
    text.reserve(largest_);
  } else {
    text = std::move(spare_.back());
    spare_.pop_back();
  }
  return text;
}

SharedText PageMemory::keep(std::string text) {
  {
    const std::lock_guard lock(mutex_);
    largest_ = std::max(largest_, text.size());
  }
  const auto kept = std::make_shared<const Kept>(std::move(text), shared_from_this());
  return {kept, &kept->text};
}

void PageMemory::give(std::string text) {
  if (text.capacity() < least_capacity) return;
  const std::lock_guard lock(mutex_);
  text.clear();
  if (spare_.size() < most_spare) spare_.push_back(std::move(text));
}

}  // namespace fetch_incidents
