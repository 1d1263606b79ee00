// SPDX-License-Identifier: Apache-2.0
#include "common/time.hpp"

#include "common/duration.hpp"

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

TEST_CASE("A date and time is read as people and Python write it, without an offset as UTC", "[time]") {
  const auto* text =
      GENERATE("2026-11-24T02:00:00Z", "2026-11-24T02:00:00", "2026-11-24 02:00:00", "2026-11-24t02:00:00z",
               "2026-11-24T02:00", "2026-11-24T02:00Z", "2026-11-24T04:00+02:00", "2026-11-24T04:00:00+0200",
               "2026-11-24 04:00:00+02", "2026-11-23T20:30:00.000-05:30", "2026-11-24T02:00:00.0000000+00:00");
  CAPTURE(text);
  CHECK(parse_date_time(text) == parse_instant("2026-11-24T02:00:00Z"));
  CHECK(parse_user_instant(text, {}) == parse_instant("2026-11-24T02:00:00Z"));
}

TEST_CASE("A point in time may also be given as a duration back from now", "[time]") {
  const Instant now = *parse_instant("2026-11-24T02:00:00Z");
  CHECK(parse_user_instant("P30D", now) == parse_instant("2026-10-25T02:00:00Z"));
  CHECK(parse_user_instant("30d", now) == parse_instant("2026-10-25T02:00:00Z"));
  CHECK(parse_user_instant("12h", now) == parse_instant("2026-11-23T14:00:00Z"));
  CHECK(parse_user_instant("PT0S", now) == now);
  CHECK(parse_user_instant("2026-09-01", now) == parse_instant("2026-09-01T00:00:00Z"));
}

TEST_CASE("What is neither a date nor a duration with its units is no point in time", "[time]") {
  const auto* text =
      GENERATE("", "30", "12:00:00", "-P30D", "2026", "2026-11", "2026-11-24T", "2026-11-24T02", "now",
               "2026-11-24T02:00+", "2026-11-24T02:00:00+2", "2026-11-24T02:00:00+020", "2026-11-24T02:00:00+24:00",
               "2026-02-30", "2026-11-24T02:00:00ZZ", "24.11.2026", "P30", "0001-01-01", "10000-01-01");
  CAPTURE(text);
  CHECK_FALSE(parse_user_instant(text, {}).has_value());
}

TEST_CASE("Durations are read in every form that the Python connectors and people write", "[time]") {
  const auto [text, seconds] = GENERATE(table<std::string, std::int64_t>({{"PT1H", 3600},
                                                                          {"P1DT2H3M4S", 93784},
                                                                          {"P2W", 1209600},
                                                                          {"P1Y1M", 395 * 86400},
                                                                          {"PT1.5H", 5400},
                                                                          {"pt1h", 3600},
                                                                          {"PT0S", 0},
                                                                          {"0", 0},
                                                                          {"3600", 3600},
                                                                          {"90.9", 90},
                                                                          {"30d", 30 * 86400},
                                                                          {"1h30m", 5400},
                                                                          {"2W", 1209600},
                                                                          {"01:00:00", 3600},
                                                                          {"00:30", 1800},
                                                                          {"26:00:00", 93600},
                                                                          {"2 days, 01:00:00", 176400},
                                                                          {"1 day, 0:00:01.5", 86401},
                                                                          {"1 00:00:30", 86430}}));
  CAPTURE(text);
  REQUIRE(parse_duration(text));
  CHECK(parse_duration(text)->count() == seconds);
}

TEST_CASE("What is no duration is refused", "[time]") {
  const auto* text =
      GENERATE("", "P", "PT", "P1H", "PT1H1H", "PT1S1M", "P1DT", "PT-5M", "-PT5M", "PT5", "1h2d", "5x", "-5", "+5",
               "1e3", "12:60:00", "12:00:60", "1:", ":30", "1 day", "1 day, ", "P1,5D", "PT99999999999999999999S",
               "P101Y", "99999999999999999999999999999999", "PT5M ", " 5", "hourly", "0x10", "nan", "inf", "1.", ".5");
  CAPTURE(text);
  CHECK_FALSE(parse_duration(text).has_value());
}
