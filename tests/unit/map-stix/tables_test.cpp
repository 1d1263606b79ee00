// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tools/map-stix/stix/hash_index.hpp"
#include "tools/map-stix/text/text_index.hpp"

using namespace map_stix;

TEST_CASE("a table of places finds what was entered, however many share a hash and however it grows") {
  std::mt19937 random(7);
  HashIndex table;
  for (const std::size_t expected : {0u, 5u, 5000u}) {
    for (const std::uint32_t hashes : {1u, 7u, 100000u}) {
      table.reset(expected);
      std::map<std::uint32_t, std::uint32_t> places;  // by key
      std::vector<std::uint32_t> keys;                // by place
      const auto is_key = [&keys](std::uint32_t key) {
        return [&keys, key](std::uint32_t place) { return keys[place] == key; };
      };
      for (int i = 0; i < 1000; ++i) {
        const auto key = static_cast<std::uint32_t>(random() % 700);
        const auto fresh = static_cast<std::uint32_t>(keys.size());
        const auto known = places.find(key);
        REQUIRE(table.find(key % hashes, is_key(key)) == (known == places.end() ? HashIndex::none : known->second));
        const std::uint32_t place = table.enter(key % hashes, fresh, is_key(key));
        REQUIRE(place == (known == places.end() ? fresh : known->second));
        if (known != places.end()) continue;
        places[key] = fresh;
        keys.push_back(key);
      }
    }
  }
}

TEST_CASE("a table of places that was not reset holds nothing, and may be entered into") {
  HashIndex table;
  const auto any = [](std::uint32_t) { return true; };
  CHECK(table.find(1, any) == HashIndex::none);
  CHECK(table.enter(1, 9, any) == 9);
  CHECK(table.find(1, any) == 9);
  table.reset(0);
  CHECK(table.find(1, any) == HashIndex::none);
}

TEST_CASE("texts are numbered in the order in which they are first met") {
  std::vector<std::string> texts;
  for (int i = 0; i < 3000; ++i) texts.push_back("device " + std::to_string(i * 7919 % 1000));
  TextIndex numbers;
  numbers.number_of("of an incident before");
  numbers.reset();
  std::map<std::string, std::uint32_t> expected;
  for (const std::string& text : texts) {
    const auto number = expected.try_emplace(text, static_cast<std::uint32_t>(expected.size())).first->second;
    REQUIRE(numbers.number_of(text) == number);
    REQUIRE(numbers.texts()[number] == text);
  }
  CHECK(numbers.texts().size() == 1000);
  CHECK(numbers.holds("device 7"));
  CHECK_FALSE(numbers.holds("device 1000"));
  CHECK_FALSE(numbers.holds("of an incident before"));
}
