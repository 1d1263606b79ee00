// SPDX-License-Identifier: Apache-2.0
#include "common/settings/settings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/program/failure.hpp"
#include "tests/unit/catch.hpp"

using namespace common;

namespace {

const std::vector<SettingUse> uses = {
    {"OPENCTI_URL", true},
    {"OPENCTI_TOKEN", true},
    {"CONNECTOR_ID", true},
    {"CONNECTOR_DURATION_PERIOD"},
    {"CONNECTOR_QUEUE_PROTOCOL"},
    {"SENTINEL_INCIDENTS_TLP_LEVEL", false, "tlp-level"},
    {"SENTINEL_INCIDENTS_SKIP_RESOLVED", false, "skip-resolved"},
    {"SENTINEL_INCIDENTS_MAX_RATE"},
};

const Usage usage = {.tool = "tool",
                     .summary = "Test.",
                     .options = {{"tlp-level", "LEVEL", "marking"}, {"skip-resolved", "", "leave out"}}};

struct Run {
  Environment environment = {};
  std::vector<const char*> words = {"tool"};
  std::string messages = {};

  Settings load() {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    Log log("tool", ends[1]);
    const Arguments arguments = parse_command_line(usage, static_cast<int>(words.size()), words.data());
    Settings settings = Settings::load(arguments, uses, environment, log);
    ::close(ends[1]);
    char buffer[4096];
    for (ssize_t count; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;)
      messages.append(buffer, static_cast<std::size_t>(count));
    ::close(ends[0]);
    return settings;
  }
};

Environment complete() {
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
  std::string path;
};

}  // namespace

TEST_CASE("Every setting in the table has a place in config.yml and a default that is allowed", "[settings]") {
  for (const SettingSpec& spec : all_settings()) {
    CAPTURE(std::string(spec.variable));
    CHECK_FALSE(spec.meaning.empty());
    if (spec.key.empty() || spec.fallback.empty()) continue;
    Run run;
    const std::vector<SettingUse> one = {{spec.variable}};
    Log log("tool");
    const char* words[] = {"tool"};
    const Settings settings = Settings::load(parse_command_line(usage, 1, words), one,
                                             {{std::string(spec.variable), std::string(spec.fallback)}}, log);
    CHECK(settings.faults().empty());
  }
}

TEST_CASE("All missing and malformed settings are named in one message, with both names", "[settings]") {
  Run run{.environment = {{"CONNECTOR_ID", "not-a-uuid"},
                          {"CONNECTOR_DURATION_PERIOD", "hourly"},
                          {"CONNECTOR_QUEUE_PROTOCOL", "ftp"}}};
  const Settings settings = run.load();
  const Arguments none;
  try {
    settings.require_valid(none);
    FAIL("accepted");
  } catch (const Failure& failure) {
    CHECK(failure.status() == ExitStatus::settings);
    const std::string message = failure.what();
    CHECK_THAT(message, contains_text("OPENCTI_URL (config.yml: opencti.url) is missing"));
    CHECK_THAT(message, contains_text("OPENCTI_TOKEN (config.yml: opencti.token) is missing"));
    CHECK_THAT(message, contains_text("CONNECTOR_ID (config.yml: connector.id) must be a UUID"));
    CHECK_THAT(message, contains_text("ISO 8601 duration such as PT30M or P1D, not 'hourly'"));
    CHECK_THAT(message, contains_text("one of: api, amqp, not 'ftp'"));
  }
}

TEST_CASE("The command line wins over the environment, that over config.yml, that over the default", "[settings]") {
  const WrittenFile file(
      "sentinel_incidents:\n  tlp_level: green\n  max_rate: 7\nconnector:\n  queue_protocol: amqp\n");
  Run run{.environment = complete()};
  run.environment.emplace_back("SENTINEL_INCIDENTS_CONFIG", file.path);
  CHECK(run.load().text("SENTINEL_INCIDENTS_TLP_LEVEL") == "green");
  run.environment.emplace_back("SENTINEL_INCIDENTS_TLP_LEVEL", "amber");
  CHECK(run.load().text("SENTINEL_INCIDENTS_TLP_LEVEL") == "amber");
  run.words = {"tool", "--tlp-level", "clear"};
  const Settings settings = run.load();
  CHECK(settings.text("SENTINEL_INCIDENTS_TLP_LEVEL") == "clear");
  CHECK(settings.integer("SENTINEL_INCIDENTS_MAX_RATE") == 7);
  CHECK(settings.duration("CONNECTOR_DURATION_PERIOD") == std::chrono::hours{1});
  CHECK(settings.faults().empty());
}

TEST_CASE("A variable that is set but empty means the default", "[settings]") {
  Run run{.environment = complete()};
  run.environment.emplace_back("SENTINEL_INCIDENTS_TLP_LEVEL", "");
  CHECK(run.load().text("SENTINEL_INCIDENTS_TLP_LEVEL") == "red");
}

TEST_CASE("Booleans are read in every spelling, and a flag sets one", "[settings]") {
  const auto [text, expected] = GENERATE(table<std::string, bool>({{"TRUE", true},
                                                                   {"Yes", true},
                                                                   {"on", true},
                                                                   {"1", true},
                                                                   {"False", false},
                                                                   {"NO", false},
                                                                   {"off", false},
                                                                   {"0", false}}));
  Run run{.environment = complete()};
  run.environment.emplace_back("SENTINEL_INCIDENTS_SKIP_RESOLVED", text);
  CHECK(run.load().boolean("SENTINEL_INCIDENTS_SKIP_RESOLVED") == expected);
  run.words = {"tool", "--skip-resolved"};
  CHECK(run.load().boolean("SENTINEL_INCIDENTS_SKIP_RESOLVED"));
}

TEST_CASE("A secret can come from a file, and a wrong one is not repeated", "[settings]") {
  const WrittenFile file("secret from a file\n");
  Run run{.environment = complete()};
  run.environment[1] = {"OPENCTI_TOKEN_FILE", file.path};
  CHECK(run.load().text("OPENCTI_TOKEN") == "secret from a file");
  run.environment[1] = {"OPENCTI_TOKEN", "line one\r\nX-Injected: yes"};
  const Settings settings = run.load();
  REQUIRE(settings.faults().size() == 1);
  CHECK_THAT(settings.faults()[0], contains_text("line ends"));
  CHECK_THAT(settings.faults()[0], !contains_text("Injected"));
}

TEST_CASE("Unknown names are warned of with the nearest known one", "[settings]") {
  const WrittenFile file("sentinel_incidents:\n  tlp: green\n");
  Run run{.environment = complete()};
  run.environment.emplace_back("SENTINEL_INCIDENTS_TLP_LEVLE", "red");
  run.environment.emplace_back("SENTINEL_INCIDENTS_CONFIG", file.path);
  run.load();
  CHECK_THAT(run.messages, contains_text("SENTINEL_INCIDENTS_TLP_LEVLE; did you mean SENTINEL_INCIDENTS_TLP_LEVEL?"));
  CHECK_THAT(run.messages, contains_text("sentinel_incidents.tlp in "));
  CHECK_THAT(run.messages, contains_text("did you mean sentinel_incidents.tlp_level?"));
}

TEST_CASE("A config.yml that cannot be read or parsed is a fault, not a crash", "[settings]") {
  Run run{.environment = complete()};
  run.environment.emplace_back("SENTINEL_INCIDENTS_CONFIG", "/nowhere/config.yml");
  CHECK_THAT(run.load().faults().at(0), contains_text("cannot be read"));
  const WrittenFile file("opencti: [unclosed\n");
  run.environment.back().second = file.path;
  CHECK_THAT(run.load().faults().at(0), contains_text("not valid YAML"));
}

TEST_CASE("The older name of the queue protocol still works", "[settings]") {
  Run run{.environment = complete()};
  run.environment.emplace_back("QUEUE_PROTOCOL", "amqp");
  CHECK(run.load().text("CONNECTOR_QUEUE_PROTOCOL") == "amqp");
}
