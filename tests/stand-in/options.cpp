// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/options.hpp"

#include <algorithm>
#include <cstdlib>
#include <cxxopts.hpp>
#include <iostream>
#include <memory>
#include <stdexcept>

namespace stand_in {

namespace {

std::string environment(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? fallback : value;
}

enum class Kind { flag, text, number, seed, texts };

struct OptionRow {
  const char* name;
  Kind kind;
  const char* fallback;
  const char* help;
};

constexpr OptionRow rows[] = {
    {"ready-file", Kind::text, "", "write the services' addresses there once they answer"},
    {"incidents", Kind::texts, "", "incidents that Graph holds, NDJSON; may be repeated"},
    {"copies", Kind::number, "1", "hold each incident that many times"},
    {"platform-version", Kind::text, "7.260817.0", "the OpenCTI version to play"},
    {"record", Kind::text, "", "write requests, operations and bundles into this folder"},
    {"scenario", Kind::text, "", "faults, mutations and settings of Graph, JSON"},
    {"page-size", Kind::number, "50", "the most incidents a page"},
    {"snapshot-paging", Kind::flag, "", "page by $skiptoken through a snapshot, not by $skip"},
    {"mutate-seed", Kind::seed, "", "change incidents at random while pages are read"},
    {"mutate-count", Kind::number, "200", "random changes in all"},
    {"null-platform", Kind::flag, "", "accept bundles and forget them"},
    {"auto-worker", Kind::flag, "", "import what is queued right after each push"},
    {"keep-objects", Kind::flag, "", "keep what is imported, and let imports fail as the real platform's do"},
    {"latency-ms", Kind::number, "0", "wait before each answer of Graph and OpenCTI"},
    {"identity", Kind::flag, "", "never compress answers"},
    {"tenant", Kind::text, "11111111-1111-4111-8111-111111111111", "the tenant that login knows"},
    {"client-id", Kind::text, "22222222-2222-4222-8222-222222222222", "the application that login knows"},
    {"expires-in", Kind::number, "3599", "life of a token, seconds"},
    {"token-roles", Kind::text, "SecurityIncident.Read.All", "application roles in tokens, comma separated"},
    {"capabilities", Kind::text,
     "APIACCESS_USETOKEN,CONNECTORAPI,KNOWLEDGE_KNUPDATE_KNDELETE,MODULES_MODMANAGE,SETTINGS_SETMARKINGS,"
     "SETTINGS_SETLABELS,SETTINGS_SETVOCABULARIES",
     "what OpenCTI's user may do, comma separated"},
    {"proxy-limit", Kind::number, "0", "answer 413 to larger requests to OpenCTI, bytes; 0: never"},
    {"body-limit", Kind::number, "52428800", "the platform's own limit, bytes"},
    {"refuse-bundles-with", Kind::text, "", "refuse each bundle that holds this text"},
    {"broker-host", Kind::text, "127.0.0.1", "RabbitMQ, as registerConnector tells it"},
    {"broker-port", Kind::number, "5672", "its port"},
    {"broker-vhost", Kind::text, "/", "its virtual host"},
    {"broker-user", Kind::text, "guest", "its user; the password is STAND_IN_BROKER_PASS"},
    {"broker-tls", Kind::flag, "", "tell that it is reached by TLS"},
    {"broker-prefix", Kind::text, "", "rabbitmq:queue_prefix of the platform"},
    {"broker-hook", Kind::text, "", "run this with a connector's id at each register and ping"},
    {"tls-certificate", Kind::text, "", "serve login, Graph and OpenCTI by TLS, PEM"},
    {"tls-key", Kind::text, "", "the certificate's key, PEM"},
    {"graph-url", Kind::text, "", "Graph's address as clients behind a proxy know it, in scopes and links"},
    {"exit-with-parent", Kind::flag, "", "end when the process that started it ends"},
    {"help", Kind::flag, "", "this text"},
};

std::shared_ptr<cxxopts::Value> value_of(const OptionRow& row) {
  switch (row.kind) {
    case Kind::text: return cxxopts::value<std::string>()->default_value(row.fallback);
    case Kind::number: return cxxopts::value<std::int64_t>()->default_value(row.fallback);
    case Kind::seed: return cxxopts::value<std::uint64_t>();
    case Kind::texts: return cxxopts::value<std::vector<std::string>>();
    case Kind::flag: break;
  }
  return cxxopts::value<bool>();
}

cxxopts::Options described() {
  cxxopts::Options options("stand-in", "Plays Microsoft's login, Microsoft Graph and OpenCTI on loopback, for tests.");
  for (const OptionRow& row : rows) options.add_options()(row.name, row.help, value_of(row));
  return options;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

}  // namespace

std::optional<Options> read_options(int argc, char** argv) {
  cxxopts::Options description = described();
  const auto given = description.parse(argc, argv);
  if (given.count("help") > 0) {
    std::cout << description.help();
    return std::nullopt;
  }
  if (!given.unmatched().empty()) throw std::runtime_error("unknown argument " + given.unmatched().front());
  const auto text = [&](const char* name) { return given[name].as<std::string>(); };
  const auto number = [&](const char* name) {
    const auto value = given[name].as<std::int64_t>();
    if (value < 0) throw std::runtime_error(std::string("--") + name + " must not be negative");
    return value;
  };
  const auto size = [&](const char* name) { return static_cast<std::size_t>(number(name)); };
  Options options;
  options.ready_file = text("ready-file");
  if (given.count("incidents") > 0) options.incidents = given["incidents"].as<std::vector<std::string>>();
  options.copies = size("copies");
  options.platform_version = text("platform-version");
  options.record = text("record");
  options.scenario = text("scenario");
  options.page_size = size("page-size");
  options.snapshot_paging = given.count("snapshot-paging") > 0;
  if (given.count("mutate-seed") > 0) options.mutate_seed = given["mutate-seed"].as<std::uint64_t>();
  options.mutate_count = number("mutate-count");
  options.null_platform = given.count("null-platform") > 0;
  options.automatic_worker = given.count("auto-worker") > 0;
  options.keep_objects = given.count("keep-objects") > 0;
  options.latency_ms = number("latency-ms");
  options.identity = given.count("identity") > 0;
  options.tenant = text("tenant");
  options.client_id = text("client-id");
  options.expires_in = number("expires-in");
  options.token_roles = split(text("token-roles"));
  options.capabilities = split(text("capabilities"));
  options.proxy_limit = size("proxy-limit");
  options.body_limit = size("body-limit");
  options.refused_marker = text("refuse-bundles-with");
  options.broker.host = text("broker-host");
  options.broker.port = static_cast<int>(number("broker-port"));
  options.broker.vhost = text("broker-vhost");
  options.broker.user = text("broker-user");
  options.broker.pass = environment("STAND_IN_BROKER_PASS", "guest");
  options.broker.use_ssl = given.count("broker-tls") > 0;
  options.broker.queue_prefix = text("broker-prefix");
  options.broker_hook = text("broker-hook");
  options.tls = {text("tls-certificate"), text("tls-key")};
  options.graph_url = text("graph-url");
  options.exit_with_parent = given.count("exit-with-parent") > 0;
  options.client_secret = environment("STAND_IN_CLIENT_SECRET", "stand-in-client-secret");
  options.opencti_token = environment("STAND_IN_OPENCTI_TOKEN", "33333333-3333-4333-8333-333333333333");
  return options;
}

}  // namespace stand_in
