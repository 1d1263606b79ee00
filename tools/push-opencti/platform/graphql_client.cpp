// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/graphql_client.hpp"
#include "common/http/http_retry.hpp"

#include <algorithm>

#include "common/console/printable.hpp"

namespace push_opencti {

namespace {

// For AUTH_REQUIRED and the like: enough tries to survive a starting platform, few enough to fail soon.
constexpr int brief_tries = 3;
// The platform's answers are short; the longest hold a connector's state.
constexpr std::size_t most_answer = 16u << 20;

class HttpTransport : public Transport {
 public:
  HttpTransport(const Endpoint& endpoint, common::HttpOptions options, common::Log& log)
      : client_(std::move(options), log) {
    request_.method = "POST";
    request_.url = endpoint.url;
    while (request_.url.ends_with('/')) request_.url.pop_back();
    request_.url += "/graphql";
    request_.headers = endpoint.extra_headers;
    request_.headers.emplace_back("Authorization", "Bearer " + endpoint.token);
    request_.headers.emplace_back("Content-Type", "application/json");
    request_.headers.emplace_back("Accept", "application/json");
  }

  common::HttpResponse post(std::string_view body, bool once) override {
    request_.body = body;
    request_.once = once;
    return client_.send(request_);
  }

 private:
  common::HttpClient client_;
  common::HttpRequest request_;
};

Answer read_answer_to(const Operation& operation, const common::HttpResponse& response) {
  Answer answer = read_answer(response);
  if (!answer.ok() || operation.needed.empty() || has_field(answer, operation.needed)) return answer;
  return {AnswerKind::again_briefly, "HTTP status 200", "the answer does not hold " + std::string(operation.needed)};
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_header_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_header_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
}

// Whether the platform may have carried out a request whose answer did not come: the connection broke, or a proxy gave
// up waiting.
bool may_be_done(const common::HttpResponse& response) {
  return response.status == 0 || response.status == 502 || response.status == 504;
}

}  // namespace

Connect connect_over_http(Endpoint endpoint, common::Log& log) {
  return [endpoint = std::move(endpoint), &log](std::chrono::milliseconds limit, common::StopSignal* stop) {
    common::HttpOptions options;
    options.verify_tls = endpoint.verify_tls;
    options.ca = endpoint.ca;
    options.connect_timeout = std::min(options.connect_timeout, limit);
    // While its RabbitMQ is down the platform keeps a push waiting, so silence alone is no failure.
    options.stall_timeout = std::chrono::ceil<std::chrono::seconds>(limit);
    options.total_timeout = limit;
    options.max_body = most_answer;
    options.stop = stop;
    return std::make_unique<HttpTransport>(endpoint, std::move(options), log);
  };
}

common::HttpHeaders parse_custom_headers(std::string_view text, common::Log& log) {
  common::HttpHeaders headers;
  while (!text.empty()) {
    const std::size_t semicolon = text.find(';');
    const std::string_view pair = text.substr(0, semicolon);
    text = semicolon == std::string_view::npos ? std::string_view{} : text.substr(semicolon + 1);
    if (trimmed(pair).empty()) continue;
    const std::size_t colon = pair.find(':');
    const std::string_view name = trimmed(pair.substr(0, colon));
    const std::string_view value =
        colon == std::string_view::npos ? std::string_view{} : trimmed(pair.substr(colon + 1));
    if (colon == std::string_view::npos || !is_header_name(name) || !is_header_value(value)) {
      log.warning(
          "OPENCTI_CUSTOM_HEADERS (config.yml: opencti.custom_headers): a part is not of the form name:value and is "
          "left out");
      continue;
    }
    log.add_secret(std::string(value));
    headers.emplace_back(name, value);
  }
  return headers;
}

GraphqlClient::GraphqlClient(std::unique_ptr<Transport> transport, common::Clock& clock, common::Log& log,
                             Patience patience)
    : transport_(std::move(transport)), clock_(clock), log_(log), patience_(patience) {}

std::string GraphqlClient::body(const Operation& operation, const Variables& variables) {
  std::string out;
  common::JsonWriter json(out);
  json.begin_object().member("query", operation.text).key("variables").begin_object();
  if (variables) variables(json);
  json.end_object().end_object();
  return out;
}

common::HttpResponse GraphqlClient::send(const Operation& operation, std::string_view body) {
  const auto start = std::chrono::steady_clock::now();
  common::HttpResponse response = transport_->post(body, operation.once);
  if (log_.enabled(common::LogLevel::debug)) {
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    log_.debug(std::string(operation.name) + " with " + common::counted(body.size(), "byte") + ": " +
               (response.status == 0 ? "no answer" : "status " + std::to_string(response.status)) + " in " +
               std::to_string(spent.count()) + " ms");
  }
  return response;
}

Answer GraphqlClient::ask_once(const Operation& operation, std::string_view body) {
  return read_answer_to(operation, send(operation, body));
}

Answer GraphqlClient::ask(const Operation& operation, std::string_view body) {
  return ask_until_final(operation, [&](int) { return send(operation, body); });
}

Answer GraphqlClient::ask_anew(const Operation& operation,
                               const std::function<std::string(int unanswered)>& make_body) {
  return ask_until_final(operation, [&](int unanswered) { return send(operation, make_body(unanswered)); });
}

Answer GraphqlClient::ask_until_final(const Operation& operation,
                                      const std::function<common::HttpResponse(int unanswered)>& send) {
  common::RetrySchedule schedule(patience_.budget, clock_, patience_.seed);
  int unanswered = 0;
  for (int tries = 1;; ++tries) {
    const common::HttpResponse response = send(unanswered);
    if (may_be_done(response)) ++unanswered;
    Answer answer = read_answer_to(operation, response);
    const bool transient =
        answer.kind == AnswerKind::again || (answer.kind == AnswerKind::again_briefly && tries < brief_tries);
    answer.tried = schedule.tried();
    if (!transient) return answer;
    std::chrono::milliseconds wait{0};
    const auto next = schedule.next(response, wait);
    if (next == common::RetrySchedule::Answer::wait_too_long) answer.kind = AnswerKind::asked_to_wait;
    if (next != common::RetrySchedule::Answer::again) return answer;
    log_.warning_of_kind(
        "retry " + std::string(operation.name),
        common::retry_notice("no answer from OpenCTI to " + std::string(operation.name), wait, reason_of(answer)));
    if (!clock_.sleep(wait)) return {AnswerKind::cancelled, "", "given up, since the tool was asked to stop"};
  }
}

namespace {

// The message for a kind of answer: what happened before the operation's name, advice after the platform's own words.
struct Failing {
  std::string_view what;  ///< before the operation's name
  std::string_view advice;
};

Failing failing(const Answer& answer) {
  if (exit_status(answer) == common::ExitStatus::refused) {
    return {"OpenCTI refuses ", "; check OPENCTI_TOKEN and that its user has the role Connector"};
  }
  switch (answer.kind) {
    case AnswerKind::wrong_address:
      return {"OPENCTI_URL is not the address of an OpenCTI that takes ", "; check OPENCTI_URL"};
    case AnswerKind::asked_to_wait:
      return {"OpenCTI asks for a longer wait than SENTINEL_INCIDENTS_RETRY_BUDGET leaves, for ", "; try later"};
    case AnswerKind::again:
    case AnswerKind::again_briefly:
      if (answer.answered) return {"OpenCTI, or a proxy before it, fails at ", "; look at their logs, and try later"};
      return {"no answer from OpenCTI to ", "; check that OpenCTI runs, OPENCTI_URL, and the way there"};
    default: return {"OpenCTI refuses ", {}};
  }
}

}  // namespace

void fail(const Operation& operation, const Answer& answer) {
  if (answer.kind == AnswerKind::cancelled) throw common::Failure(exit_status(answer), "");
  const auto [what, advice] = failing(answer);
  std::string message(what);
  message.append(operation.name).append(answer.tried).append(": ").append(reason_of(answer)).append(advice);
  throw common::Failure(exit_status(answer), message);
}

}  // namespace push_opencti
