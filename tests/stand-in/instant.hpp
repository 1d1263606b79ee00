// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stand_in {

/// A point of time in units of 100 ns since 1970-01-01T00:00:00Z: the finest that Graph writes.
using Ticks = std::int64_t;
inline constexpr Ticks ticks_per_second = 10'000'000;

/// Reads `2026-08-01T00:00:00[.1234567](Z|+hh:mm)`; nothing where the text is anything else.
std::optional<Ticks> parse_instant(std::string_view text);

/// Writes UTC with the given number of fraction digits (0 to 7); with -1 as many as the value needs, as Graph
/// does.
std::string format_instant(Ticks instant, int digits = -1);

/// The stand-in's clock: the machine's, plus what tests have advanced it by, so that no test has to wait
/// for a token to expire or a connector to become inactive.
class Clock {
 public:
  Ticks now() const;
  void advance(std::int64_t seconds) { advanced_ += seconds * ticks_per_second; }

 private:
  std::atomic<Ticks> advanced_{0};
};

}  // namespace stand_in
