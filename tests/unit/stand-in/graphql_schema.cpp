// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/graphql_schema.hpp"

#include "tests/unit/catch.hpp"

using stand_in::Json;
using stand_in::Version;

namespace {

/// The first error's message, or an empty text where the document is valid at that version.
std::string fault_of(const char* document, const char* version) {
  const auto errors = stand_in::validate(stand_in::parse_document(document), Version::parse(version));
  return errors.empty() ? std::string() : errors.front().message;
}

std::string input_fault_of(const char* document, const char* variables, const char* version) {
  const auto operation = stand_in::parse_document(document);
  Json values = Json::parse(variables);
  const auto errors = stand_in::coerce_variables(operation, Version::parse(version), values);
  return errors.empty() ? std::string() : errors.front().code + ": " + errors.front().message;
}

constexpr const char* push_into_work =
    "mutation P($c: String!, $b: String!, $w: String) { stixBundlePush(connectorId: $c, bundle: $b, work_id: "
    "$w) }";
constexpr const char* add_multipart =
    "mutation W($c: String!) { workAdd(connectorId: $c, isMultiPartWork: true) { id } }";
constexpr const char* ask_alive = "query A($id: ID!) { isWorkAlive(id: $id) }";
constexpr const char* do_register =
    "mutation R($input: RegisterConnectorInput) { registerConnector(input: $input) { id } }";

}  // namespace

TEST_CASE("versions compare number by number and a suffix does not count") {
  CHECK(Version::parse("6.8.10") > Version::parse("6.8.9"));
  CHECK(Version::parse("7.260309.0-lts.2") == Version::parse("7.260309.0"));
  CHECK(Version::parse("7.260817") < Version::parse("7.260817.1"));
  CHECK(Version::parse("6.10") > Version::parse("6.9.28"));
  CHECK(stand_in::nearest_schema(Version::parse("6.9.5")) == "6.9.17");
  CHECK(stand_in::nearest_schema(Version::parse("7.260824.0")) == "7.260817");
  CHECK(stand_in::nearest_schema(Version::parse("6.3.0")) == "6.4.5");
}

TEST_CASE("an argument or field is known from the version that brought it and refused before") {
  CHECK(fault_of(push_into_work, "6.5.6") == "Unknown argument \"work_id\" on field \"Mutation.stixBundlePush\".");
  CHECK(fault_of(push_into_work, "6.5.7").empty());
  CHECK(fault_of(add_multipart, "7.260421.0") == "Unknown argument \"isMultiPartWork\" on field \"Mutation.workAdd\".");
  CHECK(fault_of(add_multipart, "7.260422.0").empty());
  CHECK(fault_of(ask_alive, "6.8.6") == "Cannot query field \"isWorkAlive\" on type \"Query\".");
  CHECK(fault_of(ask_alive, "6.8.7").empty());
  CHECK(fault_of("query { connector(id: \"x\") { jwks } }", "6.9.28") ==
        "Cannot query field \"jwks\" on type \"Connector\".");
  CHECK(fault_of("query { connector(id: \"x\") { jwks } }", "7.260224.0").empty());
}

TEST_CASE("a document is held against the schema as graphql-js does") {
  CHECK(fault_of("query { about }", "6.9.17") ==
        "Field \"about\" of type \"AppInfo\" must have a selection of subfields. Did you mean \"about { ... "
        "}\"?");
  CHECK(fault_of("query { about { version { x } } }", "6.9.17") ==
        "Field \"version\" must not have a selection since type \"String!\" has no subfields.");
  CHECK(fault_of("mutation { pingConnector(state: \"x\") { id } }", "6.9.17") ==
        "Field \"pingConnector\" argument \"id\" of type \"ID!\" is required, but it was not provided.");
  CHECK(fault_of("mutation M { pingConnector(id: $id) { id } }", "6.9.17") ==
        "Variable \"$id\" is not defined by operation \"M\".");
  CHECK(fault_of("query Q($x: String) { about { version } }", "6.9.17") ==
        "Variable \"$x\" is never used in operation \"Q\".");
  CHECK(fault_of("mutation M($id: String) { pingConnector(id: $id) { id } }", "6.9.17") ==
        "Variable \"$id\" of type \"String\" used in position expecting type \"ID!\".");
  CHECK(fault_of("mutation M($id: ID!, $w: ID!) { pingConnector(id: $id) { id } workEdit(id: $w) { ping } }", "6.9.17")
            .find("Allowed number of calls for mutation") == 0);
  CHECK_FALSE(fault_of("mutation M($id: ID!) { connector(id: $id) { id } }", "6.9.17").empty());
}

TEST_CASE("a document that cannot be parsed is refused") {
  for (const char* document : {"", "query", "query {", "query { }", "{ about { version }", "{ a(b: ) }", "{ a } { b }",
                               "subscription { a }", "query ($x) { a }", "{ a(b: \"x) }", "{ a b: }"}) {
    CAPTURE(document);
    CHECK_THROWS_AS(stand_in::parse_document(document), stand_in::DocumentError);
  }
  const auto operation = stand_in::parse_document(
      "# note\nquery Q($a: [String!]! = [\"x\"]) { me: about(z: {k: [1, RED]}) { version, } }");
  CHECK(operation.variables.front().type == "[String!]!");
  CHECK(operation.selection.front().key() == "me");
  CHECK(operation.selection.front().arguments.front().literal.dump() == R"({"k":[1,"RED"]})");
}

TEST_CASE("variables are held against their types, and input fields against the version") {
  CHECK(input_fault_of(do_register, R"({"input":{"id":"1","name":"ab","type":"EXTERNAL_IMPORT"}})", "6.4.5").empty());
  CHECK(input_fault_of(do_register, R"({})", "6.9.17").empty());
  CHECK(input_fault_of(do_register, R"({"input":{"id":"1","name":"ab"}})", "6.9.17") ==
        "BAD_USER_INPUT: Variable \"$input\" got invalid value {\"id\":\"1\",\"name\":\"ab\"}; Field "
        "\"type\" of required type "
        "\"ConnectorType!\" was not provided.");
  CHECK(
      input_fault_of(do_register, R"({"input":{"id":"1","name":"ab","type":"FAX"}})", "6.9.17").find("ConnectorType") !=
      std::string::npos);
  const char* updating = R"({"input":{"id":"1","name":"ab","type":"EXTERNAL_IMPORT","auto_update":false}})";
  CHECK(input_fault_of(do_register, updating, "6.8.8").find("Field \"auto_update\" is not defined by type") !=
        std::string::npos);
  CHECK(input_fault_of(do_register, updating, "6.8.9").empty());
  CHECK(input_fault_of(do_register, updating, "6.4.5").find("VALIDATION_ERROR: ") == 0);
  CHECK(input_fault_of(push_into_work, R"({"c":"1"})", "7.260817.0") ==
        "BAD_USER_INPUT: Variable \"$b\" of required type \"String!\" was not provided.");
  CHECK(input_fault_of(push_into_work, R"({"c":"1","b":{}})", "7.260817.0").find("at") == std::string::npos);
  CHECK_FALSE(input_fault_of(push_into_work, R"({"c":"1","b":{}})", "7.260817.0").empty());
  CHECK_FALSE(input_fault_of(push_into_work, R"({"c":"1","b":null})", "7.260817.0").empty());
}
