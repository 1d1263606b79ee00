// SPDX-License-Identifier: Apache-2.0
#include "common/program/failure.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/fetch-incidents/fake_graph.hpp"
#include "tools/fetch-token/follow.hpp"
#include "tools/fetch-token/token_answer.hpp"
#include "tools/fetch-token/token_request.hpp"

using namespace fetch_token;
using fetch_incidents_test::FakeClock;

namespace {

TokenAnswer answer_to(long status, std::string body) {
  common::HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return read_token_answer(response);
}

const Credentials credentials = {.tenant = "ten/ant",
                                 .client_id = "id",
                                 .client_secret = "a&b=c d",
                                 .login_url = "https://login.test",
                                 .api_origin = "https://graph.test"};

struct Outcome {
  Token token;
  int status = 0;
  std::string message;
  int requests = 0;
};

/// Takes a token while the service gives these answers in turn, the last one for ever.
Outcome take(const std::vector<common::HttpResponse>& answers, FakeClock& clock) {
  Outcome outcome;
  common::Log log("fetch-token", -1);
  const auto send = [&](const common::HttpRequest&) {
    const auto index = std::min<std::size_t>(static_cast<std::size_t>(outcome.requests++), answers.size() - 1);
    return answers[index];
  };
  try {
    outcome.token = take_token(
        credentials, send, clock, std::chrono::seconds(60), [&](auto span) { return clock.sleep(span); }, log);
  } catch (const common::Failure& failure) {
    outcome.status = static_cast<int>(failure.status());
    outcome.message = failure.what();
  }
  return outcome;
}

common::HttpResponse response(long status, const std::string& body) {
  common::HttpResponse made;
  made.status = status;
  made.body = body;
  return made;
}

}  // namespace

TEST_CASE("the token request is the form that the service documents, with everything encoded") {
  std::string form;
  const auto request = token_request(credentials, form);
  CHECK(request.method == "POST");
  CHECK(request.url == "https://login.test/ten%2Fant/oauth2/v2.0/token");
  CHECK(request.body ==
        "grant_type=client_credentials&client_id=id&scope=https%3A%2F%2Fgraph.test%2F.default&"
        "client_secret=a%26b%3Dc%20d");
}

TEST_CASE("a token is taken with its lifetime, written as a number or as text") {
  CHECK(answer_to(200, R"({"token_type":"Bearer","expires_in":3599,"access_token":"abc"})").lifetime_seconds == 3599);
  const auto answer = answer_to(200, R"({"expires_in":"3599","access_token":"abc"})");
  CHECK(answer.value == "abc");
  CHECK(answer.lifetime_seconds == 3599);
  CHECK(answer_to(200, R"({"expires_in":-1,"access_token":"abc"})").lifetime_seconds == 0);
}

TEST_CASE("an answer without a usable token is a refusal, and a cut off one is worth another try") {
  CHECK(answer_to(200, "{}").value.empty());
  CHECK_FALSE(answer_to(200, "{}").transient);
  CHECK(answer_to(200, R"({"access_token":"a b"})").value.empty());
  CHECK(answer_to(200, R"({"access_token":"a\r\nX: y"})").value.empty());
  CHECK(answer_to(200, R"({"access_token":"a)").transient);
  CHECK(answer_to(503, "").transient);
  CHECK(answer_to(400, R"({"error":"temporarily_unavailable"})").transient);
  CHECK(answer_to(400, R"({"error":"invalid_grant","error_description":"AADSTS50196: loop"})").transient);
}

TEST_CASE("a refusal with a known code says what to do, and the service's words are its details") {
  const auto answer = answer_to(
      401,
      R"({"error":"invalid_client","error_description":"AADSTS7000222: expired.\r\nTrace ID: 1\r\nTimestamp: 2"})");
  CHECK(answer.refusal ==
        "the client secret has expired; make a new one for the application and set SENTINEL_INCIDENTS_CLIENT_SECRET "
        "(AADSTS7000222)");
  CHECK(answer.details == "HTTP status 401, invalid_client: AADSTS7000222: expired. (Trace ID: 1 Timestamp: 2)");
  CHECK(answer_to(401, R"({"error":"invalid_client","error_description":"AADSTS1: x"})").refusal ==
        "HTTP status 401, invalid_client: AADSTS1: x");
  CHECK(hint_for("AADSTS70002220: x").empty());
  CHECK(hint_for("no code").empty());
  CHECK_FALSE(hint_for("AADSTS90002: x").empty());
}

TEST_CASE("a name that does not resolve is given up after half a minute, not after the whole budget") {
  FakeClock clock;
  common::HttpResponse unresolved = response(0, "");
  unresolved.unresolved = true;
  CHECK(take({unresolved}, clock).status == 69);
  CHECK(clock.elapsed() <= std::chrono::seconds(31));
}

TEST_CASE("refused credentials end with 77 at once, a silent service with 69 after its budget, a long wait with 75") {
  FakeClock clock;
  const Outcome refused = take({response(401, R"({"error":"invalid_client"})")}, clock);
  CHECK(refused.status == 77);
  CHECK(refused.requests == 1);
  CHECK(refused.message.find("a&b=c d") == std::string::npos);
  const Outcome silent = take({response(0, "")}, clock);
  CHECK(silent.status == 69);
  CHECK(silent.requests > 3);
  common::HttpResponse busy = response(429, "");
  busy.headers = {{"retry-after", "3600"}};
  CHECK(take({busy}, clock).status == 75);
  CHECK(take({response(404, "<html>")}, clock).status == 78);
  CHECK(take({response(302, "")}, clock).status == 78);
}

TEST_CASE("only what was tried again is said to be") {
  FakeClock clock;
  CHECK(take({response(401, R"({"error":"invalid_client"})")}, clock).message ==
        "no token from https://login.test: HTTP status 401, invalid_client");
  const std::string silent = take({response(503, "")}, clock).message;
  CHECK(silent.starts_with("no token from https://login.test (tried "));
  CHECK(silent.ends_with(" times): HTTP status 503"));
}

TEST_CASE("a token that comes after transient trouble expires counted from its own request") {
  FakeClock clock;
  const Outcome outcome =
      take({response(503, ""), response(200, R"({"expires_in":3600,"access_token":"abc"})")}, clock);
  CHECK(outcome.status == 0);
  CHECK(outcome.token.expires_at == clock.now() + std::chrono::seconds(3600));
  CHECK(record_text(outcome.token) == "{\"token_type\":\"Bearer\",\"access_token\":\"abc\",\"expires_at\":\"" +
                                          common::seconds_text(outcome.token.expires_at) + "\"}");
}

TEST_CASE("a fresh token is taken five minutes before expiry, but not before half the life is over") {
  using std::chrono::seconds;
  CHECK(renewal_delay(seconds(3'600)) == seconds(3'300));
  CHECK(renewal_delay(seconds(600)) == seconds(300));
  CHECK(renewal_delay(seconds(60)) == seconds(30));
  CHECK(renewal_delay(seconds(1)) == seconds(1));
}
