// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/graph/graph_client.hpp"

#include <algorithm>
#include <array>

#include "common/console/printable.hpp"
#include "common/http/http_retry.hpp"
#include "common/http/http_url.hpp"
#include "common/program/failure.hpp"
#include "common/uuid.hpp"
#include "tools/fetch-incidents/graph/graph_error.hpp"
#include "tools/fetch-incidents/graph/incident.hpp"

namespace fetch_incidents {
namespace {

using common::ExitStatus;
using common::Failure;
using common::HttpResponse;

constexpr int most_redirects = 5;
constexpr std::string_view check_origin =
    "; check SENTINEL_INCIDENTS_API_BASE_URL, and whether a proxy stands in between";

/// What a final answer means for the run, and what to do about it.
struct FinalStatus {
  long status;
  ExitStatus exit;
  std::string_view advice;
};
constexpr std::array final_statuses = {
    FinalStatus{400, ExitStatus::settings, "; check SENTINEL_INCIDENTS_INCIDENT_PATH and SENTINEL_INCIDENTS_FILTER"},
    FinalStatus{403, ExitStatus::refused,
                "; the application needs the application permission SecurityIncident.Read.All, with an administrator's "
                "consent"},
    FinalStatus{404, ExitStatus::settings,
                "; check SENTINEL_INCIDENTS_API_BASE_URL and SENTINEL_INCIDENTS_INCIDENT_PATH (not every national "
                "cloud has incidents)"},
};

constexpr std::string_view lasting_error =
    "; there is nothing to set right here: Graph, or a proxy on the way, has a fault. A later run goes on from there; "
    "if it "
    "lasts, look at Microsoft's service health";

/// How a request failed, in few words.
std::string trouble(const HttpResponse& response) {
  const bool incomplete = response.status == 200 || (response.status == 0 && !response.headers.empty());
  return incomplete ? "no whole answer from Graph" : "no answer from Graph";
}

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

/// The tries of one request.
struct GraphClient::Attempt {
  explicit Attempt(std::chrono::seconds budget, common::Clock& clock, std::string address)
      : schedule(budget, clock, static_cast<std::uint64_t>(clock.now().ticks)), url(std::move(address)) {}
  common::RetrySchedule schedule;
  std::string url;
  int redirects = 0;
  int server_errors = 0;
};

GraphClient::GraphClient(Options options, common::HttpSend send, TokenSource& tokens, RateLimit& rate,
                         common::Clock& clock, common::Log& log)
    : options_(std::move(options)), send_(std::move(send)), tokens_(tokens), rate_(rate), clock_(clock), log_(log) {}

bool GraphClient::is_own(std::string_view url) const {
  const auto parsed = common::parse_url(url);
  return parsed && parsed->same_origin(options_.origin);
}

void GraphClient::give_up() const {
  const int signal = options_.stop != nullptr ? options_.stop->received() : 0;
  throw Failure(signal != 0 ? static_cast<ExitStatus>(128 + signal) : ExitStatus::broken_pipe, "");
}

void GraphClient::await_turn() {
  if (options_.before_request) options_.before_request();
  if (!rate_.wait()) give_up();
}

HttpResponse GraphClient::send_once(const std::string& url, const std::string& token) {
  if (!is_own(url)) {
    throw Failure(ExitStatus::unavailable, "Graph's answer leads to another server, which is not asked: " +
                                               common::excerpt(url) + std::string(check_origin));
  }
  const std::string id = common::random_uuid();
  if (log_.enabled(common::LogLevel::debug)) log_.debug("GET " + url + " (client-request-id " + id + ")");
  std::string room = memory_->take();
  HttpResponse response = send_({.url = url,
                                 .headers = {{"Authorization", "Bearer " + token},
                                             {"Accept", "application/json"},
                                             {"Prefer", "include-unknown-enum-members"},
                                             {"client-request-id", id}},
                                 .body_buffer = &room});
  if (response.cancelled) give_up();
  return response;
}

void GraphClient::note_moment(const HttpResponse& response, common::Instant asked_at,
                              std::chrono::steady_clock::duration spent) {
  const auto date = common::parse_http_date(response.header("date"));
  if (token_worked_ || !date) return;
  // The Date is that of the answer, so the question came earlier, at most by the time that all of it took.
  first_asked_at_ = std::min(asked_at, *date - std::chrono::ceil<std::chrono::seconds>(spent));
}

/// Returns false, with the reason in `fault`, when the body is not what was asked for.
bool GraphClient::read(HttpResponse& response, const Reader& reader, std::string& fault) {
  try {
    reader(memory_->keep(std::move(response.body)));
    return true;
  } catch (const AnswerFault& error) {
    fault = std::string("the answer is cut off or is not Graph's (") + error.what() + ")" + std::string(check_origin);
    return false;
  }
}

/// Waits before the next try. Returns false when the budget is used up; throws instead when that is `final`.
bool GraphClient::wait_for_retry(Attempt& attempt, const HttpResponse& response, const std::string& text, bool final) {
  std::chrono::milliseconds wait{0};
  switch (attempt.schedule.next(response, wait)) {
    case common::RetrySchedule::Answer::again: break;
    case common::RetrySchedule::Answer::budget_used:
      if (!final) return false;
      if (response.status == 206) {
        throw Failure(ExitStatus::stopped_early,
                      "Graph sends partial answers only" + attempt.schedule.tried() + "; try later: " + text);
      }
      throw Failure(ExitStatus::unavailable, trouble(response) + attempt.schedule.tried() + ": " + text +
                                                 (response.status >= 500 ? std::string(lasting_error) : ""));
    case common::RetrySchedule::Answer::wait_too_long:
      throw Failure(ExitStatus::stopped_early,
                    trouble(response) + ": " + text + "; " + common::wait_too_long(response));
  }
  log_.warning_of_kind("retry", common::retry_notice(trouble(response), wait, text));
  if (!clock_.sleep(wait)) give_up();
  return true;
}

/// Tries once whether Graph lists any incident with this token.
bool GraphClient::lists_incidents(const std::string& token) {
  await_turn();
  return send_once(options_.listing, token).status == 200;
}

Answer GraphClient::get(const std::string& url, Patience patience, const Reader& reader) {
  if (!patience.one_incident) return ask(url, patience, reader);
  Answer answer;
  try {
    answer = ask(url, patience, reader);
  } catch (const Failure& failure) {
    const bool of_graph = failure.status() == ExitStatus::unavailable || failure.status() == ExitStatus::stopped_early;
    if (!of_graph || *failure.what() == '\0' || !lists_incidents(tokens_.current())) throw;
    return {Answer::Kind::client_error, 0, failure.what()};
  }
  const bool refused = answer.status == 403 || answer.status == 407;
  if (refused && !lists_incidents(tokens_.current())) fail(answer);
  return answer;
}

Answer GraphClient::ask(const std::string& url, Patience patience, const Reader& reader) {
  // The budget starts after the waits for the reader, the rate limit and the first token: Graph causes none of them.
  await_turn();
  std::string token = tokens_.current();
  Attempt attempt(options_.retry_budget, clock_, url);
  for (;; await_turn()) {
    const common::Instant asked_at = clock_.now();
    const auto started = clock_.steady();
    HttpResponse response = send_once(attempt.url, token);
    if (response.status == 401 && !(patience.one_incident && lists_incidents(token))) {
      token = tokens_.after_refusal(token, token_worked_);
      continue;
    }
    if (is_redirect(response.status) && ++attempt.redirects <= most_redirects) {
      attempt.url = common::resolve_url(attempt.url, response.header("location"));
      continue;
    }
    std::string fault;
    if (response.status == 200) note_moment(response, asked_at, clock_.steady() - started);
    token_worked_ = token_worked_ || response.status == 200;
    if (response.status == 200 && read(response, reader, fault)) return {.status = 200};

    GraphError error = read_graph_error(response);
    if (!fault.empty()) error.text = fault;
    if (response.status == 206) error.text += ", warning: " + common::excerpt(response.header("warning"));
    if (response.tls_failure) throw Failure(ExitStatus::unavailable, "no answer from Graph: " + error.text);
    // An answer may be cut off every time, for example by a proxy's size limit. As with a server error, a smaller page
    // may then get through.
    const bool cut_off = !fault.empty() || (response.status == 0 && !response.headers.empty());
    const bool server_error = response.status >= 500 || response.too_large || cut_off;
    const bool transient = common::is_transient(response) || response.status == 206 || !fault.empty();
    const auto kind = server_error ? Answer::Kind::server_error : Answer::Kind::client_error;
    const bool enough = server_error && patience.server_errors > 0 &&
                        (response.too_large || ++attempt.server_errors >= patience.server_errors);
    if (enough || (!transient && response.status != 0)) return {kind, response.status, error.text, error.request_id};
    if (!transient) throw Failure(ExitStatus::unavailable, "no answer from Graph that can be taken: " + error.text);
    const bool final = !server_error || patience.server_errors == 0;
    if (!wait_for_retry(attempt, response, error.text, final))
      return {kind, response.status, error.text, error.request_id};
    token = tokens_.current();
  }
}

void GraphClient::fail(const Answer& answer) const {
  for (const FinalStatus& row : final_statuses) {
    if (row.status == answer.status)
      throw Failure(row.status == 400 && token_worked_ ? ExitStatus::unavailable : row.exit,
                    "Graph refuses the request: " + answer.text + std::string(row.advice));
  }
  throw Failure(ExitStatus::unavailable, "Graph refuses the request: " + answer.text);
}

}  // namespace fetch_incidents
