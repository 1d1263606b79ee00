// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/opencti.hpp"

#include <algorithm>
#include <array>

#include "tests/stand-in/broker_hook.hpp"
#include "tests/stand-in/graphql_tables.hpp"

namespace stand_in {

namespace {

/// The HTTP status and genre that the platform gives in an error's data.
struct ErrorClass {
  std::string_view code;
  int http_status;
  std::string_view genre;
};
constexpr std::array<ErrorClass, 9> error_classes = {{{"AUTH_REQUIRED", 401, "TECHNICAL"},
                                                      {"AUTH_FAILURE", 400, "TECHNICAL"},
                                                      {"FORBIDDEN_ACCESS", 403, "TECHNICAL"},
                                                      {"DATABASE_ERROR", 500, "TECHNICAL"},
                                                      {"UNSUPPORTED_ERROR", 500, "TECHNICAL"},
                                                      {"UNKNOWN_ERROR", 500, "TECHNICAL"},
                                                      {"LOCK_ERROR", 500, "BUSINESS"},
                                                      {"FUNCTIONAL_ERROR", 400, "BUSINESS"},
                                                      {"VALIDATION_ERROR", 500, "BUSINESS"}}};

Json error_json(const std::string& code, const std::string& message, const std::string& path) {
  Json extensions;
  extensions.set("code", code);
  for (const ErrorClass& known : error_classes) {
    if (known.code != code) continue;
    extensions.set("data", Json().set("http_status", known.http_status).set("genre", known.genre));
  }
  Json error;
  error.set("message", message);
  if (!path.empty()) error.set("path", Json().push(path));
  error.set("extensions", std::move(extensions)).set("name", code);
  return error;
}

Reply graphql_reply(const Json& body) {
  Reply reply;
  reply.content_type = "application/json; charset=utf-8";
  reply.body = body.dump();
  return reply;
}

Reply refusal(const std::vector<GraphqlError>& errors) {
  Json list = Json::Array{};
  for (const GraphqlError& error : errors) list.push(error_json(error.code, error.message, ""));
  return graphql_reply(Json().set("errors", std::move(list)));
}

Reply field_error(const Field& field, const std::string& code, const std::string& message) {
  Json errors;
  errors.push(error_json(code, message, field.key()));
  Json body;
  body.set("errors", std::move(errors)).set("data", Json().set(field.key(), nullptr));
  return graphql_reply(body);
}

/// The selected part of a value, under the names that the document asks for.
Json projected(const Json& value, const std::vector<Field>& selection) {
  if (value.is_array()) {
    Json list = Json::Array{};
    for (const Json& one : value.array()) list.push(projected(one, selection));
    return list;
  }
  if (!value.is_object() || selection.empty()) return value;
  Json chosen = Json::Object{};
  for (const Field& field : selection) {
    const Json* member = value.find(field.name);
    chosen.set(field.key(), member == nullptr ? Json() : projected(*member, field.selection));
  }
  return chosen;
}

std::string label_of(const Operation& operation) {
  std::string label;
  for (const Field& field : operation.selection) {
    if (!label.empty()) label += ',';
    label += field.name;
    if (field.name == "workEdit" && !field.selection.empty()) label += "." + field.selection.front().name;
  }
  return label;
}

std::string text_of(const Json& value) { return value.is_string() ? value.string() : std::string(); }

}  // namespace

std::string OpenCti::label(const Request& request) {
  try {
    return label_of(parse_document(Json::parse(request.body).text("query")));
  } catch (const std::exception&) {
    return request.path;
  }
}

Reply OpenCti::answer(const Request& request) {
  Reply reply;
  if (request.path != "/graphql") {
    reply.status = 404;
    return reply;
  }
  if (request.method != "POST") {
    reply.status = platform_.version() < Version::parse("7.260722") ? 400 : 405;
    reply.body = R"({"status":"error","error":"GET query missing."})";
    return reply;
  }
  if (proxy_limit_ != 0 && request.body.size() > proxy_limit_) {
    reply.status = 413;
    reply.content_type = "text/html";
    reply.body =
        "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center><h1>413 "
        "Request "
        "Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
    return reply;
  }
  if (request.body.size() > body_limit_) {
    reply.status = 500;
    reply.body = R"({"status":"error","error":"request entity too large"})";
    return reply;
  }
  return execute(request);
}

void OpenCti::record(const Request& request) {
  if (!recorder_.recording()) return;
  try {
    const Json body = Json::parse(request.body);
    const Json* variables = body.find("variables");
    const bool given = variables != nullptr && variables->is_object();
    recorder_.operation(body.text("query"), given ? *variables : Json(Json::Object{}),
                        nearest_schema(platform_.version()));
  } catch (const std::runtime_error&) {
    // Not JSON: requests.ndjson shows the answer, 500.
  }
}

/// Whether the request's opencti-work-id is that of a work that is over, which the endpoint refuses
/// since 6.9.19.
bool OpenCti::names_dead_work(const Request& request) const {
  const std::string work(request.header("opencti-work-id"));
  return !work.empty() && platform_.version() >= Version::parse("6.9.19") && !platform_.is_work_alive(work);
}

Reply OpenCti::resolve_all(const Operation& operation, const Json& variables, const Json& fault) {
  const Field& first = operation.selection.front();
  const Json* ordered = fault.find("error");
  const bool processed = ordered == nullptr || fault.flag("processed");
  Json data = Json::Object{};
  try {
    for (const Field& asked : operation.selection) {
      if (processed) data.set(asked.key(), projected(resolve(asked, variables), asked.selection));
    }
  } catch (const PlatformError& error) {
    return field_error(first, error.code(), error.what());
  }
  if (ordered == nullptr) return graphql_reply(Json().set("data", std::move(data)));
  return field_error(first, ordered->text("code", "UNKNOWN_ERROR"),
                     ordered->text("message", "An unknown error has occurred"));
}

Reply OpenCti::execute(const Request& request) {
  Json body;
  try {
    body = Json::parse(request.body);
  } catch (const std::runtime_error& error) {
    Reply reply;
    reply.status = 500;
    reply.body = Json().set("status", "error").set("error", error.what()).dump();
    return reply;
  }
  Json variables = body.find("variables") == nullptr ? Json() : *body.find("variables");
  if (!variables.is_object()) variables = Json::Object{};
  Operation operation;
  try {
    operation = parse_document(body.text("query"));
  } catch (const DocumentError& error) {
    return refusal({{"GRAPHQL_PARSE_FAILED", error.what()}});
  }
  Reply reply;
  auto errors = validate(operation, platform_.version());
  if (errors.empty()) errors = coerce_variables(operation, platform_.version(), variables);
  if (!errors.empty()) {
    reply = refusal(errors);
  } else if (request.header("authorization") != "Bearer " + token_) {
    reply = field_error(operation.selection.front(), "AUTH_REQUIRED", "You must be logged in to do this.");
  } else if (names_dead_work(request)) {
    reply = field_error(operation.selection.front(), "WORK_NOT_ALIVE", "This work is no longer alive");
    reply.status = 500;
  } else {
    reply = resolve_all(operation, variables, request.fault);
  }
  reply.label = label_of(operation);
  return reply;
}

Json OpenCti::register_connector(const Field& field, const Json& variables) {
  const Json& input = argument_value(field, "input", variables);
  Json connector = platform_.register_connector(input);
  if (!broker_hook_.empty()) run_broker_hook(broker_hook_, input.text("id"));
  return connector;
}

Json OpenCti::ping_connector(const Field& field, const Json& variables) {
  const std::string id = text_of(argument_value(field, "id", variables));
  const Json& state = argument_value(field, "state", variables);
  Json connector = platform_.ping_connector(id, state.is_string() ? std::optional(state.string()) : std::nullopt,
                                            argument_value(field, "connectorInfo", variables));
  if (!broker_hook_.empty()) run_broker_hook(broker_hook_, id);
  return connector;
}

Json OpenCti::push_bundle(const Field& field, const Json& variables) {
  const Json& bundle = argument_value(field, "bundle", variables);
  if (!refused_marker_.empty() && bundle.string().find(refused_marker_) != std::string::npos) {
    throw PlatformError("UNSUPPORTED_ERROR", "Invalid bundle");
  }
  platform_.push_bundle(text_of(argument_value(field, "connectorId", variables)), bundle.string(),
                        text_of(argument_value(field, "work_id", variables)));
  recorder_.bundle(bundle.string());
  return true;
}

Json OpenCti::edit_work(const Field& field, const Json& variables) {
  const std::string id = text_of(argument_value(field, "id", variables));
  Json answer = Json::Object{};
  for (const Field& edit : field.selection) {
    const auto text = [&](std::string_view name) { return text_of(argument_value(edit, name, variables)); };
    if (edit.name == "delete") platform_.delete_work(id);
    if (edit.name == "toReceived") platform_.receive_work(id, text("message"));
    if (edit.name == "toProcessed") {
      const Json& in_error = argument_value(edit, "inError", variables);
      platform_.process_work(id, text("message"), in_error.is_bool() && in_error.dump() == "true");
    }
    if (edit.name == "addExpectations") {
      platform_.add_expectations(id, Json().set("n", argument_value(edit, "expectations", variables)).number("n"));
    }
    if (edit.name == "reportExpectation") {
      platform_.report_expectation(id, argument_value(edit, "error", variables));
    }
    if (edit.name == "addDraftContext") platform_.set_draft_context(id, text("draftContext"));
    answer.set(edit.name, id);
  }
  return answer;
}

/// As the platform tests it: a part of a capability's name is enough.
void OpenCti::demand_right(const std::string& field) const {
  const auto needed = std::find_if(std::begin(schema_rights), std::end(schema_rights),
                                   [&](const SchemaRight& right) { return right.field == field; });
  if (needed == std::end(schema_rights)) return;
  for (const std::string& capability : capabilities_) {
    if (capability == "BYPASS" || capability.find(needed->capability) != std::string::npos) return;
  }
  throw PlatformError("FORBIDDEN_ACCESS", "You are not allowed to do this.");
}

Json OpenCti::user() const {
  Json capabilities = Json::Array{};
  for (const std::string& name : capabilities_) capabilities.push(Json().set("name", name));
  return Json().set("name", "[C] Microsoft Sentinel").set("capabilities", std::move(capabilities));
}

Json OpenCti::resolve(const Field& field, const Json& variables) {
  demand_right(field.name);
  const auto value = [&](std::string_view name) -> const Json& { return argument_value(field, name, variables); };
  const auto text = [&](std::string_view name) { return text_of(value(name)); };
  if (field.name == "me") return user();
  if (field.name == "about") return Json().set("version", platform_.version_text());
  if (field.name == "registerConnector") return register_connector(field, variables);
  if (field.name == "pingConnector") return ping_connector(field, variables);
  if (field.name == "connector") return platform_.connector(text("id"));
  if (field.name == "resetStateConnector") return platform_.reset_state(text("id"));
  if (field.name == "deleteConnector") {
    platform_.delete_connector(text("id"));
    return text("id");
  }
  if (field.name == "workAdd") {
    return platform_.add_work(text("connectorId"), text("friendlyName"), value("isMultiPartWork").dump() == "true");
  }
  if (field.name == "workEdit") return edit_work(field, variables);
  if (field.name == "work") return platform_.work(text("id"));
  if (field.name == "isWorkAlive") return platform_.is_work_alive(text("id"));
  if (field.name == "caseIncident") return platform_.kept_case(text("id"));
  if (field.name == "indicators") return platform_.revoked_indicators();
  if (field.name == "stixBundlePush") return push_bundle(field, variables);
  if (field.name == "draftWorkspaceAdd") return platform_.add_draft(value("input").text("name"));
  return {};
}

}  // namespace stand_in
