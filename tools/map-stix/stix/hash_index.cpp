// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/stix/hash_index.hpp"

#include <algorithm>
#include <bit>

namespace map_stix {

namespace {

constexpr std::size_t least_slots = 64;
// Larger tables are freed after the incident that needed them.
constexpr std::size_t kept_slots = 1u << 17;

}  // namespace

void HashIndex::reset(std::size_t expected) {
  const std::size_t slots = std::bit_ceil(std::max(least_slots, 2 * expected));
  if (used_ == 0 && slots_.size() == slots) return;
  if (slots_.capacity() > kept_slots) std::vector<Slot>().swap(slots_);
  slots_.assign(slots, Slot{});
  used_ = 0;
}

void HashIndex::grow() {
  std::vector<Slot> old(std::max(least_slots, 2 * slots_.size()));
  old.swap(slots_);
  for (const Slot& taken : old) {
    if (taken.place != none) slot_of(taken.hash, [](std::uint32_t) { return false; }) = taken;
  }
}

}  // namespace map_stix
