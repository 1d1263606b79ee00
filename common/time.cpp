// SPDX-License-Identifier: Apache-2.0
#include "common/time.hpp"

#include <poll.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "common/bytes/byte_blocks.hpp"
#include "common/duration.hpp"
#include "common/program/stop_signal.hpp"

namespace common {

namespace {

// A cursor over a timestamp or duration: each step fails without moving on.
struct Cursor {
  std::string_view rest;

  bool literal(char expected) {
    if (rest.empty() || rest.front() != expected) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool digits(std::size_t count, int& value) {
    if (rest.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest[i] < '0' || rest[i] > '9') return false;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(count);
    return true;
  }
};

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(int year, int month) {
  static constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

std::int64_t days_since_epoch(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

// A date and time, up to the second: a digit for each 0. What a bare date lacks is midnight.
constexpr std::string_view full_form = "0000-00-00T00:00:00";
constexpr std::size_t date_size = 10;

// Whether the bytes have that form. Evidence has several dates each, so they are looked at sixteen at once.
bool has_full_form(const char* text) {
  const auto has_form = [text](std::size_t from) {
    const ByteBlock block = load_block(text + from);
    const ByteBlock form = load_block(full_form.data() + from);
    const ByteMarks digit_wanted{form == '0'};
    const ByteMarks digit{static_cast<ByteBlock>(block - '0') < 10};
    return !any(~((digit_wanted & digit) | (~digit_wanted & ByteMarks{block == form})));
  };
  return has_form(0) && has_form(full_form.size() - sizeof(ByteBlock));
}

// ".1234567": up to seven digits count, the rest is cut off.
bool fraction(Cursor& at, std::int64_t& ticks) {
  if (!at.literal('.')) return true;
  std::int64_t unit = ticks_per_second / 10;
  bool any = false;
  for (int digit = 0; at.digits(1, digit); unit /= 10) {
    ticks += unit * digit;
    any = true;
  }
  return any;
}

bool offset(Cursor& at, std::int64_t& seconds) {
  if (at.rest.empty() || at.literal('Z')) return true;
  const bool east = at.literal('+');
  if (!east && !at.literal('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!at.digits(2, hours) || !at.literal(':') || !at.digits(2, minutes) || hours > 23 || minutes > 59) return false;
  seconds = (hours * 60 + minutes) * 60 * (east ? 1 : -1);
  return true;
}

}  // namespace

std::optional<Instant> parse_instant(std::string_view text) {
  std::array<char, full_form.size()> midnight;
  const char* fields = text.data();
  const bool bare = text.size() == date_size;
  if (bare) {
    full_form.copy(midnight.data(), midnight.size());
    text.copy(midnight.data(), date_size);
    fields = midnight.data();
  }
  if ((!bare && text.size() < full_form.size()) || !has_full_form(fields)) return {};
  const auto field = [fields](std::size_t at) { return (fields[at] - '0') * 10 + (fields[at + 1] - '0'); };
  const int year = field(0) * 100 + field(2), month = field(5), day = field(8);
  const int hour = field(11), minute = field(14), second = field(17);
  if (year < 2 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return {};
  if (hour > 23 || minute > 59 || second > 59) return {};
  std::int64_t ticks = 0, east = 0;
  Cursor at{text.substr(bare ? date_size : full_form.size())};
  if (!fraction(at, ticks) || !offset(at, east) || !at.rest.empty()) return {};
  const std::int64_t seconds = days_since_epoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - east;
  return Instant{seconds * ticks_per_second + ticks};
}

std::optional<Instant> parse_date_time(std::string_view text) {
  constexpr std::size_t minute_size = std::string_view("2026-11-24T02:00").size();
  std::string full(text);
  if (full.size() > date_size && (full[date_size] == ' ' || full[date_size] == 't')) full[date_size] = 'T';
  if (full.ends_with('z')) full.back() = 'Z';
  const bool no_seconds = full.size() >= minute_size && (full.size() == minute_size || full[minute_size] != ':');
  if (no_seconds) full.insert(minute_size, ":00");
  // An offset of hours alone, or without its colon.
  const std::size_t sign = full.find_first_of("+-", date_size);
  if (sign != std::string::npos && full.size() == sign + 3) full += ":00";
  if (sign != std::string::npos && full.size() == sign + 5) full.insert(sign + 3, ":");
  return parse_instant(full);
}

std::optional<Instant> parse_user_instant(std::string_view text, Instant now) {
  if (const auto back = parse_named_duration(text)) return now - *back;
  return parse_date_time(text);
}

namespace {

// Writes the last digits of a number and returns where they end.
template <std::size_t width>
char* put_digits(char* at, std::uint32_t number) {
  for (std::size_t i = width; i-- > 0; number /= 10) at[i] = static_cast<char>('0' + number % 10);
  return at + width;
}

// The longest text that put_with() writes.
constexpr std::size_t longest_time = 40;

template <std::size_t fraction_digits>
char* put_with(char* end, Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(
      std::chrono::duration<std::int64_t, std::ratio<1, ticks_per_second>>{at.ticks});
  const std::int64_t of_day = at.ticks - day.count() * 86400 * ticks_per_second;
  const std::chrono::year_month_day date{std::chrono::sys_days{day}};
  const auto year = static_cast<int>(date.year());
  const auto second = static_cast<std::uint32_t>(of_day / ticks_per_second);
  if (year >= 0 && year <= 9999)
    end = put_digits<4>(end, static_cast<std::uint32_t>(year));
  else
    end = std::to_chars(end, end + 8, year).ptr;
  *end++ = '-';
  end = put_digits<2>(end, static_cast<unsigned>(date.month()));
  *end++ = '-';
  end = put_digits<2>(end, static_cast<unsigned>(date.day()));
  *end++ = 'T';
  end = put_digits<2>(end, second / 3600);
  *end++ = ':';
  end = put_digits<2>(end, second / 60 % 60);
  *end++ = ':';
  end = put_digits<2>(end, second % 60);
  if constexpr (fraction_digits > 0) {
    auto rest = static_cast<std::uint32_t>(of_day % ticks_per_second);
    for (std::size_t i = fraction_digits; i < 7; ++i) rest /= 10;
    *end++ = '.';
    end = put_digits<fraction_digits>(end, rest);
  }
  *end++ = 'Z';
  return end;
}

template <std::size_t fraction_digits>
std::string text_with(Instant at) {
  std::array<char, longest_time> text;
  return {text.data(), put_with<fraction_digits>(text.data(), at)};
}

}  // namespace

void append_milliseconds(TextBuffer& out, Instant at) { out.end_at(put_with<3>(out.room(longest_time), at)); }
std::string seconds_text(Instant at) { return text_with<0>(at); }
std::string milliseconds_text(Instant at) { return text_with<3>(at); }
std::string full_text(Instant at) { return text_with<7>(at); }

Instant SystemClock::now() const {
  timespec at = {};
  clock_gettime(CLOCK_REALTIME, &at);
  return {static_cast<std::int64_t>(at.tv_sec) * ticks_per_second + at.tv_nsec / 100};
}

bool SystemClock::sleep(std::chrono::milliseconds span) {
  const auto until = steady() + span;
  for (;;) {
    if (stop_ != nullptr && stop_->received() != 0) return false;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady());
    if (left.count() <= 0) return true;
    pollfd wake = {stop_ != nullptr ? stop_->fd() : -1, POLLIN, 0};
    ::poll(&wake, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 3'600'000)));
  }
}

}  // namespace common
