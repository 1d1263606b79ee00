// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/platform_version.hpp"

#include <charconv>

namespace push_opencti {

namespace {

struct FirstVersion {
  Feature feature;
  PlatformVersion first;
};

// Read in the platform's own source. safe_early_closing: the change of 2026-05-10 is in no release up to 7.260507.
constexpr std::array first_versions = {
    FirstVersion{Feature::supported, {{6, 4, 0}}},
    FirstVersion{Feature::draft_context, {{6, 5, 0}}},
    FirstVersion{Feature::push_names_work, {{6, 5, 7}}},
    FirstVersion{Feature::worker_checks_work, {{6, 8, 7}}},
    FirstVersion{Feature::multi_part_work, {{7, 260422, 0}}},
    FirstVersion{Feature::safe_early_closing, {{7, 260508, 0}}},
};

}  // namespace

std::optional<PlatformVersion> parse_platform_version(std::string_view text) {
  PlatformVersion version;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t i = 0; i < version.parts.size(); ++i) {
    if (i > 0) {
      if (at == end || *at != '.') return i < 2 ? std::nullopt : std::optional(version);
      ++at;
    }
    const auto [next, error] = std::from_chars(at, end, version.parts[i]);
    if (error != std::errc{} || version.parts[i] < 0) return std::nullopt;
    at = next;
  }
  return version;
}

std::string to_text(const PlatformVersion& version) {
  return std::to_string(version.parts[0]) + "." + std::to_string(version.parts[1]) + "." +
         std::to_string(version.parts[2]);
}

bool has_feature(const PlatformVersion& version, Feature feature) {
  for (const FirstVersion& row : first_versions) {
    if (row.feature == feature) return version >= row.first;
  }
  return false;
}

bool work_needs_hold(const PlatformVersion& version) {
  return has_feature(version, Feature::worker_checks_work) && !has_feature(version, Feature::safe_early_closing);
}

PlatformVersion oldest_supported() { return first_versions.front().first; }

}  // namespace push_opencti
