// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/stand-in/json.hpp"

namespace stand_in {

/// What a GraphQL server answers to a document that it cannot parse.
class DocumentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An argument's value as written: a variable, or a literal.
struct Argument {
  std::string name;
  /// Without the $; empty for a literal.
  std::string variable;
  Json literal;
  /// An enum literal is a bare word: text that is no string.
  bool is_enum = false;
};

struct Field {
  std::string alias;
  std::string name;
  std::vector<Argument> arguments;
  std::vector<Field> selection;

  /// The name under which the answer gives the field.
  const std::string& key() const { return alias.empty() ? name : alias; }
};

struct VariableDefinition {
  std::string name;
  /// As written, for example `[String!]` or `ID!`.
  std::string type;
  bool has_default = false;
  Json default_value;
};

struct Operation {
  /// query or mutation.
  std::string kind = "query";
  std::string name;
  std::vector<VariableDefinition> variables;
  std::vector<Field> selection;
};

/// Parses a document with one operation. Fragments, directives and subscriptions are not known: the connector
/// needs none. Throws DocumentError.
Operation parse_document(std::string_view text);

}  // namespace stand_in
