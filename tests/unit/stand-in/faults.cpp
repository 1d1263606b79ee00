// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/faults.hpp"

#include "tests/unit/catch.hpp"

using stand_in::Faults;
using stand_in::Json;
using stand_in::Request;

namespace {

Request graph_request(const std::string& target) {
  Request request;
  request.service = "graph";
  request.method = "GET";
  request.target = target;
  return request;
}

}  // namespace

TEST_CASE("a fault meets the requests that it names, after those it lets pass, as often as ordered") {
  Faults faults;
  faults.add(
      Json::parse(R"({"service":"graph","match":"$orderby=lastUpdateDateTime asc","skip":1,"times":2,"status":503})"));
  const auto page = graph_request("/v1.0/security/incidents?%24orderby=lastUpdateDateTime%20asc");
  CHECK_FALSE(faults.take(graph_request("/v1.0/security/incidents/7")));
  CHECK_FALSE(faults.take(page));
  CHECK(faults.take(page)->number("status") == 503);
  CHECK(faults.take(page));
  CHECK_FALSE(faults.take(page));
}

TEST_CASE("a fault of another service, and the control service, are left alone") {
  Faults faults;
  faults.add(
      Json::parse(R"([{"service":"opencti","times":0,"status":500},{"times":0,"match":"/reset","status":500}])"));
  CHECK_FALSE(faults.take(graph_request("/v1.0/security/incidents")));
  auto control = graph_request("/reset");
  control.service = "control";
  CHECK_FALSE(faults.take(control));
}

TEST_CASE("a GraphQL document is matched in the body's head, a bundle's text only where the fault says so") {
  Faults faults;
  faults.add(Json::parse(R"([{"match":"toProcessed","note":"head"},{"match_body":"needle","note":"whole"}])"));
  auto request = graph_request("/graphql");
  request.body = "{\"query\":\"mutation { workEdit { toProcessed } }\"}";
  CHECK(faults.take(request)->text("note") == "head");
  request.body = std::string(5000, ' ') + "toProcessed needle";
  CHECK(faults.take(request)->text("note") == "whole");
}

TEST_CASE("a misspelt fault is refused, for it would let a test pass") {
  Faults faults;
  CHECK_THROWS(faults.add(Json::parse(R"({"statsu":500})")));
  CHECK_THROWS(faults.add(Json::parse(R"({"drop":"sometimes"})")));
  CHECK_THROWS(faults.add(Json::parse(R"({"service":"graf"})")));
  CHECK_THROWS(faults.add(Json(7)));
}
