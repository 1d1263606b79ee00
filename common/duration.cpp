// SPDX-License-Identifier: Apache-2.0
#include "common/duration.hpp"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <span>

namespace common {

namespace {

struct Unit {
  char letter;  // upper case
  double seconds;
};

// Of each form, largest first: amounts must come in this order, each unit once at most.
constexpr Unit iso_dates[] = {{'Y', 365 * 86400.0}, {'M', 30 * 86400.0}, {'W', 7 * 86400.0}, {'D', 86400.0}};
constexpr Unit iso_times[] = {{'H', 3600.0}, {'M', 60.0}, {'S', 1.0}};
constexpr Unit plain_units[] = {{'W', 7 * 86400.0}, {'D', 86400.0}, {'H', 3600.0}, {'M', 60.0}, {'S', 1.0}};

constexpr double longest = 100 * 366 * 86400.0;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

bool take(std::string_view& rest, std::string_view expected) {
  if (rest.size() < expected.size()) return false;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (upper(rest[i]) != upper(expected[i])) return false;
  }
  rest.remove_prefix(expected.size());
  return true;
}

/// Digits, and perhaps a fraction behind a dot.
std::optional<double> take_number(std::string_view& rest) {
  std::size_t size = 0;
  while (size < rest.size() && is_digit(rest[size])) ++size;
  if (size == 0) return {};
  if (size + 1 < rest.size() && rest[size] == '.' && is_digit(rest[size + 1])) {
    do ++size;
    while (size < rest.size() && is_digit(rest[size]));
  }
  double number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + size, number);
  if (error != std::errc{}) return {};
  rest.remove_prefix(size);
  return number;
}

/// Amounts with these units up to the end of the text; nothing when there is none or something else stands there.
std::optional<double> amounts(std::string_view text, std::span<const Unit> units) {
  double total = 0;
  if (text.empty()) return {};
  while (!text.empty()) {
    const auto number = take_number(text);
    while (!units.empty() && (text.empty() || upper(text.front()) != units.front().letter)) units = units.subspan(1);
    if (!number || units.empty()) return {};
    total += *number * units.front().seconds;
    units = units.subspan(1);
    text.remove_prefix(1);
  }
  return total;
}

std::optional<double> iso_duration(std::string_view text) {
  if (!take(text, "P")) return {};
  const std::size_t t = text.find_first_of("Tt");
  if (t == std::string_view::npos) return amounts(text, iso_dates);
  const auto days = t == 0 ? std::optional(0.0) : amounts(text.substr(0, t), iso_dates);
  const auto times = amounts(text.substr(t + 1), iso_times);
  if (!days || !times) return {};
  return *days + *times;
}

/// "HH:MM[:SS]", days before it or not.
std::optional<double> clock_duration(std::string_view text) {
  double total = 0;
  if (const std::size_t blank = text.find(' '); blank != std::string_view::npos) {
    const auto days = take_number(text);
    if (!days || !(take(text, " days, ") || take(text, " days ") || take(text, " day, ") || take(text, " "))) return {};
    total = *days * 86400;
  }
  const auto hours = take_number(text);
  if (!hours || !take(text, ":")) return {};
  const auto minutes = take_number(text);
  if (!minutes || *minutes >= 60) return {};
  total += *hours * 3600 + *minutes * 60;
  if (text.empty()) return total;
  if (!take(text, ":")) return {};
  const auto seconds = take_number(text);
  if (!seconds || *seconds >= 60 || !text.empty()) return {};
  return total + *seconds;
}

std::optional<double> plain_seconds(std::string_view text) {
  const auto number = take_number(text);
  return text.empty() ? number : std::nullopt;
}

std::optional<std::chrono::seconds> whole(std::optional<double> seconds) {
  if (!seconds || *seconds > longest) return {};
  return std::chrono::seconds(static_cast<std::int64_t>(std::floor(*seconds)));
}

}  // namespace

std::optional<std::chrono::seconds> parse_named_duration(std::string_view text) {
  const auto iso = iso_duration(text);
  return whole(iso ? iso : amounts(text, plain_units));
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  if (const auto named = parse_named_duration(text)) return named;
  const auto clock = clock_duration(text);
  return whole(clock ? clock : plain_seconds(text));
}

}  // namespace common
