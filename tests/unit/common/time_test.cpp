// SPDX-License-Identifier: Apache-2.0
#include "common/time.hpp"

#include "tests/unit/catch.hpp"

using namespace common;

TEST_CASE("A Graph timestamp is read to its last of seven digits", "[time]") {
  CHECK(full_text(*parse_instant("2021-08-13T08:43:35.5533333Z")) == "2021-08-13T08:43:35.5533333Z");
  CHECK(full_text(*parse_instant("2021-08-13T08:43:35.1Z")) == "2021-08-13T08:43:35.1000000Z");
  CHECK(full_text(*parse_instant("2021-08-13T08:43:35Z")) == "2021-08-13T08:43:35.0000000Z");
  CHECK(full_text(*parse_instant("2021-08-13T08:43:35.123456789Z")) == "2021-08-13T08:43:35.1234567Z");
}

TEST_CASE("Offsets, missing offsets and bare dates become UTC", "[time]") {
  CHECK(seconds_text(*parse_instant("2021-08-13T01:30:00+02:00")) == "2021-08-12T23:30:00Z");
  CHECK(seconds_text(*parse_instant("2021-08-13T23:30:00-01:30")) == "2021-08-14T01:00:00Z");
  CHECK(seconds_text(*parse_instant("2021-08-13T08:43:35")) == "2021-08-13T08:43:35Z");
  CHECK(seconds_text(*parse_instant("2024-02-29")) == "2024-02-29T00:00:00Z");
}

TEST_CASE("What is no timestamp is refused", "[time]") {
  const auto* text = GENERATE("", "yesterday", "2021-02-29T00:00:00Z", "2021-13-01T00:00:00Z", "2021-08-13T24:00:00Z",
                              "2021-08-13T08:43:60Z", " 2021-08-13T08:43:35Z", "2021-08-13t08:43:35z",
                              "2021-08-13T08:43Z", "2025-07-03T12:16:01+0530577Z", "0001-01-01T00:00:00Z",
                              "2021-08-13T08:43:35.Z", "2021-8-13", "2021-08-13T08:43:35Z ", "20210813T084335Z");
  CAPTURE(text);
  CHECK_FALSE(parse_instant(text).has_value());
}

TEST_CASE("Times before 1970 are written as well as those after", "[time]") {
  CHECK(full_text(*parse_instant("1969-12-31T23:59:59.9999999Z")) == "1969-12-31T23:59:59.9999999Z");
  CHECK(milliseconds_text(*parse_instant("1601-01-01T00:00:00.0009Z")) == "1601-01-01T00:00:00.000Z");
}

TEST_CASE("Whole seconds are cut down, never rounded", "[time]") {
  CHECK(seconds_text(*parse_instant("2026-12-31T23:59:59.9999999Z")) == "2026-12-31T23:59:59Z");
  CHECK(milliseconds_text(*parse_instant("2026-12-31T23:59:59.9999999Z")) == "2026-12-31T23:59:59.999Z");
}

TEST_CASE("The import start date takes a date or a UTC time only", "[time]") {
  CHECK(parse_user_instant("2020-01-01").has_value());
  CHECK(parse_user_instant("2020-01-01T00:00:00Z").has_value());
  CHECK_FALSE(parse_user_instant("2020-01-01T00:00:00").has_value());
  CHECK_FALSE(parse_user_instant("2020-01-01T00:00:00+01:00").has_value());
}

TEST_CASE("ISO 8601 durations are read", "[time]") {
  CHECK(parse_duration("PT1H")->count() == 3600);
  CHECK(parse_duration("P1DT2H3M4S")->count() == 93784);
  CHECK(parse_duration("P2W")->count() == 1209600);
  CHECK(parse_duration("PT0S")->count() == 0);
  CHECK(parse_duration("0")->count() == 0);
}

TEST_CASE("What is no duration, or has no fixed length, is refused", "[time]") {
  const auto* text = GENERATE("", "P", "PT", "1H", "P1Y", "P1M", "PT1H1H", "PT1S1M", "P1DT", "PT-5M", "PT5", "PT1.5H",
                              "P1H", "pt1h", "PT99999999999999999999S", "PT5M ");
  CAPTURE(text);
  CHECK_FALSE(parse_duration(text).has_value());
}
