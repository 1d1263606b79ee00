// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace fetch_incidents {

/// Text of an answer that its incidents share.
using SharedText = std::shared_ptr<const std::string>;

/// Hands the memory of answers that are done with to the next ones: to grow tens of megabytes anew for each page, and
/// have the kernel clear them, takes longer than to read the page. For use from any thread.
class PageMemory : public std::enable_shared_from_this<PageMemory> {
 public:
  /// Has the allocator give large blocks back to the kernel at once, so that outgrown ones do not add to the peak. Once
  /// per process.
  static void limit_allocator();

  /// An empty string with room for a page of 50 incidents of 100 alerts, and for as much as any before it. Room is
  /// address space: memory is what was written to.
  std::string take();
  /// Shares the text; its memory comes back when the last to share it lets go.
  SharedText keep(std::string text);

 private:
  struct Kept;
  void give(std::string text);

  std::mutex mutex_;
  std::vector<std::string> spare_;
  std::size_t largest_ = 32u << 20;
};

}  // namespace fetch_incidents
