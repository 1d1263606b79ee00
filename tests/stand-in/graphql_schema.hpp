// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/stand-in/graphql_document.hpp"
#include "tests/stand-in/json.hpp"
#include "tests/stand-in/version.hpp"

namespace stand_in {

/// One error of a GraphQL answer: its extensions.code and its text.
struct GraphqlError {
  std::string code;
  std::string message;
};

/// Says what the platform of that version objects to in the operation, in graphql-js's words; nothing where
/// it is valid.
std::vector<GraphqlError> validate(const Operation& operation, const Version& version);

/// The code under which that version refuses wrong values: 6.4 calls BAD_USER_INPUT by another name.
std::string wrong_input_code(const Version& version);

/// Checks the variables against their definitions and fills in defaults; errors under wrong_input_code.
std::vector<GraphqlError> coerce_variables(const Operation& operation, const Version& version, Json& variables);

/// The value of a field's argument with the variables put in; null where it is absent. Lives as long as its
/// arguments.
const Json& argument_value(const Field& field, std::string_view name, const Json& variables);

}  // namespace stand_in
