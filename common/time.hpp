// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/bytes/text_buffer.hpp"

namespace common {

/// A point in time as a count of 100 ns since 1970-01-01T00:00:00Z: the finest step of Graph's timestamps, so that
/// comparing never rounds.
struct Instant {
  std::int64_t ticks = 0;
  auto operator<=>(const Instant&) const = default;
};

inline constexpr std::int64_t ticks_per_second = 10'000'000;

inline Instant operator+(Instant at, std::chrono::seconds span) { return {at.ticks + span.count() * ticks_per_second}; }
inline Instant operator-(Instant at, std::chrono::seconds span) { return {at.ticks - span.count() * ticks_per_second}; }

/// Reads an RFC 3339 timestamp as Graph writes it (any number of fraction digits, those beyond the seventh cut off; "Z"
/// or an offset), and also one without offset, and a bare date, both taken as UTC. Nothing for anything else, for dates
/// that do not exist, for second 60, and for year 0001 (.NET's default date).
std::optional<Instant> parse_instant(std::string_view text);

/// Reads a date, or a date and time, as people and Python write them: beyond what parse_instant() takes, a blank in
/// place of the T, seconds left out, and offsets like +02 or +0200. Without an offset it is UTC.
std::optional<Instant> parse_date_time(std::string_view text);
/// As parse_date_time(), and also a duration back from `now` ("P30D", "30d", "12h"; see parse_named_duration): the form
/// of IMPORT_START_DATE, --since and --until.
std::optional<Instant> parse_user_instant(std::string_view text, Instant now);

/// "2026-11-24T02:00:00Z": cut down to whole seconds, never rounded.
std::string seconds_text(Instant at);
/// "2026-11-24T02:00:00.123Z": cut down to milliseconds.
std::string milliseconds_text(Instant at);
void append_milliseconds(TextBuffer& out, Instant at);
/// "2026-11-24T02:00:00.1234567Z": all seven digits.
std::string full_text(Instant at);

/// The clock of a tool; tests replace it so that none of them sleeps.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  /// Monotonic time for spans.
  virtual std::chrono::steady_clock::time_point steady() const = 0;
  /// Sleeps, but no longer than until the tool is asked to stop (see StopSignal); false when it was.
  virtual bool sleep(std::chrono::milliseconds span) = 0;
};

class StopSignal;

/// The machine's clock. `stop` may be null; it must outlive the clock.
class SystemClock : public Clock {
 public:
  explicit SystemClock(StopSignal* stop = nullptr) : stop_(stop) {}
  Instant now() const override;
  std::chrono::steady_clock::time_point steady() const override { return std::chrono::steady_clock::now(); }
  bool sleep(std::chrono::milliseconds span) override;

 private:
  StopSignal* stop_;
};

}  // namespace common
