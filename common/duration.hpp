// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace common {

/// Reads a span of time as settings hold it, fractions of a second cut off:
///   * ISO 8601: "PT1H30M", "P1DT12H", "P2W", also with a fraction ("PT1.5H"); a month is 30 days, a year 365;
///   * amounts with units: "30d", "12h", "1h30m" (w, d, h, m for minutes, s);
///   * a clock: "HH:MM", "HH:MM:SS", "2 days, 01:00:00";
///   * a number of seconds: "3600".
/// Nothing for other text, a negative span, or one beyond 100 years. The first, third and last are what the Python
/// connectors take.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

/// As parse_duration(), but only the forms that name their units, the first two: the others could be meant as a date.
std::optional<std::chrono::seconds> parse_named_duration(std::string_view text);

}  // namespace common
