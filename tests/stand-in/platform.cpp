// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/platform.hpp"

#include "tests/stand-in/graphql_schema.hpp"

namespace stand_in {

namespace {

/// The platform's user whose token the connector uses.
constexpr std::string_view connector_user = "88ec0c6a-13ce-5e39-b486-354fe4a7084f";
constexpr std::int64_t active_minutes = 5;

}  // namespace

Platform::Platform(Version version, std::string version_text, Broker broker, const Clock& clock)
    : version_(version),
      version_text_(std::move(version_text)),
      rules_(WorkRules::of(version)),
      broker_(std::move(broker)),
      clock_(clock) {}

Connector& Platform::existing(const std::string& id) {
  const auto found = connectors_.find(id);
  if (found == connectors_.end()) {
    throw PlatformError("FUNCTIONAL_ERROR", "No connector found with the specified ID");
  }
  return found->second;
}

Json Platform::register_connector(const Json& input) {
  const std::lock_guard lock(mutex_);
  const std::string id = input.text("id");
  const std::string name = input.text("name");
  if (name.size() < 2 || name.find_first_not_of(" \t") == std::string::npos) {
    throw PlatformError(
        wrong_input_code(version_),
        "Variable \"$input\" got invalid value at \"input.name\"; must be at least 2 characters in length");
  }
  Connector& connector = connectors_[id];
  if (connector.id.empty()) connector.created_at = clock_.now();
  connector.id = id;
  connector.name = name;
  connector.type = input.text("type");
  connector.scope = input.find("scope") == nullptr ? Json(Json::Array{}) : *input.find("scope");
  connector.settings = input;
  connector.updated_at = clock_.now();
  return describe(connector);
}

Json Platform::ping_connector(const std::string& id, const std::optional<std::string>& state, const Json& info) {
  const std::lock_guard lock(mutex_);
  Connector& connector = existing(id);
  if (connector.state_reset) {
    connector.state_reset = false;
  } else {
    if (info.is_object()) connector.info = info;
    connector.state = state;
    connector.updated_at = clock_.now();
  }
  return describe(connector);
}

Json Platform::connector(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = connectors_.find(id);
  return found == connectors_.end() ? Json() : describe(found->second);
}

Json Platform::reset_state(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Connector& connector = existing(id);
  connector.state = "";
  connector.state_reset = true;
  connector.queue.clear();
  connector.queue_bytes = 0;
  return describe(connector);
}

void Platform::delete_connector(const std::string& id) {
  const std::lock_guard lock(mutex_);
  existing(id);
  connectors_.erase(id);
  for (auto at = works_.begin(); at != works_.end();) {
    at = at->second.connector_id == id ? works_.erase(at) : std::next(at);
  }
}

void Platform::set_queue_figures(const std::string& id, std::int64_t messages, std::int64_t bytes) {
  const std::lock_guard lock(mutex_);
  existing(id).queue_figures = {messages, bytes};
}

Json Platform::describe_config(const Connector& connector) const {
  const std::string& prefix = broker_.queue_prefix;
  Json connection;
  connection.set("host", broker_.host)
      .set("vhost", broker_.vhost)
      .set("use_ssl", broker_.use_ssl)
      .set("port", broker_.port)
      .set("user", broker_.user)
      .set("pass", broker_.pass);
  Json s3;
  s3.set("endpoint", "127.0.0.1")
      .set("port", 9000)
      .set("use_ssl", false)
      .set("bucket_name", "stand-in")
      .set("bucket_region", "us-east-1")
      .set("access_key", "")
      .set("secret_key", "");
  Json config;
  config.set("connection", std::move(connection))
      .set("s3", std::move(s3))
      .set("listen", prefix + "listen_" + connector.id)
      .set("listen_routing", prefix + "listen_routing_" + connector.id)
      .set("listen_exchange", prefix + "amqp.connector.exchange")
      .set("listen_callback_uri", connector.settings.find("listen_callback_uri") == nullptr
                                      ? Json()
                                      : *connector.settings.find("listen_callback_uri"))
      .set("push", prefix + "push_" + connector.id)
      .set("push_routing", prefix + "push_routing_" + connector.id)
      .set("push_exchange", prefix + "amqp.worker.exchange")
      .set("dead_letter_routing", prefix + "listen_routing_too-large-bundle");
  return config;
}

Json Platform::describe(const Connector& connector) const {
  const std::int64_t minutes = (clock_.now() - connector.updated_at) / ticks_per_second / 60;
  Json queue;
  queue
      .set("messages_number",
           connector.queue_figures ? connector.queue_figures->first : static_cast<std::int64_t>(connector.queue.size()))
      .set("messages_size", connector.queue_figures ? connector.queue_figures->second
                                                    : static_cast<std::int64_t>(connector.queue_bytes));
  const auto setting = [&](const char* key) {
    const Json* value = connector.settings.find(key);
    return value == nullptr ? Json() : *value;
  };
  Json answer;
  answer.set("id", connector.id)
      .set("standard_id", "connector--" + connector.id)
      .set("entity_type", "Connector")
      .set("name", connector.name)
      .set("active", minutes < active_minutes)
      .set("auto", connector.settings.flag("auto"))
      .set("auto_update", setting("auto_update"))
      .set("enrichment_resolution", setting("enrichment_resolution"))
      .set("only_contextual", connector.settings.flag("only_contextual"))
      .set("playbook_compatible", connector.settings.flag("playbook_compatible"))
      .set("connector_type", connector.type)
      .set("connector_scope", connector.scope)
      .set("connector_state", connector.state ? Json(*connector.state) : Json())
      .set("connector_state_reset", connector.state_reset)
      .set("connector_user_id", connector_user)
      .set("connector_queue_details", std::move(queue))
      .set("connector_info", connector.info)
      .set("updated_at", format_instant(connector.updated_at, 3))
      .set("created_at", format_instant(connector.created_at, 3))
      .set("config", describe_config(connector))
      .set("xtm_one_intent", setting("xtm_one_intent"))
      .set("jwks", "{\"keys\":[]}");
  return answer;
}

Json Platform::state(const std::string& connector_id) const {
  const std::lock_guard lock(mutex_);
  Json connectors = Json::Array{};
  for (const auto& [id, connector] : connectors_) {
    // The configuration holds the broker's password, which is nobody's business here.
    if (connector_id.empty() || id == connector_id) {
      connectors.push(describe(connector).set("config", nullptr));
    }
  }
  Json works = Json::Array{};
  for (const auto& [id, work] : works_) {
    if (!connector_id.empty() && work.connector_id != connector_id) continue;
    works.push(
        work.describe().set("connector", work.connector_id).set("alive", work.alive).set("multipart", work.multipart));
  }
  Json all;
  all.set("version", version_text_).set("connectors", std::move(connectors)).set("works", std::move(works));
  return all;
}

}  // namespace stand_in
