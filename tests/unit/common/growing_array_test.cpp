// SPDX-License-Identifier: Apache-2.0
#include "common/bytes/growing_array.hpp"

#include <cstdint>

#include "tests/unit/catch.hpp"

TEST_CASE("an array that grows keeps its entries") {
  common::GrowingArray<std::uint64_t> numbers;
  CHECK(numbers.empty());
  for (std::uint64_t i = 0; i < 1'000'000; ++i) numbers.push_back(i * i);
  CHECK(numbers.size() == 1'000'000);
  for (std::uint64_t i = 0; i < numbers.size(); i += 997) REQUIRE(numbers[i] == i * i);
  numbers.clear();
  CHECK(numbers.empty());
  CHECK(numbers.capacity() >= 1'000'000);
}

TEST_CASE("an array that cannot grow throws bad_alloc and keeps its entries") {
  common::GrowingArray<char> bytes;
  bytes.push_back('x');
  CHECK_THROWS_AS(bytes.reserve(std::size_t{1} << 62), std::bad_alloc);
  CHECK(bytes.size() == 1);
  CHECK(bytes[0] == 'x');
  bytes.push_back('y');
  CHECK(bytes[1] == 'y');
}
