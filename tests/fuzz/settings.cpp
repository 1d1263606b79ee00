// SPDX-License-Identifier: Apache-2.0
// Any text as the value of any setting, and any bytes as a config.yml: a fault or a value, never a crash.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/settings/config_file.hpp"
#include "common/settings/setting_values.hpp"
#include "common/settings/settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const common::Instant now{17000000000000000};
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const common::SettingSpec& spec : common::all_settings()) {
    const common::SettingReading reading = common::read_setting(spec, text, now);
    const std::string said = reading.fault + reading.warning;
    // A secret that is refused must not stand in the message that says so, nor a password in an address.
    if (spec.secret() && size > 8 && said.find(text) != std::string::npos) std::abort();
    const bool address = spec.kind == common::SettingKind::url || spec.kind == common::SettingKind::host;
    if (address && size > 8 && text.find('@') != text.npos && said.find(text) != std::string::npos) std::abort();
    // What a setting is read as reads as the same again.
    if (reading.fault.empty() && common::read_setting(spec, reading.value, now).value != reading.value) std::abort();
  }
  std::vector<std::string> faults;
  common::ConfigFile::parse(std::string(text), "config.yml", faults);
  return 0;
}
