// SPDX-License-Identifier: Apache-2.0
// Names that are set in vain, and the names of the Python connectors that are taken for this project's.
#include "tests/unit/common/settings_run.hpp"

using namespace common;
using settings_test::complete;
using settings_test::Run;
using settings_test::WrittenFile;

namespace {

const std::vector<SettingUse> graph_uses = {{"SENTINEL_INCIDENTS_TENANT_ID", true},
                                            {"SENTINEL_INCIDENTS_CLIENT_ID", true},
                                            {"SENTINEL_INCIDENTS_CLIENT_SECRET", true},
                                            {"SENTINEL_INCIDENTS_IMPORT_START_DATE"},
                                            {"SENTINEL_INCIDENTS_FILTER"},
                                            {"SENTINEL_INCIDENTS_TARGET_PRODUCT"},
                                            {"CONNECTOR_NAME"},
                                            {"CONNECTOR_SCOPE"},
                                            {"CONNECTOR_ID", true},
                                            {"OPENCTI_URL"}};

Environment under(const std::string& prefix) {
  return {{prefix + "TENANT_ID", "contoso.example"},
          {prefix + "CLIENT_ID", "app"},
          {prefix + "CLIENT_SECRET", "app-secret"},
          {"CONNECTOR_ID", "4d8a5f0e-6f0e-4d4c-9c0e-1a2b3c4d5e6f"}};
}

std::string messages_of(Run run) {
  run.load();
  return run.messages;
}

}  // namespace

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

TEST_CASE("Slips in the names of the platform's families, and in a prefix, are warned of", "[settings]") {
  const auto [name, meant] = GENERATE(table<std::string, std::string>({
      {"OPENCTI_TOKN", "OPENCTI_TOKEN"},
      {"CONNECTOR_DURATION", "CONNECTOR_DURATION_PERIOD"},
      {"SENTINEL_INCIDENT_TLP_LEVEL", "SENTINEL_INCIDENTS_TLP_LEVEL"},
      {"MICROSOFT_DEFENDER_INCIDENT_TLP_LEVEL", "MICROSOFT_DEFENDER_INCIDENTS_TLP_LEVEL"},
      {"MICROSOFT_DEFENDER_INCIDENTS_IMPORT_STARTDATE", "MICROSOFT_DEFENDER_INCIDENTS_IMPORT_START_DATE"},
  }));
  Run run{.environment = complete()};
  run.environment.emplace_back(name, "x");
  run.environment.emplace_back("CONNECTOR_LOG_LEVEL", "info");
  CHECK_THAT(messages_of(run), contains_text("unknown environment variable " + name + "; did you mean " + meant + "?"));
}

TEST_CASE("Variables of the platform, of other connectors and of other software are nobody's slip", "[settings]") {
  const auto* name =
      GENERATE("OPENCTI_ADMIN_TOKEN", "OPENCTI_BASE_URL", "OPENCTI_PORT_8080_TCP", "CONNECTOR_HISTORY_ID", "MQ_QUEUE",
               "SENTINEL_ONE_TOKEN", "MICROSOFT_GRAPH_TENANT", "HTTPS_CA_CERTIFICATES_FILE_X", "PATH", "OPENCTI");
  Run run{.environment = complete()};
  run.environment.emplace_back(name, "x");
  CHECK(messages_of(run).empty());
}

TEST_CASE("A tool speaks of the names that resemble its own settings only", "[settings]") {
  Run run{.environment = complete()};
  run.environment.emplace_back("SENTINEL_INCIDENTS_TENNANT_ID", "x");
  run.environment.emplace_back("SENTINEL_INCIDENTS_WORKSPACE_ID", "x");
  CHECK(messages_of(run).empty());
}

TEST_CASE("Settings of the Python connectors without effect here are one warning each, false ones none", "[settings]") {
  const WrittenFile file("sentinel_incidents: {workspace_id: w}\nconnector: {auto: false, metrics_port: 9095}\n");
  Run run{.environment = under("SENTINEL_INCIDENTS_"), .used = graph_uses};
  for (const auto& [name, value] : Environment{{"CONNECTOR_EXPOSE_METRICS", "true"},
                                               {"S3_ENDPOINT", "minio"},
                                               {"CONNECTOR_SEND_TO_S3", "False"},
                                               {"CONNECTOR_AUTO_CREATE_SERVICE_ACCOUNT", "yes"},
                                               {"SENTINEL_INCIDENTS_CONFIG", file.path}})
    run.environment.emplace_back(name, value);
  const std::string said = messages_of(run);
  CHECK_THAT(said, contains_text("key sentinel_incidents.workspace_id in " + file.path +
                                 " is not needed with Microsoft Graph: leave it out"));
  CHECK_THAT(said, contains_text("key connector.metrics_port in " + file.path + " has no effect here"));
  CHECK_THAT(said, contains_text("CONNECTOR_EXPOSE_METRICS has no effect here: see SENTINEL_INCIDENTS_METRICS_FILE"));
  CHECK_THAT(said, contains_text("S3_ENDPOINT has no effect here"));
  CHECK_THAT(said, contains_text("CONNECTOR_AUTO_CREATE_SERVICE_ACCOUNT has no effect here: make the user in OpenCTI"));
  CHECK(std::count(said.begin(), said.end(), '\n') == 5);
}

TEST_CASE("The names of microsoft-defender-incidents and its defaults count, and the log says so", "[settings]") {
  Run run{.environment = under("MICROSOFT_DEFENDER_INCIDENTS_"), .used = graph_uses};
  const Settings settings = run.load();
  CHECK(settings.faults().empty());
  CHECK(settings.text("SENTINEL_INCIDENTS_TENANT_ID") == "contoso.example");
  CHECK(settings.text("SENTINEL_INCIDENTS_CLIENT_SECRET") == "app-secret");
  CHECK(settings.text("CONNECTOR_NAME") == "Microsoft Defender Incidents");
  CHECK(settings.text("CONNECTOR_SCOPE") == "defender");
  CHECK(settings.text("CONNECTOR_LOG_LEVEL") == "error");
  CHECK(settings.text("SENTINEL_INCIDENTS_TARGET_PRODUCT") == "Microsoft Defender");
  CHECK(settings.text("SENTINEL_INCIDENTS_IMPORT_START_DATE") == "2020-01-01T00:00:00Z");
  CHECK_THAT(run.messages, contains_text("settings come from the names of the connector "
                                         "microsoft-defender-incidents (MICROSOFT_DEFENDER_INCIDENTS_*"));
  run.environment.emplace_back("CONNECTOR_NAME", "SOC");
  run.environment.emplace_back("CONNECTOR_LOG_LEVEL", "debug");
  CHECK(run.load().text("CONNECTOR_NAME") == "SOC");
  CHECK(run.load().text("CONNECTOR_LOG_LEVEL") == "debug");
}

TEST_CASE("The section of a Python connector in config.yml counts, its secret's file beside it", "[settings]") {
  const WrittenFile secret("from-a-file\n");
  const WrittenFile file(
      "microsoft_defender_incidents:\n  tenant_id: contoso.example\n  client_id: app\n  import_start_date: P30D\n"
      "  client_secret_file: " +
      secret.path + "\nconnector: {id: 4d8a5f0e-6f0e-4d4c-9c0e-1a2b3c4d5e6f}\n");
  Run run{.environment = {{"SENTINEL_INCIDENTS_CONFIG", file.path}}, .used = graph_uses};
  const Settings settings = run.load();
  CHECK(settings.faults().empty());
  CHECK(settings.text("SENTINEL_INCIDENTS_CLIENT_SECRET") == "from-a-file");
  CHECK(settings.text("SENTINEL_INCIDENTS_IMPORT_START_DATE") == "2026-10-25T02:00:00Z");
  CHECK(settings.text("CONNECTOR_NAME") == "Microsoft Defender Incidents");
}

TEST_CASE("This project's own names win over a Python connector's, wherever they stand", "[settings]") {
  const WrittenFile file("sentinel_incidents: {tenant_id: own.example}\n");
  Run run{.environment = under("MICROSOFT_DEFENDER_INCIDENTS_"), .used = graph_uses};
  run.environment.emplace_back("SENTINEL_INCIDENTS_CONFIG", file.path);
  run.environment.emplace_back("SENTINEL_INCIDENTS_CLIENT_ID", "own-app");
  const Settings settings = run.load();
  CHECK(settings.text("SENTINEL_INCIDENTS_TENANT_ID") == "own.example");
  CHECK(settings.text("SENTINEL_INCIDENTS_CLIENT_ID") == "own-app");
  CHECK(settings.text("SENTINEL_INCIDENTS_CLIENT_SECRET") == "app-secret");
}

TEST_CASE("The names of two Python connectors at once are a fault", "[settings]") {
  Run run{.environment = under("MICROSOFT_DEFENDER_INCIDENTS_"), .used = graph_uses};
  run.environment.emplace_back("MICROSOFT_SENTINEL_INCIDENTS_WORKSPACE_ID", "w");
  const auto faults = run.load().faults();
  REQUIRE(faults.size() == 1);
  CHECK_THAT(faults[0],
             contains_text("microsoft-defender-incidents and of microsoft-sentinel-incidents are set at once"));
}

TEST_CASE("The settings of the Log Analytics connector alone are one sentence, not three missing ones", "[settings]") {
  Run run{.environment = under("MICROSOFT_SENTINEL_INCIDENTS_"), .used = graph_uses};
  const auto faults = run.load().faults();
  REQUIRE(faults.size() == 1);
  CHECK_THAT(faults[0], contains_text("reads Log Analytics, which this version does not read"));
  CHECK_THAT(faults[0], contains_text("SecurityIncident.Read.All"));
}

TEST_CASE("With settings for Graph the Log Analytics connector's other settings and defaults count", "[settings]") {
  Environment environment = under("SENTINEL_INCIDENTS_");
  environment.pop_back();  // no CONNECTOR_ID
  for (const auto& [name, value] : under("MICROSOFT_SENTINEL_INCIDENTS_"))
    if (name != "CONNECTOR_ID") environment.emplace_back(name, "theirs");
  environment.emplace_back("MICROSOFT_SENTINEL_INCIDENTS_IMPORT_START_DATE", "2024-01-01");
  environment.emplace_back("MICROSOFT_SENTINEL_INCIDENTS_WORKSPACE_ID", "w");
  environment.emplace_back("CONNECTOR_LOG_LEVEL", "info");
  environment.emplace_back("MICROSOFT_SENTINEL_INCIDENTS_FILTER_LABELS", "vip");
  Run run{.environment = environment, .used = graph_uses};
  const Settings settings = run.load();
  CHECK(settings.faults().empty());
  CHECK(settings.text("SENTINEL_INCIDENTS_TENANT_ID") == "contoso.example");
  CHECK(settings.text("SENTINEL_INCIDENTS_IMPORT_START_DATE") == "2024-01-01T00:00:00Z");
  CHECK(settings.text("CONNECTOR_ID") == "34936E68-9C5B-4AA9-A1DE-372D9134C534");
  CHECK(settings.text("CONNECTOR_NAME") == "Microsoft Sentinel Incidents");
  CHECK_THAT(run.messages,
             contains_text("MICROSOFT_SENTINEL_INCIDENTS_WORKSPACE_ID is not needed with Microsoft Graph"));
  CHECK_THAT(run.messages,
             contains_text("MICROSOFT_SENTINEL_INCIDENTS_FILTER_LABELS has no effect with Microsoft Graph"));
}
