// SPDX-License-Identifier: Apache-2.0
#include "common/bytes/keyed_hash.hpp"

#include <set>
#include <string>

#include "tests/unit/catch.hpp"

TEST_CASE("SipHash-2-4 gives the values of its authors' test vectors") {
  // Key and text count up from 0; the text has as many bytes as the vector's number.
  const std::array<std::uint64_t, 2> key = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
  std::string text;
  for (char c = 0; c < 64; ++c) text += c;
  const auto hash = [&](std::size_t size) {
    return common::siphash<2, 4>(std::string_view(text).substr(0, size), key);
  };
  CHECK(hash(0) == 0x726fdb47dd0e0e31u);
  CHECK(hash(1) == 0x74f839c593dc67fdu);
  CHECK(hash(7) == 0xab0200f58b01d137u);
  CHECK(hash(8) == 0x93f5f5799a932462u);
  CHECK(hash(15) == 0xa129ca6149be45e5u);
  CHECK(hash(63) == 0x958a324ceb064572u);
}

TEST_CASE("a keyed hash is the same within a process, and another for another key or text") {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t i = 0; i < 100; ++i) {
    hashes.insert(common::siphash<1, 3>("device", {i, 0}));
    hashes.insert(common::siphash<1, 3>("device", {0, i + 1}));
    hashes.insert(common::keyed_hash(std::string(i, 'x')));
  }
  CHECK(hashes.size() == 300);
  CHECK(common::keyed_hash("device") == common::keyed_hash("device"));
  CHECK(common::process_key() != std::array<std::uint64_t, 2>{});
}
