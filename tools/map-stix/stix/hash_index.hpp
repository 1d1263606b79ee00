// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace map_stix {

/// Finds places in an array by the hash of what stands there: eight bytes a slot, open addressing. In a large bundle
/// nearly every look goes to memory that the processor does not hold, so the table is as small as it can be, and each
/// look reads one place of it.
class HashIndex {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  /// Forgets all places, and makes room for that many. More are no error, but cost time.
  void reset(std::size_t expected);
  /// The place of that hash for which `matches` holds; else `fresh` is entered and returned.
  template <typename Matches>
  std::uint32_t enter(std::uint32_t hash, std::uint32_t fresh, const Matches& matches) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    Slot& slot = slot_of(hash, matches);
    if (slot.place == none) {
      slot = {hash, fresh};
      ++used_;
    }
    return slot.place;
  }
  /// The same without entering; `none` where there is no such place.
  template <typename Matches>
  std::uint32_t find(std::uint32_t hash, const Matches& matches) const {
    return slots_.empty() ? none : const_cast<HashIndex*>(this)->slot_of(hash, matches).place;
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = none;
  };

  template <typename Matches>
  Slot& slot_of(std::uint32_t hash, const Matches& matches) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].place != none && !(slots_[at].hash == hash && matches(slots_[at].place))) at = (at + 1) & mask;
    return slots_[at];
  }
  void grow();

  std::vector<Slot> slots_;  // a power of two
  std::size_t used_ = 0;
};

}  // namespace map_stix
