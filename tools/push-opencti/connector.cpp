#include "tools/push-opencti/connector.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace push_opencti {

namespace {

std::vector<std::string> split_scope(std::string_view scope) {
  std::vector<std::string> parts;
  while (!scope.empty()) {
    const std::size_t comma = scope.find(',');
    std::string_view part = scope.substr(0, comma);
    scope = comma == std::string_view::npos ? std::string_view{} : scope.substr(comma + 1);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

std::string decimal(double value) {
  char digits[64];
  const int count = std::snprintf(digits, sizeof digits, "%.6f", value);
  return {digits, static_cast<std::size_t>(count)};
}

double number(const std::string& text) { return std::strtod(text.c_str(), nullptr); }

}  // namespace

std::string register_body(const Identity& identity) {
  return GraphqlClient::body(operations::register_connector, [&identity](common::JsonWriter& json) {
    json.key("input").begin_object();
    json.member("id", identity.id).member("name", identity.name).member("type", identity.type);
    json.key("scope").begin_array();
    for (const std::string& part : split_scope(identity.scope)) json.text(part);
    json.end_array();
    json.member("auto", false).member("only_contextual", false).member("playbook_compatible", false);
    json.end_object();
  });
}

std::string ping_body(const std::string& connector_id, const std::string& state, const RunFigures& figures) {
  return GraphqlClient::body(operations::ping, [&](common::JsonWriter& json) {
    json.member("id", connector_id).member("state", state);
    json.key("connectorInfo").begin_object();
    json.member("run_and_terminate", figures.run_and_terminate).member("buffering", figures.buffering);
    json.key("queue_threshold").raw(decimal(figures.queue_threshold));
    json.key("queue_messages_size").raw(decimal(figures.queue_size));
    if (!figures.next_run.empty()) json.member("next_run_datetime", figures.next_run);
    if (!figures.last_run.empty()) json.member("last_run_datetime", figures.last_run);
    json.end_object();
  });
}

Registration read_registration(const Answer& answer) {
  Registration registration;
  const std::string at = "registerConnector.";
  registration.state = field(answer, at + "connector_state");
  registration.user_id = field(answer, at + "connector_user_id");
  Broker& broker = registration.broker;
  const std::string connection = at + "config.connection.";
  broker.host = field(answer, connection + "host");
  broker.port = static_cast<int>(number(field(answer, connection + "port")));
  broker.vhost = field(answer, connection + "vhost");
  broker.user = field(answer, connection + "user");
  broker.password = field(answer, connection + "pass");
  broker.use_tls = field(answer, connection + "use_ssl") == "true";
  broker.exchange = field(answer, at + "config.push_exchange");
  broker.routing_key = field(answer, at + "config.push_routing");
  return registration;
}

PlatformVersion ask_version(GraphqlClient& client) {
  const Answer answer = client.ask(operations::about, GraphqlClient::Variables{});
  if (!answer.ok()) fail(operations::about, answer);
  return read_version(answer);
}

PlatformVersion read_version(const Answer& answer) {
  const std::string text = field(answer, "about.version");
  const auto version = parse_platform_version(text);
  if (!version) {
    throw common::Failure(common::ExitStatus::unavailable, "the platform names its version as '" + text + "', which cannot be read");
  }
  if (!has_feature(*version, Feature::supported)) {
    throw common::Failure(common::ExitStatus::settings, "OpenCTI " + text + " is too old: " + to_text(oldest_supported()) +
                                                            " or later is needed");
  }
  return *version;
}

Registration register_connector(GraphqlClient& client, const Identity& identity) {
  const Answer answer = client.ask(operations::register_connector, register_body(identity));
  if (!answer.ok()) fail(operations::register_connector, answer);
  return read_registration(answer);
}

std::optional<Queue> read_queue(GraphqlClient& client, const std::string& connector_id) {
  const Answer answer = client.ask_once(GraphqlClient::body(
      operations::read_queue, [&connector_id](common::JsonWriter& json) { json.member("id", connector_id); }));
  if (!answer.ok() || !has_field(answer, "connector.connector_queue_details")) return {};
  return Queue{number(field(answer, "connector.connector_queue_details.messages_number")),
               number(field(answer, "connector.connector_queue_details.messages_size"))};
}

}  // namespace push_opencti
