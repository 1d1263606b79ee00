// SPDX-License-Identifier: Apache-2.0
#include "common/settings/setting_values.hpp"

#include "common/settings/graph_address.hpp"
#include "common/settings/setting_words.hpp"
#include "tests/unit/catch.hpp"

using namespace common;

namespace {

const Instant now = *parse_instant("2026-11-24T02:00:00Z");

SettingReading read(std::string_view variable, std::string_view text) {
  return read_setting(*find_setting(variable), text, now);
}

}  // namespace

TEST_CASE("Values are read as the Python connectors and people write them", "[settings]") {
  const auto [variable, text, value] = GENERATE(table<std::string, std::string, std::string>({
      {"SENTINEL_INCIDENTS_TLP_LEVEL", "TLP:AMBER", "amber"},
      {"SENTINEL_INCIDENTS_TLP_LEVEL", "Tlp:Amber+Strict", "amber+strict"},
      {"SENTINEL_INCIDENTS_TLP_LEVEL", " WHITE ", "clear"},
      {"SENTINEL_INCIDENTS_OBSERVABLE_TLP", "tlp:white", "clear"},
      {"SENTINEL_INCIDENTS_INDICATORS", "Malicious", "malicious"},
      {"CONNECTOR_LOG_LEVEL", "WARNING", "warn"},
      {"CONNECTOR_TYPE", "external_import", "EXTERNAL_IMPORT"},
      {"SENTINEL_INCIDENTS_TENANT_ID", "contoso.example ", "contoso.example"},
      {"OPENCTI_TOKEN", "token\n", "token"},
      {"OPENCTI_URL", "HTTPS://opencti.example/base", "https://opencti.example/base"},
      {"OPENCTI_SSL_VERIFY", "False", "false"},
      {"CONNECTOR_QUEUE_THRESHOLD", "0.5", "0.5"},
      {"CONNECTOR_SEND_TO_DIRECTORY_RETENTION", "7.0", "7"},
      {"SENTINEL_INCIDENTS_CONFIDENCE_LEVEL", "100", "100"},
      {"CONNECTOR_DURATION_PERIOD", "00:30:00", "PT1800S"},
      {"CONNECTOR_DURATION_PERIOD", "1800", "PT1800S"},
      {"CONNECTOR_DURATION_PERIOD", "P1M", "PT2592000S"},
      {"CONNECTOR_DURATION_PERIOD", "P1DT1H30M", "P1DT1H30M"},
      {"CONNECTOR_DURATION_PERIOD", "P1D", "P1D"},
      {"CONNECTOR_DURATION_PERIOD", "PT1.5M", "PT90S"},
      {"CONNECTOR_DURATION_PERIOD", "0", "PT0S"},
      {"SENTINEL_INCIDENTS_IMPORT_START_DATE", "2026-11-24T03:00:00+01:00", "2026-11-24T02:00:00Z"},
      {"SENTINEL_INCIDENTS_IMPORT_START_DATE", "2026-11-24 02:00", "2026-11-24T02:00:00Z"},
      {"SENTINEL_INCIDENTS_IMPORT_START_DATE", "12h", "2026-11-23T14:00:00Z"},
      {"SENTINEL_INCIDENTS_IMPORT_START_DATE", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"},
      {"SENTINEL_INCIDENTS_PYTHON_IDS_BEFORE", "9999-01-01", "9999-01-01T00:00:00Z"},
      {"SENTINEL_INCIDENTS_TARGET_PRODUCT", "Anything at all", "Anything at all"},
      {"CONNECTOR_ID", "34936E68-9C5B-4AA9-A1DE-372D9134C534", "34936E68-9C5B-4AA9-A1DE-372D9134C534"},
  }));
  CAPTURE(variable, text);
  const SettingReading reading = read(variable, text);
  CHECK(reading.fault.empty());
  CHECK(reading.warning.empty());
  CHECK(reading.value == value);
}

TEST_CASE("Values that cannot be meant are refused, with what is allowed and what was there", "[settings]") {
  const auto [variable, text, fault] = GENERATE(table<std::string, std::string, std::string>({
      {"SENTINEL_INCIDENTS_TLP_LEVEL", "TLP:PINK",
       "must be one of: clear, green, amber, amber+strict, red, not 'TLP:PINK'"},
      {"CONNECTOR_QUEUE_THRESHOLD", "1000001", "must be a number (megabytes, 0 to 1000000), not '1000001'"},
      {"CONNECTOR_QUEUE_THRESHOLD", "-1", "must be a number"},
      {"CONNECTOR_QUEUE_THRESHOLD", "nan", "must be a number"},
      {"CONNECTOR_QUEUE_THRESHOLD", "1e999", "must be a number"},
      {"CONNECTOR_SEND_TO_DIRECTORY_RETENTION", "7.5", "a whole number (days, 0 to 36500; 0 keeps all)"},
      {"MQ_PORT", "0", "a whole number (1 to 65535)"},
      {"MQ_PORT", "99999999999999999999999999", "a whole number (1 to 65535)"},
      {"MQ_HOST", "rabbit/vhost", "a host name or address alone, not 'rabbit/vhost'"},
      {"CONNECTOR_NAME", "x", "must be at least 2 characters, not 'x'"},
      {"CONNECTOR_ID", "../../etc", "must be a UUID"},
      {"CONNECTOR_ID", "..", "must be a UUID"},
      {"CONNECTOR_SCOPE", ", ,", "must be words with commas"},
      {"SENTINEL_INCIDENTS_INCIDENT_PATH", "v1.0/x", "a path that begins with /, without a query"},
      {"SENTINEL_INCIDENTS_INCIDENT_PATH", "/x?y=1", "without a query, not '/x?y=1'"},
      {"SENTINEL_INCIDENTS_IMPORT_START_DATE", "30", "or a duration back from now such as P30D"},
      {"SENTINEL_INCIDENTS_IMPORT_START_DATE", "9999-12-31T23:59:59-05:00", "must be a date"},
      {"SENTINEL_INCIDENTS_PYTHON_IDS_BEFORE", "30d", "must be a date, or a time such as"},
      {"CONNECTOR_DURATION_PERIOD", "-PT1H", "must be a duration"},
      {"OPENCTI_SSL_VERIFY", "/nowhere/ca.pem", "true, false, or a readable file of PEM certificates to trust"},
      {"HTTPS_CA_CERTIFICATES", "/dev/null", "PEM text or a readable file of PEM certificates, not '/dev/null'"},
      {"OPENCTI_URL", "ftp://x", "must be an http or https URL, not 'ftp://x'"},
      {"OPENCTI_URL", "https:///x", "must be an http or https URL"},
      {"OPENCTI_URL", "https", "must be an http or https URL"},
  }));
  CAPTURE(variable, text);
  const SettingReading reading = read(variable, text);
  CHECK_THAT(reading.fault, contains_text(fault));
  CHECK(reading.value.empty());
}

TEST_CASE("A password in an address is never repeated, and the message says where secrets belong", "[settings]") {
  for (const auto* variable : {"OPENCTI_URL", "SENTINEL_INCIDENTS_LOGIN_URL", "SENTINEL_INCIDENTS_API_BASE_URL"}) {
    for (const auto* text : {"https://u:Sesame@opencti.example/", "u:Sesame@opencti.example", "https://Sesame@h"}) {
      CHECK_THAT(read(variable, text).fault, contains_text("secrets belong in OPENCTI_TOKEN"));
      CHECK_THAT(read(variable, text).fault, !contains_text("Sesame"));
    }
  }
  CHECK_THAT(read("MQ_HOST", "amqp://u:Sesame@rabbit").fault, contains_text("a host name or address alone"));
  CHECK_THAT(read("MQ_HOST", "amqp://u:Sesame@rabbit").fault, !contains_text("Sesame"));
}

TEST_CASE("A connector id that is no UUID is passed on with a warning", "[settings]") {
  const SettingReading reading = read("CONNECTOR_ID", "sentinel-prod_1");
  CHECK(reading.value == "sentinel-prod_1");
  CHECK_THAT(reading.warning, contains_text("is no UUID"));
}

TEST_CASE("The help of an option holds choices, range and default in brackets", "[settings]") {
  CHECK(option_help(*find_setting("SENTINEL_INCIDENTS_INDICATORS")) ==
        "least verdict that makes an indicator (none|malicious|suspicious; default malicious)");
  CHECK(option_help(*find_setting("SENTINEL_INCIDENTS_CONFIDENCE_LEVEL")) ==
        "confidence of incidents and cases (0 to 100)");
  CHECK(option_help(*find_setting("SENTINEL_INCIDENTS_OVERLAP")) ==
        "how far before the watermark a run starts (default PT5M)");
}

TEST_CASE("Graph's address is put together from a base with or without a path, and nothing is doubled", "[settings]") {
  const auto [base, path, address] = GENERATE(table<std::string, std::string, std::string>({
      {"https://graph.example", "", "https://graph.example/v1.0/security/incidents"},
      {"https://graph.example/", "/v1.0/security/incidents", "https://graph.example/v1.0/security/incidents"},
      {"https://graph.example/v1.0", "/security/incidents", "https://graph.example/v1.0/security/incidents"},
      {"https://graph.example/v1.0/", "", "https://graph.example/v1.0/security/incidents"},
      {"https://graph.example/beta", "", "https://graph.example/beta/security/incidents"},
      {"https://graph.example/v1.0", "/v1.0/security/incidents", "https://graph.example/v1.0/security/incidents"},
      {"https://graph.example/v1.0/security/incidents", "", "https://graph.example/v1.0/security/incidents"},
      {"https://graph.example:8443/proxy/graph", "/v1.0/x", "https://graph.example:8443/proxy/graph/v1.0/x"},
      {"https://graph.example/v1", "/v1.0/x", "https://graph.example/v1/v1.0/x"},
  }));
  CHECK(graph_incidents_address(base, path) == address);
}

TEST_CASE("A token's scope is the origin of Graph's address", "[settings]") {
  CHECK(url_origin("https://graph.example/v1.0/") == "https://graph.example");
  CHECK(url_origin("https://graph.example:8443") == "https://graph.example:8443");
  CHECK(url_origin("https://graph.example?x") == "https://graph.example");
}
