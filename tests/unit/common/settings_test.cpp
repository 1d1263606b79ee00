// SPDX-License-Identifier: Apache-2.0
#include "common/settings/settings.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "common/program/failure.hpp"
#include "common/settings/setting_values.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/common/settings_run.hpp"

using namespace common;
using settings_test::complete;
using settings_test::Run;
using settings_test::WrittenFile;

TEST_CASE("Every setting in the table is described, and its default is allowed", "[settings]") {
  for (const SettingSpec& spec : all_settings()) {
    CAPTURE(std::string(spec.variable));
    CHECK_FALSE(spec.meaning.empty());
    CHECK((spec.fallback.empty() || !spec.mandatory));
    const SettingReading reading = read_setting(spec, spec.fallback, {});
    CHECK(reading.fault.empty());
    CHECK(reading.value == spec.fallback);
    // A whole number is kept as one of 64 bits.
    if (spec.kind == SettingKind::integer) CHECK(std::isfinite(spec.most));
    if (spec.kind == SettingKind::choice || spec.kind == SettingKind::tlp) CHECK_FALSE(spec.choices.empty());
  }
}

TEST_CASE("All missing and malformed settings are named in one message, with both names", "[settings]") {
  Run run{.environment = {{"CONNECTOR_ID", "not an id"},
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
    CHECK_THAT(message, contains_text("a duration such as PT30M, 30m, 00:30:00 or 1800 (seconds), not 'hourly'"));
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

TEST_CASE("A variable that is set but empty, or to white space, means the default", "[settings]") {
  const auto* empty = GENERATE("", " ", "\t \n");
  Run run{.environment = complete()};
  run.environment.emplace_back("SENTINEL_INCIDENTS_TLP_LEVEL", empty);
  CHECK(run.load().text("SENTINEL_INCIDENTS_TLP_LEVEL") == "red");
}

TEST_CASE("Booleans are read in every spelling, and a flag sets one", "[settings]") {
  const auto [text, expected] = GENERATE(table<std::string, bool>({{"TRUE", true},
                                                                   {"Yes", true},
                                                                   {"on", true},
                                                                   {"1", true},
                                                                   {" true ", true},
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
  run.environment.emplace_back("OPENCTI_TOKEN", "the variable's");
  CHECK(run.load().text("OPENCTI_TOKEN") == "the variable's");
  CHECK_THAT(run.messages, contains_text("is set by OPENCTI_TOKEN and by OPENCTI_TOKEN_FILE: the first counts"));
  run.environment[1] = {"OPENCTI_TOKEN", "line one\r\nX-Injected: yes"};
  const Settings settings = run.load();
  REQUIRE(settings.faults().size() == 1);
  CHECK_THAT(settings.faults()[0], contains_text("line ends"));
  CHECK_THAT(settings.faults()[0], !contains_text("Injected"));
}

TEST_CASE("A file of a secret that cannot serve is one fault, which names it", "[settings]") {
  const WrittenFile empty("\n");
  const WrittenFile huge(std::string((1u << 20) + 1, 'x'));
  const std::vector<std::pair<std::string, std::string>> cases = {{"/nowhere/token", "No such file"},
                                                                  {"/tmp", "it is a folder"},
                                                                  {empty.path, "is empty"},
                                                                  {huge.path, "longer than 1048576 bytes"},
                                                                  {"/dev/zero", "longer than"}};
  for (const auto& [path, reason] : cases) {
    Run run{.environment = complete()};
    run.environment[1] = std::pair<std::string, std::string>("OPENCTI_TOKEN_FILE", path);
    const Settings settings = run.load();
    REQUIRE(settings.faults().size() == 1);
    CHECK_THAT(settings.faults()[0], contains_text(reason));
    CHECK_THAT(settings.faults()[0], contains_text(path));
  }
}

TEST_CASE("A secret in quotation marks is passed on, with a warning that does not repeat it", "[settings]") {
  Run run{.environment = complete()};
  run.environment[1] = {"OPENCTI_TOKEN", "\"flgrn_octi_tkn\""};
  CHECK(run.load().text("OPENCTI_TOKEN") == "\"flgrn_octi_tkn\"");
  CHECK_THAT(run.messages, contains_text("OPENCTI_TOKEN (config.yml: opencti.token) begins and ends with a quotation"));
  CHECK_THAT(run.messages, !contains_text("flgrn"));
}

TEST_CASE("What the samples hold in place of a value is refused for every setting", "[settings]") {
  for (const SettingSpec& spec : all_settings()) {
    CAPTURE(std::string(spec.variable));
    CHECK_THAT(read_setting(spec, "ChangeMe", {}).fault, contains_text("replace it"));
  }
}

TEST_CASE("A config.yml that cannot be read or parsed is one fault, and what it might set is not missing",
          "[settings]") {
  const WrittenFile unclosed("opencti: [unclosed\n");
  const WrittenFile tabs("opencti:\n\turl: x\n\ttoken: y\n");
  const WrittenFile bare("just text\n");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"/nowhere/config.yml", "cannot be read: No such file"},
      {"/tmp", "cannot be read: it is a folder"},
      {unclosed.path, "not valid YAML: line "},
      {tabs.path, "begins with a tab; YAML wants spaces"},
      {"/dev/zero", "longer than"}};
  for (const auto& [path, reason] : cases) {
    Run run;
    run.environment.emplace_back("SENTINEL_INCIDENTS_CONFIG", path);
    const Settings settings = run.load();
    REQUIRE(settings.faults().size() == 1);
    CHECK_THAT(settings.faults().at(0), contains_text(reason));
  }
  Run run{.environment = complete()};
  run.environment.emplace_back("SENTINEL_INCIDENTS_CONFIG", bare.path);
  CHECK_THAT(run.load().faults().at(0), contains_text("must hold sections"));
}

TEST_CASE("Odd YAML gives a value or a fault", "[settings]") {
  const auto [yaml, fault] = GENERATE(table<std::string, std::string>({
      {"opencti: {url: [https://a, https://b]}", "opencti.url) must be one value, not a list"},
      {"opencti: {url: {deep: 1}}", "has a section at opencti.url where a value must stand"},
      {"connector: {scope: [a, [b]]}", "has a list at connector.scope that holds more than plain words"},
      {"connector: {scope: [a, 'b,c']}", "has a list at connector.scope that holds more"},
      {"- a\n- b", "must hold sections"},
      {"opencti: {url: \"a\\nb\"}", "must not hold control characters"},
      {"opencti: &a {url: *a}", "config file"},
  }));
  const WrittenFile file(yaml);
  Run run{.environment = {{"OPENCTI_TOKEN", "token"}, {"CONNECTOR_ID", "an-id"}}};
  run.environment.emplace_back("SENTINEL_INCIDENTS_CONFIG", file.path);
  const auto faults = run.load().faults();
  REQUIRE_FALSE(faults.empty());
  CHECK_THAT(faults[0], contains_text(fault));
}

TEST_CASE("A scope is a list in YAML or words with commas, blanks around them or not", "[settings]") {
  const auto* yaml = GENERATE("connector: {scope: [incident, case]}", "connector: {scope: 'incident , case,'}",
                              "connector:\n  scope:\n    - incident\n    - case\n");
  const WrittenFile file(yaml);
  Run run{.environment = complete()};
  run.environment.emplace_back("SENTINEL_INCIDENTS_CONFIG", file.path);
  CHECK(run.load().text("CONNECTOR_SCOPE") == "incident,case");
}

TEST_CASE("A config.yml that holds a secret and is open to everyone is warned of", "[settings]") {
  const WrittenFile file("opencti: {token: abcdef}\n");
  const WrittenFile other("opencti: {url: 'https://opencti.example'}\n");
  Run run{.environment = {{"OPENCTI_URL", "https://opencti.example"}, {"CONNECTOR_ID", "an-id"}}};
  run.environment.emplace_back("SENTINEL_INCIDENTS_CONFIG", file.path);
  REQUIRE(::chmod(file.path.c_str(), 0644) == 0);
  run.load();
  CHECK_THAT(run.messages, contains_text("holds a secret and can be read by every user of this machine: chmod 600 it"));
  run.messages.clear();
  REQUIRE(::chmod(file.path.c_str(), 0600) == 0);
  run.load();
  CHECK_THAT(run.messages, !contains_text("chmod"));
  REQUIRE(::chmod(other.path.c_str(), 0644) == 0);
  run.environment.back().second = other.path;
  run.load();
  CHECK_THAT(run.messages, !contains_text("chmod"));
}

TEST_CASE("A secret's file that config.yml names without a folder lies beside config.yml", "[settings]") {
  const WrittenFile secret("beside\n");
  const WrittenFile file("opencti: {token_file: " + std::filesystem::path(secret.path).filename().string() + "}\n");
  Run run{.environment = {{"OPENCTI_URL", "https://opencti.example"}, {"CONNECTOR_ID", "an-id"}}};
  run.environment.emplace_back("SENTINEL_INCIDENTS_CONFIG", file.path);
  CHECK(run.load().text("OPENCTI_TOKEN") == "beside");
}

TEST_CASE("The older name of the queue protocol still works", "[settings]") {
  Run run{.environment = complete()};
  run.environment.emplace_back("QUEUE_PROTOCOL", "amqp");
  CHECK(run.load().text("CONNECTOR_QUEUE_PROTOCOL") == "amqp");
}
