// SPDX-License-Identifier: Apache-2.0
#include "common/bytes/keyed_hash.hpp"

#include "common/bytes/random_bytes.hpp"

namespace common {

const std::array<std::uint64_t, 2>& process_key() {
  static const std::array<std::uint64_t, 2> key = [] {
    std::array<std::uint64_t, 2> drawn{};
    fill_with_random_bytes(drawn.data(), sizeof drawn);
    return drawn;
  }();
  return key;
}

}  // namespace common
