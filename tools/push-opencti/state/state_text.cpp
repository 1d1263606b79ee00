// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/state/state_text.hpp"

#include <simdjson.h>

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

}  // namespace push_opencti
