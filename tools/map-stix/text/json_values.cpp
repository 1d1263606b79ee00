// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/text/json_values.hpp"

#include <charconv>

#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

constexpr common::Instant first_instant = {-62104060800 *
                                           common::ticks_per_second};  // 0002-01-01, see .NET's default date
constexpr common::Instant end_of_time = {253402300800 * common::ticks_per_second};  // 10000-01-01

common::Instant cut(common::Instant at, std::int64_t step) {
  std::int64_t rest = at.ticks % step;
  if (rest < 0) rest += step;
  return {at.ticks - rest};
}

}  // namespace

std::string_view usable_text(Json value) {
  if (value.is(JsonKind::number)) return value.text();
  if (!value.is(JsonKind::string)) return {};
  const std::string_view text = value.text();
  const bool plain_start = !text.empty() && text.front() > ' ';
  return plain_start || !strip(text).empty() ? text : std::string_view{};
}

void mark_text(Json value) {
  if (!usable_text(value).empty()) value.mark_used();
}

bool is_wrong_type(Json value) {
  return value.is(JsonKind::boolean) || value.is(JsonKind::array) || value.is(JsonKind::object);
}

bool mark_empty(Json value) {
  bool empty = true;
  if (value.is(JsonKind::object) || value.is(JsonKind::array)) {
    for (const Json member : value) empty = mark_empty(member) && empty;
  } else {
    empty = value.is(JsonKind::null) || value.text().empty() || value.text() == "unknownFutureValue";
  }
  if (empty) value.mark_used();
  return empty;
}

std::optional<std::int64_t> usable_integer(Json value) {
  const std::string_view text = usable_text(value);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<common::Instant> usable_instant(Json value) {
  if (!value.is(JsonKind::string)) return std::nullopt;
  const auto at = common::parse_instant(value.text());
  // An offset can lead out of the years that a STIX timestamp can name.
  return at && *at >= first_instant && *at < end_of_time ? at : std::nullopt;
}

bool is_bad_date(Json value) {
  if (!value || value.is(JsonKind::null)) return false;
  return !(value.is(JsonKind::string) && value.text().empty()) && !usable_instant(value);
}

common::Instant whole_second(common::Instant at) { return cut(at, common::ticks_per_second); }
common::Instant whole_millisecond(common::Instant at) { return cut(at, common::ticks_per_second / 1000); }

bool put_text(Bundle& bundle, ObjectRef object, Property property, Json value) {
  const std::string_view text = usable_text(value);
  if (text.empty()) return false;
  if (bundle.set_text(object, property, text)) value.mark_used();
  return true;
}

bool put_number(Bundle& bundle, ObjectRef object, Property property, Json value, std::int64_t least,
                std::int64_t most) {
  const auto number = usable_integer(value);
  if (!number || *number < least || *number > most) return false;
  if (bundle.set_number(object, property, *number)) value.mark_used();
  return true;
}

bool put_time(Bundle& bundle, ObjectRef object, Property property, Json value) {
  const auto at = usable_instant(value);
  if (!at) return false;
  const common::Instant written = whole_millisecond(*at);
  if (bundle.set_time(object, property, written)) mark_if_exact(value, written);
  return true;
}

void put_texts(Bundle& bundle, ObjectRef object, Property property, Json values) {
  const auto put = [&](Json value) {
    const std::string_view text = usable_text(value);
    if (text.empty()) return;
    bundle.add_text(object, property, text);
    value.mark_used();
  };
  if (values.is(JsonKind::array)) {
    for (const Json value : values) put(value);
  } else {
    put(values);
  }
}

void mark_if_exact(Json value, common::Instant written) {
  constexpr std::string_view form = "2026-11-24T02:00:00.000Z";
  const std::string_view text = value.text();
  // Most of Graph's dates have another number of digits, which their length tells. Of this form each time has one text.
  if (text.size() == form.size() && value.is(JsonKind::string) && text.back() == form.back() &&
      common::parse_instant(text) == written) {
    value.mark_used();
  }
}

}  // namespace map_stix
