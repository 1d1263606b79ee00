// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/state/state_text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/json/json_writer.hpp"
#include "common/records/state.hpp"

#include "common/program/failure.hpp"

namespace push_opencti {

std::string comparable_state(std::string_view text) {
  if (text.empty()) return {};
  std::string small(text.size() + simdjson::SIMDJSON_PADDING, '\0');
  std::size_t size = 0;
  if (simdjson::minify(text.data(), text.size(), small.data(), size) != simdjson::SUCCESS) return std::string(text);
  small.resize(size);
  if (small == "null" || small == "{}" || small == "\"\"") return {};
  return small;
}

common::State parse_stored_state(std::string_view text, const std::optional<std::string>& file) {
  std::string reason;
  if (const auto state = common::State::parse(text.empty() ? "{}" : text, reason)) return *state;
  const std::string advice = file ? "write {\"last_incident_timestamp\": UNIX-SECONDS} into it, or delete it to start "
                                    "anew at the import start date"
                                  : std::string(common::how_to_reset_state);
  throw common::Failure(common::ExitStatus::settings, "the connector's stored state" + (file ? " in " + *file : "") +
                                                          " cannot be used: " + reason + ". To mend it, " + advice);
}

namespace {

constexpr std::string_view ledger_member = "\"ledger\"";

bool is_ledger(const std::pair<std::string, std::string>& member) { return member.first == ledger_member; }

std::optional<common::State> parsed(std::string_view state) {
  std::string reason;
  const std::string text = comparable_state(state);
  return common::State::parse(text.empty() ? "{}" : text, reason);
}

}  // namespace

std::string ledger_mark(std::string_view state) {
  const auto read = parsed(state);
  if (!read) return {};
  const auto found = std::find_if(read->others.begin(), read->others.end(), is_ledger);
  // The mark has no character that JSON escapes.
  return found == read->others.end() || found->second.size() < 2 ? std::string()
                                                                 : found->second.substr(1, found->second.size() - 2);
}

std::string with_ledger_mark(std::string_view state, std::string_view mark) {
  auto read = parsed(state);
  if (!read || (mark.empty() && std::none_of(read->others.begin(), read->others.end(), is_ledger))) {
    return std::string(state);
  }
  std::erase_if(read->others, is_ledger);
  std::string text;
  common::append_json_string(text, mark);
  if (!mark.empty()) read->others.emplace_back(ledger_member, text);
  return read->to_json();
}

}  // namespace push_opencti
