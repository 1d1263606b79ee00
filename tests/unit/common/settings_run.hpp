// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/settings/settings.hpp"
#include "tests/unit/catch.hpp"

namespace settings_test {

inline const std::vector<common::SettingUse> uses = {
    {"OPENCTI_URL", true},
    {"OPENCTI_TOKEN", true},
    {"CONNECTOR_ID", true},
    {"CONNECTOR_NAME"},
    {"CONNECTOR_SCOPE"},
    {"CONNECTOR_DURATION_PERIOD"},
    {"CONNECTOR_QUEUE_PROTOCOL"},
    {"SENTINEL_INCIDENTS_TLP_LEVEL", false, "tlp-level", "LEVEL"},
    {"SENTINEL_INCIDENTS_SKIP_RESOLVED", false, "skip-resolved"},
    {"SENTINEL_INCIDENTS_IMPORT_START_DATE"},
    {"SENTINEL_INCIDENTS_MAX_RATE"},
};

/// Settings of a tool, from an environment and a command line, with what the tool says on standard error.
struct Run {
  common::Environment environment = {};
  std::vector<const char*> words = {"tool"};
  std::string messages = {};
  std::vector<common::SettingUse> used = uses;

  common::Settings load() {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    common::Log log("tool", ends[1]);
    const common::Usage usage = {.tool = "tool", .summary = "Test.", .options = common::with_setting_options({}, used)};
    const common::Arguments arguments = common::parse_command_line(usage, static_cast<int>(words.size()), words.data());
    common::Settings settings = common::Settings::load(arguments, used, environment, log, now);
    ::close(ends[1]);
    char buffer[4096];
    for (ssize_t count; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;)
      messages.append(buffer, static_cast<std::size_t>(count));
    ::close(ends[0]);
    return settings;
  }

  static inline const common::Instant now = *common::parse_instant("2026-11-24T02:00:00Z");
};

inline common::Environment complete() {
  return {{"OPENCTI_URL", "https://opencti.example"},
          {"OPENCTI_TOKEN", "a token of some kind"},
          {"CONNECTOR_ID", "4d8a5f0e-6f0e-4d4c-9c0e-1a2b3c4d5e6f"}};
}

class WrittenFile {
 public:
  explicit WrittenFile(std::string_view content) {
    char name[] = "/tmp/settings-test-XXXXXX";
    ::close(::mkstemp(name));
    path = name;
    std::ofstream(path) << content;
  }
  ~WrittenFile() { std::filesystem::remove(path); }
  WrittenFile(const WrittenFile&) = delete;
  WrittenFile& operator=(const WrittenFile&) = delete;
  std::string path;
};

}  // namespace settings_test
