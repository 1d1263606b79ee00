// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/instant.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace stand_in {

namespace {

/// Takes `count` digits off the front; nothing where there are fewer.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (const char digit : text.substr(0, count)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Ticks> take_fraction(std::string_view& text) {
  Ticks fraction = 0;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
    if (++digits > 7) return std::nullopt;
    fraction = fraction * 10 + (text.front() - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 7; ++digits) fraction *= 10;
  return fraction;
}

/// The zone's distance from UTC in seconds.
std::optional<std::int64_t> take_zone(std::string_view& text) {
  if (take(text, 'Z')) return 0;
  const bool east = take(text, '+');
  if (!east && !take(text, '-')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::int64_t seconds = *hours * 3600 + *minutes * 60;
  return east ? seconds : -seconds;
}

}  // namespace

std::optional<Ticks> parse_instant(std::string_view text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || !take(text, 'T')) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  Ticks fraction = 0;
  if (take(text, '.')) {
    const auto read = take_fraction(text);
    if (!read) return std::nullopt;
    fraction = *read;
  }
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return (days * 86400 + *hour * 3600 + *minute * 60 + *second - *zone) * ticks_per_second + fraction;
}

std::string format_instant(Ticks instant, int digits) {
  Ticks fraction = instant % ticks_per_second;
  std::int64_t seconds = instant / ticks_per_second;
  if (fraction < 0) {
    fraction += ticks_per_second;
    --seconds;
  }
  const std::int64_t second_of_day = ((seconds % 86400) + 86400) % 86400;
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{(seconds - second_of_day) / 86400}}};
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(second_of_day / 3600), static_cast<int>(second_of_day / 60 % 60),
                static_cast<int>(second_of_day % 60));
  std::string text(buffer.data());
  std::snprintf(buffer.data(), buffer.size(), ".%07d", static_cast<int>(fraction));
  std::string decimals(buffer.data());
  if (digits < 0) {
    decimals.erase(decimals.find_last_not_of('0') + 1);
    if (decimals == ".") decimals.clear();
  } else {
    decimals.resize(digits == 0 ? 0 : static_cast<std::size_t>(digits) + 1);
  }
  return text + decimals + "Z";
}

Ticks Clock::now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count() / 100 + advanced_;
}

}  // namespace stand_in
