// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/range_start.hpp"

#include <unistd.h>

#include "tests/unit/catch.hpp"

namespace {

using fetch_incidents::RangeStart;
using fetch_incidents::Reading;
using fetch_incidents::StartQuestion;

common::Instant at(const char* text) { return common::parse_instant(text).value(); }

common::State state_at(const std::string& text) {
  common::State state;
  state.advance(text, at("2100-01-01"));
  state.delivered = {"0123456789abcdef"};
  return state;
}

/// With more marks than there may be room for.
common::State full_state_at(const std::string& text) {
  common::State state = state_at(text);
  state.delivered.resize(3'000, "0123456789abcdef");
  return state;
}

/// A question that nothing but the import start date answers.
StartQuestion question() {
  return {.since = {},
          .state = {},
          .last_reading = {},
          .import_start = at("2020-01-01"),
          .overlap = std::chrono::minutes(5),
          .now = at("2026-06-01T12:00:00Z")};
}

Reading reading(const char* asked_at, const char* written_up_to) {
  return {.asked_at = at(asked_at), .written_up_to = at(written_up_to), .of = ""};
}

}  // namespace

TEST_CASE("the range starts at --since, else before the state's watermark, else at the import start date") {
  StartQuestion asked = question();
  CHECK(range_start(asked).from.text == "2020-01-01T00:00:00Z");
  asked.state = common::State{};
  CHECK(range_start(asked).from.text == "2020-01-01T00:00:00Z");
  asked.state = state_at("2026-06-01T10:00:00.5Z");
  CHECK(range_start(asked).from.text == "2026-06-01T09:55:00.5000000Z");
  CHECK(range_start(asked).delivered.size() == 1);
  asked.since = at("2026-01-01");
  CHECK(range_start(asked).from.text == "2026-01-01T00:00:00Z");
  CHECK(range_start(asked).delivered.empty());
  CHECK(range_start(asked).warning.empty());
}

TEST_CASE("after a bulk change the overlap reaches back from the last complete reading") {
  StartQuestion asked = question();
  asked.state = full_state_at("2026-06-01T10:00:00Z");
  asked.last_reading = reading("2026-06-01T11:00:00Z", "2026-06-01T10:00:00Z");
  CHECK(range_start(asked).from.text == "2026-06-01T10:55:00Z");
  SECTION("not where the state lies before what it wrote: that may not have arrived") {
    asked.last_reading = reading("2026-06-01T11:00:00Z", "2026-06-01T10:00:01Z");
    CHECK(range_start(asked).from.text == "2026-06-01T09:55:00Z");
  }
  SECTION("an older one than the watermark changes nothing") {
    asked.last_reading = reading("2026-06-01T09:00:00Z", "2026-06-01T08:00:00Z");
    CHECK(range_start(asked).from.text == "2026-06-01T09:55:00Z");
  }
  SECTION("one that claims a time to come counts up to now") {
    asked.last_reading = reading("2027-06-01T11:00:00Z", "2026-06-01T10:00:00Z");
    CHECK(range_start(asked).from.text == "2026-06-01T11:55:00Z");
  }
  SECTION("not where the state's list has room: then what arrives later than the overlap allows is found as well") {
    asked.state = state_at("2026-06-01T10:00:00Z");
    CHECK(range_start(asked).from.text == "2026-06-01T09:55:00Z");
  }
  SECTION("not where another connector wrote the state last") {
    ++*asked.state->last_incident_timestamp;
    CHECK(range_start(asked).from.text == "2026-06-01T09:55:00Z");
  }
  SECTION("a connector that was reset starts anew") {
    asked.state = common::State{};
    CHECK(range_start(asked).from.text == "2020-01-01T00:00:00Z");
  }
}

TEST_CASE("a state later than now is warned of, and the range starts the overlap before now") {
  StartQuestion asked = question();
  asked.state = state_at("2030-01-01T00:00:00Z");
  const RangeStart start = range_start(asked);
  CHECK(start.from.text == "2026-06-01T11:55:00Z");
  CHECK_THAT(start.warning, contains_text("2030-01-01T00:00:00Z) lies in the future"));
  CHECK_THAT(start.warning, contains_text("--since"));
  asked.state = state_at("2026-06-01T12:00:30Z");
  CHECK(range_start(asked).warning.empty());
}

TEST_CASE("a start date to come is warned of by its own name") {
  StartQuestion asked = question();
  asked.import_start = at("2062-01-01");
  CHECK_THAT(range_start(asked).warning, contains_text("SENTINEL_INCIDENTS_IMPORT_START_DATE (2062-01-01T00:00:00Z)"));
  asked.since = at("2027-01-01");
  CHECK_THAT(range_start(asked).warning, contains_text("--since (2027-01-01T00:00:00Z)"));
}

TEST_CASE("a reading is kept in its file, and what cannot be read is told") {
  const std::string path = "/tmp/fetch-incidents-reading." + std::to_string(::getpid());
  std::string reason;
  CHECK_FALSE(fetch_incidents::read_reading(path, reason));
  CHECK(reason.empty());
  fetch_incidents::write_reading(path,
                                 {.asked_at = at("2026-06-01T11:00:00.1234567Z"), .written_up_to = {}, .of = "a b"});
  const auto again = fetch_incidents::read_reading(path, reason);
  REQUIRE(again);
  CHECK(again->asked_at == at("2026-06-01T11:00:00.1234567Z"));
  CHECK_FALSE(again->written_up_to);
  CHECK(again->of == "a b");
  REQUIRE(::truncate(path.c_str(), 10) == 0);
  CHECK_FALSE(fetch_incidents::read_reading(path, reason));
  CHECK_FALSE(reason.empty());
  ::unlink(path.c_str());
}
