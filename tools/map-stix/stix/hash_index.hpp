// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace map_stix {

/// An open-addressing hash table of array indexes, eight bytes a slot. In a large bundle nearly every lookup misses the
/// processor's cache, so slots are as small as possible and a lookup usually reads only one of them.
class HashIndex {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  /// Removes all entries and reserves slots for that many. The table grows when more are entered, which takes time.
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
