// SPDX-License-Identifier: Apache-2.0
// Any text as the value of any setting, and any bytes as a config.yml: a fault or a value, never a crash.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/settings/config_file.hpp"
#include "common/settings/setting_checks.hpp"
#include "common/settings/settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const common::SettingSpec& spec : common::all_settings()) {
    const std::string wrong = common::check_setting(spec, text);
    // A secret that is refused must not stand in the message that says so.
    if (spec.kind == common::SettingKind::secret && size > 8 && wrong.find(text) != std::string::npos) std::abort();
  }
  std::vector<std::string> faults;
  common::ConfigFile::parse(std::string(text), "config.yml", faults);
  return 0;
}
