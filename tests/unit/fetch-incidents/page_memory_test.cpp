// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/graph/page_memory.hpp"

#include "tests/unit/catch.hpp"

using namespace fetch_incidents;

namespace {

constexpr std::size_t large = 1u << 20;

}  // namespace

TEST_CASE("the memory of a page serves the next one once nobody shares its text any more") {
  const auto memory = std::make_shared<PageMemory>();
  SharedText first = memory->keep(std::string(large, 'x'));
  const char* const place = first->data();
  SharedText second = first;
  first.reset();
  CHECK(memory->take().data() != place);
  second.reset();
  const std::string reused = memory->take();
  CHECK(reused.empty());
  CHECK(reused.data() == place);
}

TEST_CASE("a page in new memory has room for as much as the largest before it") {
  constexpr std::size_t larger_than_usual = 33u << 20;
  const auto memory = std::make_shared<PageMemory>();
  const SharedText kept = memory->keep(std::string(larger_than_usual, 'x'));
  CHECK(memory->take().capacity() >= larger_than_usual);
}

TEST_CASE("a page may outlive what read it") {
  auto memory = std::make_shared<PageMemory>();
  const SharedText kept = memory->keep(std::string(large, 'x'));
  memory.reset();
  CHECK(kept->size() == large);
}
