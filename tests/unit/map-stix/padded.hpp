// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

/// A copy with the room behind it that JsonTree::parse() reads.
inline std::string padded(std::string_view line) {
  std::string copy;
  copy.reserve(line.size() + 64);
  return copy.append(line);
}
