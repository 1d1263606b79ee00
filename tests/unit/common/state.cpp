// SPDX-License-Identifier: Apache-2.0
#include "common/records/state.hpp"

#include "tests/unit/catch.hpp"

namespace {

using common::incident_mark;
using common::Instant;
using common::parse_instant;
using common::State;

State parsed(const std::string& json) {
  std::string reason;
  const auto state = State::parse(json, reason);
  INFO(reason);
  REQUIRE(state);
  return *state;
}

std::string reason_of(const std::string& json) {
  std::string reason;
  CHECK_FALSE(State::parse(json, reason));
  return reason;
}

const Instant later = *parse_instant("2030-01-01T00:00:00Z");

}  // namespace

TEST_CASE("a state that was read is written as it was, other programs' members included") {
  const std::string json =
      R"({"last_incident_timestamp":"2026-11-24T02:00:00Z","last_incident_update":"2026-11-24T02:00:00.1234567Z",)"
      R"("delivered":["8c1f0a5be2d34907","0000000000000001"],"last_run":1.50,"nested":{"a":[1,2]}})";
  CHECK(parsed(json).to_json() == json);
}

TEST_CASE("an empty object is the state of a connector that never ran") {
  const State state = parsed(" {} ");
  CHECK_FALSE(state.watermark());
  CHECK(state.to_json() == "{}");
}

TEST_CASE("members of other programs alone make a state without a leading comma") {
  CHECK(parsed(R"({"x": {"y": 1}})").to_json() == R"({"x":{"y":1}})");
}

TEST_CASE("a watermark counts to the last digit while the whole second is the reference's") {
  const State state = parsed(
      R"({"last_incident_timestamp":"2026-11-24T02:00:00Z","last_incident_update":"2026-11-24T02:00:00.1234567Z"})");
  CHECK(state.is_ours());
  CHECK(state.watermark() == parse_instant("2026-11-24T02:00:00.1234567Z"));
}

TEST_CASE("after the reference wrote last the watermark is one second before its timestamp") {
  const State state = parsed(
      R"({"last_incident_timestamp":"2026-11-24T03:00:00Z","last_incident_update":"2026-11-24T02:00:00.1234567Z"})");
  CHECK_FALSE(state.is_ours());
  CHECK(state.watermark() == parse_instant("2026-11-24T02:59:59Z"));
  CHECK(parsed(R"({"last_incident_timestamp":"2026-11-24T03:00:00Z"})").watermark() ==
        parse_instant("2026-11-24T02:59:59Z"));
}

TEST_CASE("a state that is no object or has no readable timestamp is refused with a reason") {
  CHECK_FALSE(reason_of("").empty());
  CHECK_FALSE(reason_of("[]").empty());
  CHECK_FALSE(reason_of("{} {}").empty());
  CHECK_FALSE(reason_of("{\"a\":1").empty());
  CHECK(reason_of(R"({"last_incident_timestamp":"yesterday"})").find("yesterday") != std::string::npos);
  CHECK(reason_of(R"({"last_incident_timestamp":17})").find("17") != std::string::npos);
  CHECK(parsed(R"({"last_incident_timestamp":null,"delivered":null})").to_json() == "{}");
}

TEST_CASE("the watermark moves forward only, and not to a time beyond the ceiling") {
  State state;
  CHECK(state.advance("2026-11-24T02:00:00.5Z", later));
  CHECK(state.last_incident_timestamp == "2026-11-24T02:00:00Z");
  CHECK(state.last_incident_update == "2026-11-24T02:00:00.5Z");
  CHECK_FALSE(state.advance("2026-11-24T02:00:00.4Z", later));
  CHECK_FALSE(state.advance("2026-11-24T02:00:00.5Z", later));
  CHECK_FALSE(state.advance("not a time", later));
  CHECK_FALSE(state.advance("2031-01-01T00:00:00Z", later));
  CHECK(state.watermark() == parse_instant("2026-11-24T02:00:00.5Z"));
}

TEST_CASE("a watermark can be pulled back, and its marks stay") {
  State state;
  state.advance("2026-11-24T02:00:00.5Z", later);
  state.delivered.push_back(incident_mark("1", "t"));
  state.pull_back(*parse_instant("2026-11-20T01:02:03.4567891Z"));
  CHECK(state.is_ours());
  CHECK(state.watermark() == parse_instant("2026-11-20T01:02:03.4567891Z"));
  CHECK(state.delivered.size() == 1);
}

TEST_CASE("a long list of marks is cut to the newest, and the state stays under 64 KB") {
  State state;
  state.advance("2026-11-24T02:00:00Z", later);
  for (int i = 0; i < 10'000; ++i) state.delivered.push_back(incident_mark(std::to_string(i), "t"));
  state.others.emplace_back("\"x\"", '"' + std::string(1'000, 'y') + '"');
  const std::string json = state.to_json();
  CHECK(json.size() < 65'536);
  CHECK(json.size() > 64'000);
  const State again = parsed(json);
  CHECK(again.delivered.back() == incident_mark("9999", "t"));
  CHECK(again.others == state.others);
}

TEST_CASE("the mark of an incident is the head of a SHA-256 that a shell can repeat") {
  // printf '%s\n%s' 29 2026-11-24T02:00:00Z | sha256sum | cut -c 1-16
  CHECK(incident_mark("29", "2026-11-24T02:00:00Z") == "03bc0ddd6eb9f712");
}
