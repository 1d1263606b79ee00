// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/connector.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/console/printable.hpp"

namespace push_opencti {

namespace {

constexpr double largest_port = 65'535;
constexpr double largest_queue = 1e15;  // messages or bytes
constexpr std::size_t longest_version = 100;

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

// Fixed notation; the buffer has room for the largest double.
std::string decimal(double value) {
  std::array<char, 400> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 6);
  return error == std::errc{} ? std::string(digits.data(), end) : "0";
}

// A number that the platform gives; 0 for text that is no number or is out of range.
double number(const std::string& text, double most) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && value >= 0 && value <= most ? value : 0;
}

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
  broker.port = static_cast<int>(number(field(answer, connection + "port"), largest_port));
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
    throw common::Failure(common::ExitStatus::unavailable,
                          "OpenCTI names its version as '" + common::excerpt(text, longest_version) +
                              "', which cannot be read; check that OPENCTI_URL is OpenCTI's address");
  }
  if (!has_feature(*version, Feature::supported)) {
    throw common::Failure(common::ExitStatus::settings, "OpenCTI " + common::excerpt(text, longest_version) +
                                                            " is too old: " + to_text(oldest_supported()) +
                                                            " or later is needed; update it");
  }
  return *version;
}

Registration register_connector(GraphqlClient& client, const Identity& identity) {
  const Answer answer = client.ask(operations::register_connector, register_body(identity));
  if (!answer.ok()) fail(operations::register_connector, answer);
  return read_registration(answer);
}

std::optional<Queue> read_queue(GraphqlClient& client, const std::string& connector_id) {
  const Answer answer = client.ask(operations::read_queue,
                                   [&connector_id](common::JsonWriter& json) { json.member("id", connector_id); });
  if (!answer.ok() && answer.kind != AnswerKind::refused) fail(operations::read_queue, answer);
  if (!answer.ok() || !has_field(answer, "connector.connector_queue_details")) return {};
  return Queue{number(field(answer, "connector.connector_queue_details.messages_number"), largest_queue),
               number(field(answer, "connector.connector_queue_details.messages_size"), largest_queue)};
}

}  // namespace push_opencti
