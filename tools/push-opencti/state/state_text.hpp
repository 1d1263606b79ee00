// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "common/records/state.hpp"

namespace push_opencti {

/// The state as the platform answered it, in a form that can be compared: "" for null, "", "null" and "{}", which all
/// mean that there is none; else the JSON text without insignificant white space. Text that is not JSON stays as it is.
std::string comparable_state(std::string_view text);

/// Parses a stored state ("" for none), which the platform keeps, or `file` where no platform is used. Throws
/// Failure(settings) for one that cannot be read: what it was, how to set or reset it, and what that costs.
common::State parse_stored_state(std::string_view text, const std::optional<std::string>& file);

/// The mark of a ledger that the state carries (its member `ledger`), "" without one.
std::string ledger_mark(std::string_view state);
/// The state with that mark in place of the one that it carries, "" for none. What is no state stays as it is.
std::string with_ledger_mark(std::string_view state, std::string_view mark);

}  // namespace push_opencti
