// SPDX-License-Identifier: Apache-2.0
#include "common/records/state.hpp"

// The digest functions behind EVP, as in uuid.cpp.
#define OPENSSL_API_COMPAT 10101
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "common/json/json_cursor.hpp"
#include "common/json/json_writer.hpp"

namespace common {
namespace {

constexpr std::size_t mark_length = 16;

bool is_mark(std::string_view text) {
  return text.size() == mark_length &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// A timestamp member: "" for null, the raw text for anything else that is no string, so that it fails as a timestamp.
std::string timestamp_text(std::string_view raw) {
  if (raw == "null") return {};
  return json_string(raw).value_or(std::string(raw));
}

std::vector<std::string> marks(JsonCursor& json) {
  std::vector<std::string> found;
  if (json.peek() == 'n') {
    json.value();
    return found;
  }
  json.elements([&] {
    const auto text = json_string(json.value());
    if (text && is_mark(*text)) found.push_back(*text);
  });
  return found;
}

std::int64_t whole_seconds(Instant at) {
  const std::int64_t seconds = at.ticks / ticks_per_second;
  return at.ticks % ticks_per_second < 0 ? seconds - 1 : seconds;
}

void read_members(JsonCursor& json, State& state) {
  json.members([&](std::string_view name) {
    if (name == "last_incident_timestamp") {
      state.last_incident_timestamp = timestamp_text(json.value());
    } else if (name == "last_incident_update") {
      state.last_incident_update = timestamp_text(json.value());
    } else if (name == "delivered") {
      state.delivered = marks(json);
    } else {
      auto& [quoted, value] = state.others.emplace_back();
      append_json_string(quoted, name);
      append_minified(value, json.value());
    }
  });
  json.finish();
}

/// "" when the timestamps can be used, else what is wrong.
std::string timestamp_fault(const State& state) {
  if (!state.last_incident_timestamp.empty() && !parse_instant(state.last_incident_timestamp)) {
    return "last_incident_timestamp is not a timestamp: " + state.last_incident_timestamp;
  }
  if (!state.last_incident_update.empty() && !parse_instant(state.last_incident_update)) {
    return "last_incident_update is not a timestamp: " + state.last_incident_update;
  }
  return {};
}

}  // namespace

std::optional<State> State::parse(std::string_view json, std::string& reason) {
  State state;
  try {
    JsonCursor cursor(json);
    read_members(cursor, state);
  } catch (const JsonFault& fault) {
    reason = std::string("it is not the JSON object that push-opencti --print-state prints: ") + fault.what();
    return {};
  }
  reason = timestamp_fault(state);
  if (!reason.empty()) return {};
  return state;
}

std::string State::to_json() const {
  std::string rest;
  for (const auto& [name, value] : others) rest += ',' + name + ':' + value;

  std::string out;
  JsonWriter json(out);
  json.begin_object();
  const bool began = !last_incident_timestamp.empty();
  if (began) {
    json.member("last_incident_timestamp", last_incident_timestamp);
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
  const auto stamp = parse_instant(last_incident_timestamp);
  const auto update = parse_instant(last_incident_update);
  return stamp && update && whole_seconds(*stamp) == whole_seconds(*update);
}

std::optional<Instant> State::watermark() const {
  if (is_ours()) return parse_instant(last_incident_update);
  const auto stamp = parse_instant(last_incident_timestamp);
  if (!stamp) return {};
  return *stamp - std::chrono::seconds(1);
}

bool State::advance(std::string_view last_update, Instant ceiling) {
  const auto to = parse_instant(last_update);
  if (!to || *to > ceiling) return false;
  const auto current = watermark();
  if (current && (*to < *current || (*to == *current && is_ours()))) return false;
  last_incident_timestamp = seconds_text(*to);
  last_incident_update = last_update;
  return true;
}

void State::pull_back(Instant to) {
  last_incident_timestamp = seconds_text(to);
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
