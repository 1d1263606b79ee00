// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/answer.hpp"

#include "tests/unit/catch.hpp"
#include "tests/unit/push-opencti/fake_platform.hpp"

using namespace push_opencti;
using namespace push_opencti::testing;

namespace {

AnswerKind kind_of(common::HttpResponse response) { return read_answer(std::move(response)).kind; }

GraphqlClient client_of(FakePlatform& platform, FakeClock& clock, common::Log& log, std::chrono::seconds budget) {
  return {platform.connect()(std::chrono::seconds(1), nullptr), clock, log, {budget, 7}};
}

}  // namespace

TEST_CASE("each error of the platform has its kind") {
  struct Row {
    std::string code;
    std::string message;
    AnswerKind kind;
  };
  const std::vector<Row> rows = {
      {"LOCK_ERROR", "Execution timeout, too many concurrent call on the same entities", AnswerKind::again},
      {"DATABASE_ERROR", "Search engine seems down", AnswerKind::again},
      {"COMPLEX_SEARCH_ERROR", "Search too complex", AnswerKind::again},
      {"FILESYSTEM_ERROR", "Object storage seems down", AnswerKind::again},
      {"CLIENT_ABORT_ERROR", "Client aborted", AnswerKind::again},
      {"UNKNOWN_ERROR", "An unknown error has occurred", AnswerKind::again},
      {"INTERNAL_SERVER_ERROR", "Cannot read properties of undefined", AnswerKind::again},
      {"AUTH_REQUIRED", "You must be logged in to do this.", AnswerKind::again_briefly},
      {"AUTH_FAILURE", "Bad login or password", AnswerKind::refused},
      {"OTP_REQUIRED", "You must validate your account with 2FA.", AnswerKind::refused},
      {"OTP_REQUIRED_ACTIVATION", "You must activate 2FA.", AnswerKind::refused},
      {"PASSWORD_CHANGE_REQUIRED", "You must change your password.", AnswerKind::refused},
      {"LTS_REQUIRED_ACTIVATION", "Invalid license", AnswerKind::refused},
      {"FORBIDDEN_ACCESS", "You are not allowed to do this.", AnswerKind::refused},
      {"ACCESS_REQUIRED", "You must have access", AnswerKind::refused},
      {"IP_FORBIDDEN", "not from here", AnswerKind::refused},
      {"UNSUPPORTED_ERROR", "Invalid bundle", AnswerKind::invalid_bundle},
      {"UNSUPPORTED_ERROR", "something else", AnswerKind::final_fault},
      {"FUNCTIONAL_ERROR", "No connector found with the specified ID", AnswerKind::connector_unknown},
      {"FUNCTIONAL_ERROR", "something else", AnswerKind::final_fault},
      {"VALIDATION_ERROR", "Validation error", AnswerKind::final_fault},
      {"BAD_USER_INPUT", "Variable \"$id\" of required type", AnswerKind::final_fault},
      {"GRAPHQL_VALIDATION_FAILED", "Cannot query field", AnswerKind::final_fault},
      {"GRAPHQL_PARSE_FAILED", "Syntax Error", AnswerKind::final_fault},
      {"RESOURCE_NOT_FOUND", "Resource not found", AnswerKind::final_fault},
      {"ALREADY_DELETED_ERROR", "Already deleted elements", AnswerKind::final_fault},
      {"MISSING_REFERENCE_ERROR", "Element(s) not found", AnswerKind::final_fault},
      {"DRAFT_LOCKED", "Can not do an update in a non-open draft", AnswerKind::final_fault},
      {"WORK_NOT_ALIVE", "This work is no longer alive", AnswerKind::final_fault},
      {"CONFIGURATION_ERROR", "Invalid configuration", AnswerKind::final_fault},
      {"NEW_ERROR", "unheard of", AnswerKind::final_fault},
  };
  for (const Row& row : rows) {
    INFO(row.code << ": " << row.message);
    CHECK(kind_of(graphql_error(row.code, row.message)) == row.kind);
  }
}

TEST_CASE("each HTTP status has its kind") {
  CHECK(kind_of(http_status(413, "<html>")) == AnswerKind::too_large);
  CHECK(kind_of(http_status(500, R"({"status":"error","error":"request entity too large"})")) == AnswerKind::too_large);
  CHECK(kind_of(http_status(500, R"({"status":"error","error":"oops"})")) == AnswerKind::again);
  CHECK(kind_of(http_status(502, "<html>Bad Gateway</html>")) == AnswerKind::again);
  CHECK(kind_of(http_status(429, R"({"message":"Too many requests, please try again later."})")) == AnswerKind::again);
  CHECK(kind_of(http_status(403, "<html>")) == AnswerKind::refused);
  CHECK(kind_of(http_status(401, "<html>")) == AnswerKind::refused);
  CHECK(kind_of(http_status(407, "<html>")) == AnswerKind::refused);
  CHECK(kind_of(http_status(408, "<html>Request Time-out</html>")) == AnswerKind::again);
  CHECK(kind_of(http_status(503, "")) == AnswerKind::again);
  CHECK(kind_of(http_status(504, "<html>Gateway Time-out</html>")) == AnswerKind::again);
  CHECK(kind_of(http_status(400, "bad JSON")) == AnswerKind::final_fault);
  CHECK(kind_of(http_status(405, "")) == AnswerKind::wrong_address);
  CHECK(kind_of(http_status(404, "<html>")) == AnswerKind::wrong_address);
  CHECK(kind_of(http_status(302, "")) == AnswerKind::wrong_address);
  CHECK(kind_of(http_status(200, "<html>please log in</html>")) == AnswerKind::again_briefly);
  CHECK(kind_of({.error = "connection refused"}) == AnswerKind::again);
  CHECK(kind_of({.error = "certificate", .tls_failure = true}) == AnswerKind::final_fault);
  CHECK(kind_of({.cancelled = true}) == AnswerKind::cancelled);
}

TEST_CASE("an error code without extensions is taken from the error's name") {
  const Answer answer =
      read_answer(http_status(200, R"({"errors":[{"name":"LOCK_ERROR","message":"busy"}],"data":{"x":1}})"));
  CHECK(answer.kind == AnswerKind::again);
  CHECK(answer.code == "LOCK_ERROR");
}

TEST_CASE("members of an answer are found by their path") {
  const Answer answer = read_answer(http_status(200, R"({"data":{"a":{"b":"text","n":5672,"t":true,"z":null}}})"));
  REQUIRE(answer.ok());
  CHECK(field(answer, "a.b") == "text");
  CHECK(field(answer, "a.n") == "5672");
  CHECK(field(answer, "a.t") == "true");
  CHECK(field(answer, "a.missing").empty());
  CHECK_FALSE(has_field(answer, "a.z"));
  CHECK(has_field(answer, "a.b"));
}

TEST_CASE("a transient fault is asked again, and Retry-After is kept") {
  FakePlatform platform{"6.9.17"};
  FakeClock clock;
  common::Log log{"push-opencti", -1};
  platform.answer_next("about", http_status(429, "{}", {{"retry-after", "7"}}));
  platform.answer_next("about", graphql_error("LOCK_ERROR", "busy"));
  GraphqlClient client = client_of(platform, clock, log, std::chrono::seconds(900));
  CHECK(client.ask(operations::about, GraphqlClient::body(operations::about, {})).ok());
  CHECK(platform.count("about") == 3);
  CHECK(clock.slept() >= std::chrono::seconds(7));
}

TEST_CASE("a platform that asks for more patience than there is ends with status 75, an unavailable one with 69") {
  FakePlatform platform{"6.9.17"};
  FakeClock clock;
  common::Log log{"push-opencti", -1};
  platform.answer_next("about", http_status(503, "", {{"retry-after", "3600"}}));
  GraphqlClient client = client_of(platform, clock, log, std::chrono::seconds(60));
  const Answer patient = client.ask(operations::about, GraphqlClient::body(operations::about, {}));
  CHECK(exit_status(patient) == common::ExitStatus::stopped_early);
  for (int i = 0; i < 1000; ++i) platform.answer_next("about", http_status(503, ""));
  CHECK(exit_status(client.ask(operations::about, GraphqlClient::body(operations::about, {}))) ==
        common::ExitStatus::unavailable);
  CHECK(clock.slept() <= std::chrono::seconds(61));
}

TEST_CASE("AUTH_REQUIRED is tried three times, since a starting platform says it too, then refused") {
  FakePlatform platform{"6.9.17"};
  FakeClock clock;
  common::Log log{"push-opencti", -1};
  for (int i = 0; i < 3; ++i)
    platform.answer_next("about", graphql_error("AUTH_REQUIRED", "You must be logged in to do this."));
  GraphqlClient client = client_of(platform, clock, log, std::chrono::seconds(900));
  CHECK(exit_status(client.ask(operations::about, GraphqlClient::body(operations::about, {}))) ==
        common::ExitStatus::refused);
  CHECK(platform.count("about") == 3);
}

TEST_CASE("custom headers are split as the platform's users write them, and a broken one is left out") {
  common::Log log{"push-opencti", -1};
  const auto headers = parse_custom_headers("X-One:1; X-Two : a:b ;broken;X-Bad:\r\nInjected: yes", log);
  REQUIRE(headers.size() == 2);
  CHECK(headers[0] == std::pair<std::string, std::string>{"X-One", "1"});
  CHECK(headers[1] == std::pair<std::string, std::string>{"X-Two", "a:b"});
}
