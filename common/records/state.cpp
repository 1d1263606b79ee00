// SPDX-License-Identifier: Apache-2.0
#include "common/records/state.hpp"

// The digest functions behind EVP, as in uuid.cpp.
#define OPENSSL_API_COMPAT 10101
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "common/console/printable.hpp"
#include "common/json/json_text.hpp"
#include "common/json/json_tree.hpp"
#include "common/json/json_writer.hpp"

namespace common {
namespace {

constexpr std::size_t mark_length = 16;

bool is_mark(std::string_view text) {
  return text.size() == mark_length &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// The years that a four-digit ISO date can name, as Unix seconds: 0002-01-01 to 9999-12-31T23:59:59.
constexpr std::int64_t earliest_second = -62'104'060'800;
constexpr std::int64_t latest_second = 253'402'300'799;

std::int64_t whole_seconds(Instant at) {
  const std::int64_t seconds = at.ticks / ticks_per_second;
  return at.ticks % ticks_per_second < 0 ? seconds - 1 : seconds;
}

/// A number of Unix seconds, cut down to whole ones; nothing for other text or a time outside of the range above.
std::optional<std::int64_t> seconds_of_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return {};
  // Every whole second of the range is exact in a double.
  const double whole = std::floor(number);
  if (whole < static_cast<double>(earliest_second) || whole > static_cast<double>(latest_second)) return {};
  return static_cast<std::int64_t>(whole);
}

/// The text of a JSON string in the forms that connectors have written: digits, or an ISO timestamp.
std::optional<std::int64_t> seconds_of_text(std::string_view text) {
  if (const auto number = seconds_of_number(text)) return number;
  const auto at = parse_instant(text);
  return at ? std::optional(whole_seconds(*at)) : std::nullopt;
}

/// Reads last_incident_timestamp. Throws std::invalid_argument with what is wrong.
std::optional<std::int64_t> read_timestamp(Json json) {
  if (!json || json.is(JsonKind::null)) return {};
  std::optional<std::int64_t> seconds;
  if (json.is(JsonKind::string)) seconds = seconds_of_text(json.text());
  if (json.is(JsonKind::number)) seconds = seconds_of_number(json.text());
  if (!seconds) {
    throw std::invalid_argument("last_incident_timestamp is " + excerpt(json.raw()) +
                                ", not a time in Unix seconds between the years 2 and 9999");
  }
  return seconds;
}

/// What is no list of marks counts as an empty one: an incident without a mark is merely sent again.
std::vector<std::string> read_marks(Json json) {
  std::vector<std::string> found;
  if (!json.is(JsonKind::array)) return found;
  for (const Json mark : json) {
    if (is_mark(mark.text())) found.emplace_back(mark.text());
  }
  return found;
}

void read_members(Json json, State& state) {
  state.last_incident_timestamp = read_timestamp(json["last_incident_timestamp"]);
  if (const Json update = json["last_incident_update"]; update.is(JsonKind::string))
    state.last_incident_update = update.text();
  state.delivered = read_marks(json["delivered"]);
  for (const Json member : json) {
    const std::string_view name = member.key();
    if (name == "last_incident_timestamp" || name == "last_incident_update" || name == "delivered") continue;
    auto& [quoted, value] = state.others.emplace_back();
    append_json_string(quoted, name);
    append_minified(value, member.raw());
  }
}

}  // namespace

std::optional<State> State::parse(std::string_view text, std::string& reason) {
  State state;
  JsonTree json;
  if (const std::string wrong = json.parse_copy(text); !wrong.empty()) {
    reason = "it is not the JSON object that push-opencti --print-state prints: " + wrong;
    return {};
  }
  try {
    read_members(json.root(), state);
  } catch (const std::invalid_argument& fault) {
    reason = fault.what();
    return {};
  }
  return state;
}

std::string State::to_json() const {
  std::string rest;
  for (const auto& [name, value] : others) rest += ',' + name + ':' + value;

  std::string out;
  JsonWriter json(out);
  json.begin_object();
  const bool began = last_incident_timestamp.has_value();
  if (began) {
    json.member("last_incident_timestamp", *last_incident_timestamp);
    if (!last_incident_update.empty()) json.member("last_incident_update", last_incident_update);
    constexpr std::size_t mark_bytes = mark_length + 3;       // quotes and comma
    const std::size_t fixed = out.size() + rest.size() + 20;  // "delivered" and the brackets
    const std::size_t room = fixed < most_bytes ? (most_bytes - fixed) / mark_bytes : 0;
    const std::size_t kept = std::min({delivered.size(), most_delivered, room});
    if (kept > 0) {
      json.key("delivered").begin_array();
      for (std::size_t i = delivered.size() - kept; i < delivered.size(); ++i) json.text(delivered[i]);
      json.end_array();
    }
  }
  // `rest` begins with a comma, which is one too many where nothing stands before it.
  out += began || rest.empty() ? rest : rest.substr(1);
  out += '}';
  return out;
}

bool State::is_ours() const {
  const auto update = parse_instant(last_incident_update);
  return update && last_incident_timestamp == whole_seconds(*update);
}

std::optional<Instant> State::watermark() const {
  if (is_ours()) return parse_instant(last_incident_update);
  if (!last_incident_timestamp) return {};
  return Instant{*last_incident_timestamp * ticks_per_second} - std::chrono::seconds(1);
}

bool State::advance(std::string_view last_update, Instant ceiling) {
  const auto to = parse_instant(last_update);
  if (!to || *to > ceiling) return false;
  const auto current = watermark();
  if (current && (*to < *current || (*to == *current && is_ours()))) return false;
  last_incident_timestamp = whole_seconds(*to);
  last_incident_update = last_update;
  return true;
}

void State::pull_back(Instant to) {
  last_incident_timestamp = whole_seconds(to);
  last_incident_update = full_text(to);
}

std::string incident_mark(std::string_view id, std::string_view last_update) {
  std::string text;
  text.reserve(id.size() + 1 + last_update.size());
  text.append(id).append("\n").append(last_update);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, text.data(), text.size());
  SHA256_Final(digest.data(), &context);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string mark;
  mark.reserve(mark_length);
  for (std::size_t i = 0; i < mark_length / 2; ++i) {
    mark += digits[digest[i] >> 4];
    mark += digits[digest[i] & 15];
  }
  return mark;
}

}  // namespace common
