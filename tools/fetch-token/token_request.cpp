// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-token/token_request.hpp"

#include "common/http/http_retry.hpp"
#include "common/http/http_url.hpp"
#include "common/json/json_writer.hpp"
#include "common/program/failure.hpp"
#include "tools/fetch-token/token_answer.hpp"

namespace fetch_token {
namespace {

using common::ExitStatus;
using common::Failure;

/// Microsoft's usual lifetime, for an answer that names none.
constexpr std::chrono::seconds usual_lifetime{3'599};
constexpr std::chrono::seconds longest_lifetime{7 * 86'400};

bool is_redirect(const common::HttpResponse& response) { return response.status >= 300 && response.status < 400; }

ExitStatus status_of(const common::HttpResponse& response, const TokenAnswer& answer) {
  if (is_redirect(response) || (response.status == 404 && !answer.from_service)) return ExitStatus::settings;
  const bool answered_no = response.status == 400 || response.status == 401 || response.status == 403;
  return answered_no && answer.from_service ? ExitStatus::refused : ExitStatus::unavailable;
}

std::string advice(const common::HttpResponse& response, const TokenAnswer& answer) {
  if (is_redirect(response))
    return "; a redirect is not followed, so that the secret goes nowhere else: check SENTINEL_INCIDENTS_LOGIN_URL";
  if (response.status >= 400 && response.status < 500 && !answer.from_service) {
    return "; check that SENTINEL_INCIDENTS_LOGIN_URL is the login service, and whether a proxy stands in between";
  }
  return {};
}

[[noreturn]] void fail(ExitStatus status, const Credentials& credentials, const TokenAnswer& answer,
                       const std::string& advice, const std::string& tried = {}) {
  throw Failure(status, "no token from " + credentials.login_url + tried + ": " + answer.refusal + advice,
                answer.details);
}

Token token_of(const TokenAnswer& answer, common::Instant asked_at) {
  Token token;
  token.type = answer.type.empty() ? "Bearer" : answer.type;
  token.value = answer.value;
  token.lifetime = answer.lifetime_seconds > 0 ? std::chrono::seconds(answer.lifetime_seconds) : usual_lifetime;
  token.lifetime = std::min(token.lifetime, longest_lifetime);
  token.expires_at = asked_at + token.lifetime;
  return token;
}

}  // namespace

common::HttpRequest token_request(const Credentials& credentials, std::string& form) {
  using common::url_encode;
  form = "grant_type=client_credentials&client_id=" + url_encode(credentials.client_id) +
         "&scope=" + url_encode(credentials.api_origin + "/.default") +
         "&client_secret=" + url_encode(credentials.client_secret);
  return {.method = "POST",
          .url = credentials.login_url + "/" + url_encode(credentials.tenant) + "/oauth2/v2.0/token",
          .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
          .body = form};
}

Token take_token(const Credentials& credentials, const common::HttpSend& send, common::Clock& clock,
                 std::chrono::seconds budget, const Pause& pause, common::Log& log) {
  std::string form;
  const common::HttpRequest request = token_request(credentials, form);
  common::RetrySchedule schedule(budget, clock, static_cast<std::uint64_t>(clock.now().ticks));
  for (;;) {
    const common::Instant asked_at = clock.now();
    const common::HttpResponse response = send(request);
    if (response.cancelled) throw Failure(ExitStatus::done, "");
    const TokenAnswer answer = read_token_answer(response);
    if (!answer.value.empty()) return token_of(answer, asked_at);
    if (!answer.transient) fail(status_of(response, answer), credentials, answer, advice(response, answer));
    std::chrono::milliseconds wait{0};
    switch (schedule.next(response, wait)) {
      case common::RetrySchedule::Answer::again: break;
      case common::RetrySchedule::Answer::budget_used:
        fail(ExitStatus::unavailable, credentials, answer, "", schedule.tried());
      case common::RetrySchedule::Answer::wait_too_long:
        fail(ExitStatus::stopped_early, credentials, answer, "; " + common::wait_too_long(response));
    }
    log.warning_of_kind("retry", common::retry_notice("no token from " + credentials.login_url, wait, answer.refusal));
    if (!pause(wait)) throw Failure(ExitStatus::done, "");
  }
}

std::string record_text(const Token& token) {
  std::string text;
  common::JsonWriter(text)
      .begin_object()
      .member("token_type", token.type)
      .member("access_token", token.value)
      .member("expires_at", common::seconds_text(token.expires_at))
      .end_object();
  return text;
}

}  // namespace fetch_token
