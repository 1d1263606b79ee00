// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include "tests/stand-in/graphql_schema.hpp"
#include "tests/stand-in/graphql_tables.hpp"

namespace stand_in {

namespace {

bool is_input_type(std::string_view type) {
  return std::any_of(std::begin(schema_input_fields), std::end(schema_input_fields),
                     [&](const SchemaField& field) { return field.owner == type; });
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

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
    for (const SchemaField& field : schema_input_fields) {
      if (field.owner != type || Version::parse(field.since) > version_) continue;
      const Json* given = value.find(field.name);
      if (given != nullptr) {
        check(*given, field.type, path + "." + std::string(field.name));
      } else if (field.type.back() == '!') {
        fail(value, path,
             "Field " + in_quotes(field.name) + " of required type " + in_quotes(field.type) + " was not provided.");
      }
    }
    for (const auto& [key, member] : value.object()) {
      const bool known =
          std::any_of(std::begin(schema_input_fields), std::end(schema_input_fields), [&](const SchemaField& field) {
            return field.owner == type && field.name == key && Version::parse(field.since) <= version_;
          });
      if (!known) {
        fail(value, path, "Field " + in_quotes(key) + " is not defined by type " + in_quotes(type) + ".");
      }
    }
  }

  void check_scalar(const Json& value, std::string_view type, const std::string& path) {
    const auto must = [&](bool right, std::string_view what) {
      if (right) return;
      fail(value, path, std::string(type) + " cannot represent " + std::string(what) + " value: " + value.dump());
    };
    if (type == "String") must(value.is_string(), "a non string");
    if (type == "ID") must(value.is_string() || value.is_integer(), "a non string and non integer");
    if (type == "Boolean") must(value.is_bool(), "a non boolean");
    if (type == "Int") must(value.is_integer(), "non-integer");
    if (type == "Float") must(value.is_number(), "non numeric");
    if (type == "DateTime") must(value.is_string(), "an invalid date-time");
    if (type == "ConnectorType") {
      const bool known = value.is_string() && std::find(connector_types.begin(), connector_types.end(),
                                                        value.string()) != connector_types.end();
      if (!known) fail(value, path, "Value " + value.dump() + " does not exist in \"ConnectorType\" enum.");
    }
  }

  void fail(const Json& value, const std::string& path, const std::string& reason) {
    const std::string at = path.empty() ? "" : " at " + in_quotes(variable_ + path);
    errors_.push_back({wrong_input_code(version_), "Variable " + in_quotes("$" + variable_) + " got invalid value " +
                                                       value.dump() + at + "; " + reason});
  }

  std::string variable_;
  const Version& version_;
  std::vector<GraphqlError> errors_;
};

}  // namespace

std::string wrong_input_code(const Version& version) {
  return version < Version::parse("6.5") ? "VALIDATION_ERROR" : "BAD_USER_INPUT";
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
      errors.push_back({wrong_input_code(version), "Variable " + in_quotes("$" + definition.name) +
                                                       " of required type " + in_quotes(definition.type) +
                                                       " was not provided."});
    }
    if (given == nullptr) continue;
    for (GraphqlError& error : Coercion(definition.name, version).run(*given, definition.type)) {
      errors.push_back(std::move(error));
    }
  }
  return errors;
}

}  // namespace stand_in
