// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace common {

/// SipHash (J.-P. Aumasson and D. J. Bernstein, 2012) with so many rounds for each eight bytes and at the end.
template <int rounds, int last_rounds>
std::uint64_t siphash(std::string_view text, const std::array<std::uint64_t, 2>& key) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t a = key[0] ^ 0x736f6d6570736575u;
  std::uint64_t b = key[1] ^ 0x646f72616e646f6du;
  std::uint64_t c = key[0] ^ 0x6c7967656e657261u;
  std::uint64_t d = key[1] ^ 0x7465646279746573u;
  const auto mix = [&](int times) {
    for (int i = 0; i < times; ++i) {
      a += b;
      b = std::rotl(b, 13) ^ a;
      a = std::rotl(a, 32);
      c += d;
      d = std::rotl(d, 16) ^ c;
      a += d;
      d = std::rotl(d, 21) ^ a;
      c += b;
      b = std::rotl(b, 17) ^ c;
      c = std::rotl(c, 32);
    }
  };
  const auto take = [&](std::uint64_t word) {
    d ^= word;
    mix(rounds);
    a ^= word;
  };
  std::size_t at = 0;
  std::uint64_t word = 0;
  for (; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    take(word);
  }
  word = 0;
  if (at < text.size()) std::memcpy(&word, text.data() + at, text.size() - at);
  take(word | static_cast<std::uint64_t>(text.size()) << 56);
  c ^= 0xff;
  mix(last_rounds);
  return a ^ b ^ c ^ d;
}

/// A key that this process has drawn. Throws Failure(internal) where the system has no random bytes.
const std::array<std::uint64_t, 2>& process_key();

/// A hash for tables whose entries come from outside: without the process's key, nobody can choose texts that share one
/// and make each look into the table a walk through all of it. Not for what is written, since it differs from run to
/// run.
inline std::uint64_t keyed_hash(std::string_view text) { return siphash<1, 3>(text, process_key()); }

}  // namespace common
