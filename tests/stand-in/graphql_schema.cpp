// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/graphql_schema.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "tests/stand-in/graphql_tables.hpp"

namespace stand_in {

namespace {

/// `[Work!]!` → `Work`.
std::string_view named_type(std::string_view type) {
  const std::size_t first = type.find_first_not_of('[');
  return type.substr(first, type.find_first_of("]!", first) - first);
}

bool is_object_type(std::string_view type) {
  return std::any_of(std::begin(schema_fields), std::end(schema_fields),
                     [&](const SchemaField& field) { return field.owner == type; });
}

/// Whether a variable of the one type may stand where the other is expected: `ID!` for `ID`, not the reverse.
bool fits(std::string_view variable, std::string_view position, bool has_default) {
  if (variable == position) return true;
  if (!variable.empty() && variable.back() == '!') {
    return fits(variable.substr(0, variable.size() - 1), position, false);
  }
  return has_default && !position.empty() && position.back() == '!' &&
         fits(variable, position.substr(0, position.size() - 1), false);
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
      const auto known =
          std::find_if(std::begin(schema_arguments), std::end(schema_arguments), [&](const SchemaArgument& argument) {
            return argument.field == path && argument.name == given.name && Version::parse(argument.since) <= version_;
          });
      if (known == std::end(schema_arguments)) {
        refuse("Unknown argument " + in_quotes(given.name) + " on field " + in_quotes(path) + ".");
      } else if (!given.variable.empty()) {
        check_variable(given.variable, known->type);
      }
    }
    for (const SchemaArgument& wanted : schema_arguments) {
      if (wanted.field != path || wanted.type.back() != '!' || Version::parse(wanted.since) > version_) {
        continue;
      }
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

  /// The platform's batching protection: one mutation and two queries of a name in a document, and no aliases
  /// beyond.
  void check_batching() {
    const std::size_t allowed = operation_.kind == "mutation" ? 1 : 2;
    std::set<std::string> told;
    for (const Field& field : operation_.selection) {
      const auto same =
          std::count_if(operation_.selection.begin(), operation_.selection.end(),
                        [&](const Field& other) { return operation_.kind == "mutation" || other.name == field.name; });
      if (static_cast<std::size_t>(same) <= allowed || !told.insert(operation_.kind).second) continue;
      refuse("Allowed number of calls for " + operation_.kind + " " + in_quotes(field.name) +
             " has been exceeded (max: " + std::to_string(allowed) + ")");
    }
  }

  const SchemaField* find(std::string_view type, std::string_view name) const {
    for (const SchemaField& field : schema_fields) {
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

}  // namespace

std::vector<GraphqlError> validate(const Operation& operation, const Version& version) {
  return Validator(operation, version).run();
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
