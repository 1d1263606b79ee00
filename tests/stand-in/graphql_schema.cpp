#include "tests/stand-in/graphql_schema.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace stand_in {

namespace {

/// A field of an output type, or (type in `input_fields`) of an input type. The last column is the first platform version
/// that has it, read from the published schemas and the platform's history.
struct SchemaField {
  std::string_view owner;
  std::string_view name;
  std::string_view type;
  std::string_view since = "6.4.0";
};

struct SchemaArgument {
  /// "Type.field".
  std::string_view field;
  std::string_view name;
  std::string_view type;
  std::string_view since = "6.4.0";
};

constexpr SchemaField fields[] = {
    {"Query", "about", "AppInfo"},
    {"Query", "connector", "Connector"},
    {"Query", "work", "Work"},
    {"Query", "isWorkAlive", "Boolean", "6.8.7"},
    {"Mutation", "registerConnector", "Connector"},
    {"Mutation", "pingConnector", "Connector"},
    {"Mutation", "resetStateConnector", "Connector"},
    {"Mutation", "deleteConnector", "ID!"},
    {"Mutation", "workAdd", "Work!"},
    {"Mutation", "workEdit", "WorkEditMutations"},
    {"Mutation", "stixBundlePush", "Boolean"},
    {"Mutation", "draftWorkspaceAdd", "DraftWorkspace"},
    {"AppInfo", "version", "String!"},
    {"Connector", "id", "ID!"},
    {"Connector", "standard_id", "String!"},
    {"Connector", "entity_type", "String!"},
    {"Connector", "name", "String!"},
    {"Connector", "active", "Boolean"},
    {"Connector", "auto", "Boolean"},
    {"Connector", "auto_update", "Boolean", "6.8.9"},
    {"Connector", "enrichment_resolution", "String", "6.8.9"},
    {"Connector", "only_contextual", "Boolean"},
    {"Connector", "playbook_compatible", "Boolean"},
    {"Connector", "connector_type", "String"},
    {"Connector", "connector_scope", "[String!]"},
    {"Connector", "connector_state", "String"},
    {"Connector", "connector_state_reset", "Boolean"},
    {"Connector", "connector_user_id", "ID"},
    {"Connector", "connector_queue_details", "ConnectorQueueDetails!"},
    {"Connector", "connector_info", "ConnectorInfo"},
    {"Connector", "updated_at", "DateTime"},
    {"Connector", "created_at", "DateTime"},
    {"Connector", "config", "ConnectorConfig"},
    {"Connector", "xtm_one_intent", "String", "7.260527"},
    {"Connector", "jwks", "String!", "7.260224"},
    {"ConnectorConfig", "connection", "RabbitMQConnection!"},
    {"ConnectorConfig", "listen", "String!"},
    {"ConnectorConfig", "listen_routing", "String!"},
    {"ConnectorConfig", "listen_exchange", "String!"},
    {"ConnectorConfig", "listen_callback_uri", "String", "6.5.7"},
    {"ConnectorConfig", "push", "String!"},
    {"ConnectorConfig", "push_routing", "String!"},
    {"ConnectorConfig", "push_exchange", "String!"},
    {"ConnectorConfig", "dead_letter_routing", "String!", "6.8.7"},
    {"RabbitMQConnection", "host", "String!"},
    {"RabbitMQConnection", "vhost", "String!"},
    {"RabbitMQConnection", "use_ssl", "Boolean!"},
    {"RabbitMQConnection", "port", "Int!"},
    {"RabbitMQConnection", "user", "String!"},
    {"RabbitMQConnection", "pass", "String!"},
    {"ConnectorQueueDetails", "messages_number", "Float!"},
    {"ConnectorQueueDetails", "messages_size", "Float!"},
    {"ConnectorInfo", "run_and_terminate", "Boolean!"},
    {"ConnectorInfo", "buffering", "Boolean!"},
    {"ConnectorInfo", "queue_threshold", "Float!"},
    {"ConnectorInfo", "queue_messages_size", "Float!"},
    {"ConnectorInfo", "next_run_datetime", "DateTime"},
    {"ConnectorInfo", "last_run_datetime", "DateTime"},
    {"Work", "id", "ID!"},
    {"Work", "name", "String"},
    {"Work", "connector", "Connector"},
    {"Work", "timestamp", "DateTime!"},
    {"Work", "status", "State!"},
    {"Work", "event_source_id", "String"},
    {"Work", "received_time", "DateTime"},
    {"Work", "processed_time", "DateTime"},
    {"Work", "completed_time", "DateTime"},
    {"Work", "completed_number", "Int"},
    {"Work", "messages", "[WorkMessage]"},
    {"Work", "errors", "[WorkMessage]"},
    {"Work", "tracking", "WorkTracking"},
    {"Work", "draft_context", "String", "6.5.0"},
    {"WorkMessage", "timestamp", "DateTime"},
    {"WorkMessage", "message", "String"},
    {"WorkMessage", "sequence", "Int"},
    {"WorkMessage", "source", "String"},
    {"WorkTracking", "import_expected_number", "Int"},
    {"WorkTracking", "import_last_processed", "DateTime"},
    {"WorkTracking", "import_processed_number", "Int"},
    {"WorkEditMutations", "delete", "ID!"},
    {"WorkEditMutations", "ping", "ID!"},
    {"WorkEditMutations", "reportExpectation", "ID!"},
    {"WorkEditMutations", "addExpectations", "ID!"},
    {"WorkEditMutations", "addDraftContext", "ID!", "6.5.0"},
    {"WorkEditMutations", "toReceived", "ID!"},
    {"WorkEditMutations", "toProcessed", "ID!"},
    {"DraftWorkspace", "id", "ID!"},
    {"DraftWorkspace", "name", "String!"},
    {"DraftWorkspace", "entity_type", "String!"},
};

constexpr SchemaArgument arguments[] = {
    {"Query.connector", "id", "String!"},
    {"Query.work", "id", "ID!"},
    {"Query.isWorkAlive", "id", "ID!"},
    {"Mutation.registerConnector", "input", "RegisterConnectorInput"},
    {"Mutation.pingConnector", "id", "ID!"},
    {"Mutation.pingConnector", "state", "String"},
    {"Mutation.pingConnector", "connectorInfo", "ConnectorInfoInput"},
    {"Mutation.resetStateConnector", "id", "ID!"},
    {"Mutation.deleteConnector", "id", "ID!"},
    {"Mutation.workAdd", "connectorId", "String!"},
    {"Mutation.workAdd", "friendlyName", "String"},
    {"Mutation.workAdd", "isMultiPartWork", "Boolean", "7.260422"},
    {"Mutation.workEdit", "id", "ID!"},
    {"Mutation.stixBundlePush", "connectorId", "String!"},
    {"Mutation.stixBundlePush", "bundle", "String!"},
    {"Mutation.stixBundlePush", "work_id", "String", "6.5.7"},
    {"Mutation.draftWorkspaceAdd", "input", "DraftWorkspaceAddInput!"},
    {"WorkEditMutations.reportExpectation", "error", "WorkErrorInput"},
    {"WorkEditMutations.addExpectations", "expectations", "Int"},
    {"WorkEditMutations.addDraftContext", "draftContext", "String"},
    {"WorkEditMutations.toReceived", "message", "String"},
    {"WorkEditMutations.toProcessed", "message", "String"},
    {"WorkEditMutations.toProcessed", "inError", "Boolean"},
};

constexpr SchemaField input_fields[] = {
    {"RegisterConnectorInput", "id", "ID!"},
    {"RegisterConnectorInput", "name", "String!"},
    {"RegisterConnectorInput", "type", "ConnectorType!"},
    {"RegisterConnectorInput", "scope", "[String!]"},
    {"RegisterConnectorInput", "auto", "Boolean"},
    {"RegisterConnectorInput", "only_contextual", "Boolean"},
    {"RegisterConnectorInput", "playbook_compatible", "Boolean"},
    {"RegisterConnectorInput", "listen_callback_uri", "String", "6.5.7"},
    {"RegisterConnectorInput", "auto_update", "Boolean", "6.8.9"},
    {"RegisterConnectorInput", "enrichment_resolution", "String", "6.8.9"},
    {"RegisterConnectorInput", "xtm_one_intent", "String", "7.260527"},
    {"ConnectorInfoInput", "run_and_terminate", "Boolean!"},
    {"ConnectorInfoInput", "buffering", "Boolean!"},
    {"ConnectorInfoInput", "queue_threshold", "Float!"},
    {"ConnectorInfoInput", "queue_messages_size", "Float!"},
    {"ConnectorInfoInput", "next_run_datetime", "DateTime"},
    {"ConnectorInfoInput", "last_run_datetime", "DateTime"},
    {"WorkErrorInput", "error", "String"},
    {"WorkErrorInput", "source", "String"},
    {"DraftWorkspaceAddInput", "name", "String!"},
    {"DraftWorkspaceAddInput", "entity_id", "String"},
};

constexpr std::array<std::string_view, 6> connector_types = {"EXTERNAL_IMPORT",    "INTERNAL_IMPORT_FILE",
                                                             "INTERNAL_ENRICHMENT", "INTERNAL_ANALYSIS",
                                                             "INTERNAL_EXPORT_FILE", "STREAM"};

/// `[Work!]!` → `Work`.
std::string_view named_type(std::string_view type) {
  const std::size_t first = type.find_first_not_of('[');
  return type.substr(first, type.find_first_of("]!", first) - first);
}

bool is_object_type(std::string_view type) {
  return std::any_of(std::begin(fields), std::end(fields), [&](const SchemaField& field) { return field.owner == type; });
}

bool is_input_type(std::string_view type) {
  return std::any_of(std::begin(input_fields), std::end(input_fields),
                     [&](const SchemaField& field) { return field.owner == type; });
}

/// Whether a variable of the one type may stand where the other is expected: `ID!` for `ID`, not the reverse.
bool fits(std::string_view variable, std::string_view position, bool has_default) {
  if (variable == position) return true;
  if (!variable.empty() && variable.back() == '!') return fits(variable.substr(0, variable.size() - 1), position, false);
  return has_default && !position.empty() && position.back() == '!' && fits(variable, position.substr(0, position.size() - 1), false);
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

class Validator {
public:
  Validator(const Operation& operation, const Version& version) : operation_(operation), version_(version) {}

  std::vector<GraphqlError> run() {
    check_selection(operation_.kind == "mutation" ? "Mutation" : "Query", operation_.selection);
    for (const VariableDefinition& variable : operation_.variables) {
      if (used_.count(variable.name) > 0) continue;
      refuse("Variable " + in_quotes("$" + variable.name) + " is never used" +
             (operation_.name.empty() ? "." : " in operation " + in_quotes(operation_.name) + "."));
    }
    check_batching();
    return std::move(errors_);
  }

private:
  void check_selection(std::string_view type, const std::vector<Field>& selection) {
    for (const Field& field : selection) {
      if (field.name == "__typename") continue;
      const SchemaField* known = find(type, field.name);
      if (known == nullptr) {
        refuse("Cannot query field " + in_quotes(field.name) + " on type " + in_quotes(type) + ".");
        continue;
      }
      check_arguments(std::string(type) + "." + field.name, field);
      const std::string_view result = named_type(known->type);
      if (is_object_type(result) && field.selection.empty()) {
        refuse("Field " + in_quotes(field.name) + " of type " + in_quotes(known->type) +
               " must have a selection of subfields. Did you mean \"" + field.name + " { ... }\"?");
      } else if (!is_object_type(result) && !field.selection.empty()) {
        refuse("Field " + in_quotes(field.name) + " must not have a selection since type " + in_quotes(known->type) +
               " has no subfields.");
      } else if (is_object_type(result)) {
        check_selection(result, field.selection);
      }
    }
  }

  void check_arguments(const std::string& path, const Field& field) {
    for (const Argument& given : field.arguments) {
      const auto known = std::find_if(std::begin(arguments), std::end(arguments), [&](const SchemaArgument& argument) {
        return argument.field == path && argument.name == given.name && Version::parse(argument.since) <= version_;
      });
      if (known == std::end(arguments)) {
        refuse("Unknown argument " + in_quotes(given.name) + " on field " + in_quotes(path) + ".");
      } else if (!given.variable.empty()) {
        check_variable(given.variable, known->type);
      }
    }
    for (const SchemaArgument& wanted : arguments) {
      if (wanted.field != path || wanted.type.back() != '!' || Version::parse(wanted.since) > version_) continue;
      const bool given = std::any_of(field.arguments.begin(), field.arguments.end(),
                                     [&](const Argument& argument) { return argument.name == wanted.name; });
      if (!given) {
        refuse("Field " + in_quotes(field.name) + " argument " + in_quotes(wanted.name) + " of type " +
               in_quotes(wanted.type) + " is required, but it was not provided.");
      }
    }
  }

  void check_variable(const std::string& name, std::string_view position) {
    used_.insert(name);
    const auto defined = std::find_if(operation_.variables.begin(), operation_.variables.end(),
                                      [&](const VariableDefinition& variable) { return variable.name == name; });
    if (defined == operation_.variables.end()) {
      refuse("Variable " + in_quotes("$" + name) + " is not defined" +
             (operation_.name.empty() ? "." : " by operation " + in_quotes(operation_.name) + "."));
    } else if (!fits(defined->type, position, defined->has_default && !defined->default_value.is_null())) {
      refuse("Variable " + in_quotes("$" + name) + " of type " + in_quotes(defined->type) +
             " used in position expecting type " + in_quotes(position) + ".");
    }
  }

  /// The platform's batching protection: one mutation and two queries of a name in a document, and no aliases beyond.
  void check_batching() {
    const std::size_t allowed = operation_.kind == "mutation" ? 1 : 2;
    std::set<std::string> told;
    for (const Field& field : operation_.selection) {
      const auto same = std::count_if(operation_.selection.begin(), operation_.selection.end(), [&](const Field& other) {
        return operation_.kind == "mutation" || other.name == field.name;
      });
      if (static_cast<std::size_t>(same) <= allowed || !told.insert(operation_.kind).second) continue;
      refuse("Allowed number of calls for " + operation_.kind + " " + in_quotes(field.name) +
             " has been exceeded (max: " + std::to_string(allowed) + ")");
    }
  }

  const SchemaField* find(std::string_view type, std::string_view name) const {
    for (const SchemaField& field : fields) {
      if (field.owner == type && field.name == name && Version::parse(field.since) <= version_) return &field;
    }
    return nullptr;
  }

  void refuse(std::string message) { errors_.push_back({"GRAPHQL_VALIDATION_FAILED", std::move(message)}); }

  const Operation& operation_;
  const Version& version_;
  std::set<std::string> used_;
  std::vector<GraphqlError> errors_;
};

/// Checks one value of a variable against its type.
class Coercion {
public:
  Coercion(std::string variable, const Version& version) : variable_(std::move(variable)), version_(version) {}

  std::vector<GraphqlError> run(const Json& value, std::string_view type) {
    check(value, type, {});
    return std::move(errors_);
  }

private:
  void check(const Json& value, std::string_view type, const std::string& path) {
    if (type.back() == '!') {
      if (value.is_null()) {
        fail(value, path, "Expected non-nullable type " + in_quotes(type) + " not to be null.");
      } else {
        check(value, type.substr(0, type.size() - 1), path);
      }
      return;
    }
    if (value.is_null()) return;
    if (type.front() == '[') {
      check_list(value, type.substr(1, type.size() - 2), path);
    } else if (is_input_type(type)) {
      check_object(value, type, path);
    } else {
      check_scalar(value, type, path);
    }
  }

  void check_list(const Json& value, std::string_view element, const std::string& path) {
    if (!value.is_array()) {
      check(value, element, path);
      return;
    }
    std::size_t index = 0;
    for (const Json& one : value.array()) check(one, element, path + "[" + std::to_string(index++) + "]");
  }

  void check_object(const Json& value, std::string_view type, const std::string& path) {
    if (!value.is_object()) {
      fail(value, path, "Expected type " + in_quotes(type) + " to be an object.");
      return;
    }
    for (const SchemaField& field : input_fields) {
      if (field.owner != type || Version::parse(field.since) > version_) continue;
      const Json* given = value.find(field.name);
      if (given != nullptr) {
        check(*given, field.type, path + "." + std::string(field.name));
      } else if (field.type.back() == '!') {
        fail(value, path, "Field " + in_quotes(field.name) + " of required type " + in_quotes(field.type) + " was not provided.");
      }
    }
    for (const auto& [key, member] : value.object()) {
      const bool known = std::any_of(std::begin(input_fields), std::end(input_fields), [&](const SchemaField& field) {
        return field.owner == type && field.name == key && Version::parse(field.since) <= version_;
      });
      if (!known) fail(value, path, "Field " + in_quotes(key) + " is not defined by type " + in_quotes(type) + ".");
    }
  }

  void check_scalar(const Json& value, std::string_view type, const std::string& path) {
    const auto must = [&](bool right, std::string_view what) {
      if (!right) fail(value, path, std::string(type) + " cannot represent " + std::string(what) + " value: " + value.dump());
    };
    if (type == "String") must(value.is_string(), "a non string");
    if (type == "ID") must(value.is_string() || value.is_integer(), "a non string and non integer");
    if (type == "Boolean") must(value.is_bool(), "a non boolean");
    if (type == "Int") must(value.is_integer(), "non-integer");
    if (type == "Float") must(value.is_number(), "non numeric");
    if (type == "DateTime") must(value.is_string(), "an invalid date-time");
    if (type == "ConnectorType") {
      const bool known = value.is_string() && std::find(connector_types.begin(), connector_types.end(), value.string()) !=
                                                  connector_types.end();
      if (!known) fail(value, path, "Value " + value.dump() + " does not exist in \"ConnectorType\" enum.");
    }
  }

  void fail(const Json& value, const std::string& path, const std::string& reason) {
    const std::string at = path.empty() ? "" : " at " + in_quotes(variable_ + path);
    errors_.push_back({"BAD_USER_INPUT", "Variable " + in_quotes("$" + variable_) + " got invalid value " + value.dump() +
                                             at + "; " + reason});
  }

  std::string variable_;
  const Version& version_;
  std::vector<GraphqlError> errors_;
};

}  // namespace

std::vector<GraphqlError> validate(const Operation& operation, const Version& version) {
  return Validator(operation, version).run();
}

std::vector<GraphqlError> coerce_variables(const Operation& operation, const Version& version, Json& variables) {
  std::vector<GraphqlError> errors;
  for (const VariableDefinition& definition : operation.variables) {
    const Json* given = variables.find(definition.name);
    if (given == nullptr && definition.has_default) {
      variables.set(definition.name, definition.default_value);
      continue;
    }
    if (given == nullptr && definition.type.back() == '!') {
      errors.push_back({"BAD_USER_INPUT", "Variable " + in_quotes("$" + definition.name) + " of required type " +
                                              in_quotes(definition.type) + " was not provided."});
    }
    if (given == nullptr) continue;
    for (GraphqlError& error : Coercion(definition.name, version).run(*given, definition.type)) {
      errors.push_back(std::move(error));
    }
  }
  return errors;
}

const Json& argument_value(const Field& field, std::string_view name, const Json& variables) {
  static const Json absent;
  for (const Argument& argument : field.arguments) {
    if (argument.name != name) continue;
    if (argument.variable.empty()) return argument.literal;
    const Json* value = variables.find(argument.variable);
    return value == nullptr ? absent : *value;
  }
  return absent;
}

}  // namespace stand_in
