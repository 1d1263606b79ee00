#include "tests/stand-in/options.hpp"

#include <cstdlib>
#include <cxxopts.hpp>
#include <iostream>
#include <stdexcept>

namespace stand_in {

namespace {

std::string environment(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? fallback : value;
}

cxxopts::Options described() {
  cxxopts::Options options("stand-in", "Plays Microsoft's login, Microsoft Graph and OpenCTI on loopback, for tests.");
  const auto text = [](const char* fallback) { return cxxopts::value<std::string>()->default_value(fallback); };
  const auto number = [](const char* fallback) { return cxxopts::value<std::int64_t>()->default_value(fallback); };
  options.add_options()
      ("ready-file", "write the services' addresses there once they answer", text(""))
      ("incidents", "incidents that Graph holds, NDJSON; may be repeated", cxxopts::value<std::vector<std::string>>())
      ("copies", "hold each incident that many times", number("1"))
      ("platform-version", "the OpenCTI version to play", text("7.260817.0"))
      ("record", "write requests, operations and bundles into this folder", text(""))
      ("scenario", "faults, mutations and settings of Graph, JSON", text(""))
      ("page-size", "the most incidents a page", number("50"))
      ("snapshot-paging", "page by $skiptoken through a snapshot, not by $skip")
      ("mutate-seed", "change incidents at random while pages are read", cxxopts::value<std::uint64_t>())
      ("mutate-count", "random changes in all", number("200"))
      ("null-platform", "accept bundles and forget them")
      ("auto-worker", "import what is queued right after each push")
      ("latency-ms", "wait before each answer of Graph and OpenCTI", number("0"))
      ("tenant", "the tenant that login knows", text("11111111-1111-4111-8111-111111111111"))
      ("client-id", "the application that login knows", text("22222222-2222-4222-8222-222222222222"))
      ("expires-in", "life of a token, seconds", number("3599"))
      ("proxy-limit", "answer 413 to larger requests to OpenCTI, bytes; 0: never", number("0"))
      ("body-limit", "the platform's own limit, bytes", number("52428800"))
      ("refuse-bundles-with", "refuse each bundle that holds this text", text(""))
      ("broker-host", "RabbitMQ, as registerConnector tells it", text("127.0.0.1"))
      ("broker-port", "its port", number("5672"))
      ("broker-vhost", "its virtual host", text("/"))
      ("broker-user", "its user; the password is STAND_IN_BROKER_PASS", text("guest"))
      ("broker-tls", "tell that it is reached by TLS")
      ("broker-prefix", "rabbitmq:queue_prefix of the platform", text(""))
      ("broker-hook", "run this with a connector's id at each register and ping", text(""))
      ("tls-certificate", "serve login, Graph and OpenCTI by TLS, PEM", text(""))
      ("tls-key", "the certificate's key, PEM", text(""))
      ("exit-with-parent", "end when the process that started it ends")
      ("help", "this text");
  return options;
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
  options.latency_ms = number("latency-ms");
  options.tenant = text("tenant");
  options.client_id = text("client-id");
  options.expires_in = number("expires-in");
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
  options.exit_with_parent = given.count("exit-with-parent") > 0;
  options.client_secret = environment("STAND_IN_CLIENT_SECRET", "stand-in-client-secret");
  options.opencti_token = environment("STAND_IN_OPENCTI_TOKEN", "33333333-3333-4333-8333-333333333333");
  return options;
}

}  // namespace stand_in
