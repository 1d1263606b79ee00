// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>

namespace stand_in {

/// A platform version, `6.9.17` or `7.260817.0-lts.2`: compared number by number, a suffix is ignored.
struct Version {
  std::array<int, 3> parts{};

  /// Missing parts count as 0; a text without a leading number is 0.0.0, older than everything.
  static Version parse(std::string_view text);
  auto operator<=>(const Version&) const = default;
};

/// The oldest of the published schema versions (6.4.5, 6.8.10, 6.9.17, 7.260318, 7.260817) that is not older than this
/// one, and the newest where all are older: the schema against which a recorded operation is to be checked. That what
/// is between two of them knows an argument already, the stand-in's own schema tells.
std::string_view nearest_schema(const Version& version);

}  // namespace stand_in
