// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/version.hpp"

#include <charconv>

namespace stand_in {

Version Version::parse(std::string_view text) {
  Version version;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int& part : version.parts) {
    const auto [next, error] = std::from_chars(at, end, part);
    if (error != std::errc{} || next == end || *next != '.') break;
    at = next + 1;
  }
  return version;
}

std::string_view nearest_schema(const Version& version) {
  static constexpr std::array<std::string_view, 5> schemas = {"6.4.5", "6.8.10", "6.9.17", "7.260318", "7.260817"};
  for (const std::string_view schema : schemas) {
    if (version <= Version::parse(schema)) return schema;
  }
  return schemas.back();
}

}  // namespace stand_in
