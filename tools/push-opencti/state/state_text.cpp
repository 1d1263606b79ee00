// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/state/state_text.hpp"

#include <simdjson.h>

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

}  // namespace push_opencti
