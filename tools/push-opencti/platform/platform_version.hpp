// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace push_opencti {

/// A version of OpenCTI: "6.8.10", "7.260309.0-lts.2". Only the three numbers are compared; what follows is tolerated.
struct PlatformVersion {
  std::array<long, 3> parts{};
  constexpr auto operator<=>(const PlatformVersion&) const = default;
};

/// Nothing when the text does not begin with two numbers joined by a dot; a missing third number counts as 0.
std::optional<PlatformVersion> parse_platform_version(std::string_view text);
std::string to_text(const PlatformVersion& version);

/// What differs between the versions of the platform, as far as a connector notices.
enum class Feature {
  supported,           ///< the operations that every version here knows
  draft_context,       ///< workEdit.addDraftContext
  push_names_work,     ///< stixBundlePush takes work_id
  worker_checks_work,  ///< isWorkAlive; the worker drops messages of a work that is no longer alive
  multi_part_work,     ///< workAdd takes isMultiPartWork
  safe_early_closing,  ///< closing a work no longer makes the worker drop what is still queued
};

/// Whether this version has it. The table behind it names the first version of each.
bool has_feature(const PlatformVersion& version, Feature feature);

/// From the first to the last version at which closing a work while its messages are queued can lose them: there the
/// work is held open by an expectation of our own.
bool work_needs_hold(const PlatformVersion& version);

/// The oldest version that this tool talks to, for messages.
PlatformVersion oldest_supported();

}  // namespace push_opencti
