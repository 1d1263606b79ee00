// SPDX-License-Identifier: Apache-2.0
#include "common/bytes/large_pages.hpp"

#include <cstdint>

#include "tests/unit/catch.hpp"

namespace {

constexpr std::size_t megabyte = 1u << 20;

bool holds_pattern(const char* bytes, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (bytes[i] != static_cast<char>(i * 31 % 251)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("bytes that grow keep what they hold, from malloc to pages and from pages to more") {
  common::GrowingBytes bytes(100);
  std::size_t filled = 0;
  for (const std::size_t size :
       {100ul, 5000ul, megabyte, 2 * megabyte - 1, 2 * megabyte, 3 * megabyte + 5, 4 * megabyte, 40 * megabyte}) {
    bytes.grow(size);
    INFO(size);
    CHECK(holds_pattern(bytes.data(), filled));
    for (; filled < size; ++filled) bytes.data()[filled] = static_cast<char>(filled * 31 % 251);
  }
  const char* const before = bytes.data();
  bytes.grow(1);
  CHECK(bytes.data() == before);
  CHECK(holds_pattern(bytes.data(), filled));
}

TEST_CASE("growing beyond memory changes nothing") {
  common::GrowingBytes bytes(4 * megabyte);
  bytes.data()[0] = 'x';
  CHECK_THROWS_AS(bytes.grow(std::size_t{1} << 62), std::bad_alloc);
  CHECK(bytes.data()[0] == 'x');
  bytes.grow(5 * megabyte);
  CHECK(bytes.data()[0] == 'x');
}

TEST_CASE("memory of megabytes begins at a large page") {
  void* const memory = common::take_memory(3 * megabyte);
  CHECK(reinterpret_cast<std::uintptr_t>(memory) % (2 * megabyte) == 0);
  std::free(memory);
}

TEST_CASE("a vector keeps its entries from small to large pages") {
  common::LargeVector<std::uint64_t> numbers;
  for (std::uint64_t i = 0; i < megabyte; ++i) numbers.push_back(i);
  for (std::uint64_t i = 0; i < megabyte; i += 997) REQUIRE(numbers[i] == i);
}
