// SPDX-License-Identifier: Apache-2.0
// Timestamps and durations: what is accepted is written back as a timestamp that reads as the same instant.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/duration.hpp"
#include "common/time.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto at = common::parse_instant(text)) {
    // An offset can push the last day of year 9999 into a year that has no four digits.
    const std::string written = common::full_text(*at);
    const auto again = common::parse_instant(written);
    if (written.size() == 28 && again && *again != *at) std::abort();
  }
  if (const auto span = common::parse_duration(text)) {
    if (span->count() < 0) std::abort();
  }
  if (common::parse_instant(text) && common::parse_date_time(text) != common::parse_instant(text)) std::abort();
  static_cast<void>(common::parse_user_instant(text, {}));
  return 0;
}
