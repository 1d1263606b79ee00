// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/bytes/keyed_hash.hpp"
#include "tools/map-stix/stix/hash_index.hpp"

namespace map_stix {

/// Numbers distinct texts 0, 1, 2 … in the order in which they are first seen. Each text is hashed at once, while it is
/// still in the processor's cache. Texts are views that must outlive the index.
class TextIndex {
 public:
  void reset() {
    texts_.clear();
    places_.reset(0);
  }

  /// The number of a text, a new one where it is new.
  std::uint32_t number_of(std::string_view text) {
    const auto fresh = static_cast<std::uint32_t>(texts_.size());
    const std::uint32_t number =
        places_.enter(hash_of(text), fresh, [&](std::uint32_t at) { return texts_[at] == text; });
    if (number == fresh) texts_.push_back(text);
    return number;
  }
  bool holds(std::string_view text) const {
    return places_.find(hash_of(text), [&](std::uint32_t at) { return texts_[at] == text; }) != HashIndex::none;
  }
  /// All of them, in the order of their numbers.
  const std::vector<std::string_view>& texts() const { return texts_; }

 private:
  static std::uint32_t hash_of(std::string_view text) { return static_cast<std::uint32_t>(common::keyed_hash(text)); }

  std::vector<std::string_view> texts_;
  HashIndex places_;
};

}  // namespace map_stix
