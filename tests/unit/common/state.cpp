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
      R"({"last_incident_timestamp":1795485600,"last_incident_update":"2026-11-24T02:00:00.1234567Z",)"
      R"("delivered":["8c1f0a5be2d34907","0000000000000001"],"last_run":1.50,"nested":{"a":[1,2]}})";
  CHECK(parsed(json).to_json() == json);
}

TEST_CASE("the time is read in every form that a connector has written, and written as whole Unix seconds") {
  const auto* form =
      GENERATE("1795485600", "1795485600.0", "1795485600.9999", "1.7954856e9", "\"1795485600\"", "\"1795485600.7\"",
               "\"2026-11-24T02:00:00Z\"", "\"2026-11-24T02:00:00.9999999Z\"", "\"2026-11-24T03:00:00+01:00\"");
  CAPTURE(form);
  const State state = parsed(std::string(R"({"last_incident_timestamp": )") + form + R"(, "theirs": true})");
  CHECK(state.last_incident_timestamp == 1795485600);
  CHECK(state.watermark() == parse_instant("2026-11-24T01:59:59Z"));
  CHECK(state.to_json() == R"({"last_incident_timestamp":1795485600,"theirs":true})");
}

TEST_CASE("a state of version 0.1.0 goes on to the last digit") {
  const State state = parsed(
      R"({"last_incident_timestamp":"2026-11-24T02:00:00Z","last_incident_update":"2026-11-24T02:00:00.1234567Z"})");
  CHECK(state.is_ours());
  CHECK(state.watermark() == parse_instant("2026-11-24T02:00:00.1234567Z"));
}

TEST_CASE("the time may be as early and as late as dates go, and before 1970 it is cut down too") {
  CHECK(parsed(R"({"last_incident_timestamp":253402300799})").watermark() == parse_instant("9999-12-31T23:59:58Z"));
  CHECK(parsed(R"({"last_incident_timestamp":-62104060800})").last_incident_timestamp == -62104060800);
  CHECK(parsed(R"({"last_incident_timestamp":-0.5})").last_incident_timestamp == -1);
  CHECK(parsed(R"({"last_incident_timestamp":0})").watermark() == parse_instant("1969-12-31T23:59:59Z"));
}

TEST_CASE("a time that is none is refused with the text that was there") {
  const auto* form = GENERATE("true", "{}", "[1795485600]", "\"yesterday\"", "\"\"", "\" 1795485600\"", "\"NaN\"",
                              "\"inf\"", "\"0x6B0A\"", "253402300800", "-62104060801", "1e300", "-1e300",
                              "99999999999999999999999999999999", "1795485600000", "\"2026-13-01T00:00:00Z\"");
  CAPTURE(form);
  CHECK_THAT(reason_of(std::string(R"({"last_incident_timestamp":)") + form + "}"),
             contains_text(std::string("last_incident_timestamp is ") + form + ", not a time"));
}

TEST_CASE("Graph's text and a list in another form than ours are passed over, not refused") {
  const auto* rest = GENERATE(R"("last_incident_update":17,"delivered":"all")", R"("last_incident_update":"soon")",
                              R"("last_incident_update":null,"delivered":{"8c1f0a5be2d34907":1})",
                              R"("delivered":[7,"short",null,["8c1f0a5be2d34907"]])");
  CAPTURE(rest);
  const State state = parsed(std::string(R"({"last_incident_timestamp":1795485600,)") + rest + "}");
  CHECK_FALSE(state.is_ours());
  CHECK(state.delivered.empty());
  CHECK(state.watermark() == parse_instant("2026-11-24T01:59:59Z"));
}

TEST_CASE("an empty object is the state of a connector that never ran") {
  const State state = parsed(" {} ");
  CHECK_FALSE(state.watermark());
  CHECK(state.to_json() == "{}");
}

TEST_CASE("members of other programs alone make a state without a leading comma") {
  CHECK(parsed(R"({"x": {"y": 1}})").to_json() == R"({"x":{"y":1}})");
}

TEST_CASE("the watermark is Graph's text to its last digit while its whole second is the integer") {
  const State state =
      parsed(R"({"last_incident_timestamp":1795485600,"last_incident_update":"2026-11-24T02:00:00.1234567Z"})");
  CHECK(state.is_ours());
  CHECK(state.watermark() == parse_instant("2026-11-24T02:00:00.1234567Z"));
}

TEST_CASE("after a Python connector wrote last the watermark is one second before its time") {
  const State state =
      parsed(R"({"last_incident_timestamp":1795489200,"last_incident_update":"2026-11-24T02:00:00.1234567Z"})");
  CHECK_FALSE(state.is_ours());
  CHECK(state.watermark() == parse_instant("2026-11-24T02:59:59Z"));
  CHECK(parsed(R"({"last_incident_timestamp":1795489200})").watermark() == parse_instant("2026-11-24T02:59:59Z"));
}

TEST_CASE("a state that is no JSON object is refused with a reason") {
  for (const auto* text : {"", "[]", "{} {}", "{\"a\":1", "17", R"({"last_incident_timestamp":NaN})"}) {
    CAPTURE(text);
    CHECK_FALSE(reason_of(text).empty());
  }
  CHECK(parsed(R"({"last_incident_timestamp":null,"delivered":null})").to_json() == "{}");
}

TEST_CASE("the watermark moves forward only, and not to a time beyond the ceiling") {
  State state;
  CHECK(state.advance("2026-11-24T02:00:00.5Z", later));
  CHECK(state.last_incident_timestamp == 1795485600);
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
