// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/instant.hpp"

#include "tests/unit/catch.hpp"

using stand_in::format_instant;
using stand_in::parse_instant;

TEST_CASE("instants keep 100 ns and are written with as many digits as they need") {
  for (const char* text : {"2026-11-24T02:00:00Z", "2026-11-24T02:00:00.1Z", "2026-11-24T02:00:00.0833333Z",
                           "1969-12-31T23:59:59.9999999Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
                           "2024-02-29T23:59:59.5Z", "9999-12-31T23:59:59.9999999Z"}) {
    CAPTURE(text);
    REQUIRE(parse_instant(text));
    CHECK(format_instant(*parse_instant(text)) == text);
  }
  CHECK(format_instant(*parse_instant("2026-11-24T02:00:00.1239Z"), 3) == "2026-11-24T02:00:00.123Z");
  CHECK(format_instant(*parse_instant("2026-11-24T02:00:00.9Z"), 0) == "2026-11-24T02:00:00Z");
}

TEST_CASE("what is no instant is refused") {
  for (const char* text : {"", "2026-11-24", "2026-11-24T02:00:00", "2026-11-24T02:00:00.Z",
                           "2026-11-24T02:00:00.12345678Z", "2025-02-29T00:00:00Z", "2026-11-24T24:00:00Z",
                           "2025-07-03T12:16:01+0530577Z", "2026-11-24T02:00:00Zz", "2026-11-24 02:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_instant(text));
  }
}
