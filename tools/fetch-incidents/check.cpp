// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/check.hpp"

#include <optional>

#include "common/http/http_check.hpp"
#include "common/http/http_url.hpp"
#include "common/records/rejects.hpp"
#include "tools/fetch-incidents/graph/graph_client.hpp"
#include "tools/fetch-incidents/graph/page_reader.hpp"
#include "tools/fetch-incidents/token/token_claims.hpp"
#include "tools/fetch-incidents/token/token_source.hpp"

namespace fetch_incidents {
namespace {

using common::CheckReport;
using common::ExitStatus;
using common::Failure;

constexpr std::string_view start_step = "start of the range";
constexpr std::string_view failed_step = "file of failed incidents";
constexpr std::string_view token_step = "Graph token";
constexpr std::string_view permission_step = "Graph permission";
constexpr std::string_view incident_step = "Graph incidents";
constexpr std::string_view how_to_permit =
    "; give the application the application permission SecurityIncident.Read.All of Microsoft Graph, with an "
    "administrator's consent";

/// Opens the file of --failed as a run would: only that tells whether it can be written.
void check_failed_file(CheckReport& report, const RunSettings& settings, common::Log& log) {
  if (!settings.failed_file) return;
  try {
    const common::Rejects file(settings.failed_file, false, log);
    report.ok(failed_step, *settings.failed_file + " can be written");
  } catch (const Failure& failure) {
    report.failed(failed_step, failure);
  }
}

std::string origin_address(const common::Url& origin) {
  const int usual_port = origin.scheme == "https" ? 443 : 80;
  return origin.scheme + "://" + origin.host + (origin.port == usual_port ? "" : ":" + std::to_string(origin.port));
}

std::optional<std::string> first_token(CheckReport& report, TokenSource& tokens) {
  try {
    return tokens.current();
  } catch (const Failure& failure) {
    if (tokens.nothing_came()) {
      report.skipped(token_step, failure.status(), "no token came on standard input; see what should write it");
      return {};
    }
    if (*failure.what() == '\0') throw;  // a signal, or output that nobody reads: no finding
    report.failed(token_step, failure);
    return {};
  }
}

/// What reading one incident came to.
struct Trial {
  std::string text;                ///< where it worked
  std::optional<Failure> failure;  ///< where it did not
};

/// One page of one incident with its alerts, in no order: whether $orderby works does not matter here.
Trial read_one(const RunSettings& settings, GraphClient& graph) {
  const IncidentUrls urls(settings.collection, settings.filter, settings.filter_name);
  try {
    Page page;
    const auto reader = [&page](const SharedText& body) { page = split_page(body, 1); };
    const Answer answer = graph.get(urls.page({.from = settings.start.from, .ordered = false}, 1, true), {}, reader);
    if (answer.kind != Answer::Kind::good) fail_over_question(graph, urls, answer);
    if (page.incidents.empty()) return {"can be read; there is none since " + settings.start.from.text, {}};
    return {"incident " + page.incidents.front().id + " can be read", {}};
  } catch (const Failure& failure) {
    if (*failure.what() == '\0') throw;
    return {{}, failure};
  }
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

/// Graph has the last word: what the token says only explains it.
void report_permission(CheckReport& report, const std::string& token, bool readable) {
  const auto claims = read_claims(token);
  if (!claims) return report.skipped(permission_step, "the token does not say what it permits; Graph decides");
  std::string text = claims->scopes.empty() ? "the token has the roles " + listed(claims->roles)
                                            : "the token has the scopes " + listed(claims->scopes);
  if (!claims->application.empty()) text += " (application " + claims->application + ")";
  if (may_read_incidents(*claims)) return report.ok(permission_step, text);
  if (readable)
    return report.warning(permission_step, text + ", not SecurityIncident.Read.All, yet Graph lets it read incidents");
  report.failed(permission_step, ExitStatus::refused,
                text + ", not SecurityIncident.Read.All" + std::string(how_to_permit));
}

}  // namespace

ExitStatus check(RunSettings settings, common::Clock& clock, const common::StopSignal& stop, common::Log& log) {
  TokenSource tokens({.file = settings.token_file, .patience = std::chrono::seconds{1}, .stop = &stop}, clock, log);
  common::use_short_timeouts(settings.http);
  common::HttpClient client(settings.http, log);
  const auto send = [&client](const common::HttpRequest& request) { return client.send(request); };
  CheckReport report(log);
  if (!settings.start.warning.empty()) report.warning(start_step, settings.start.warning);
  check_failed_file(report, settings, log);
  if (!common::check_peer(report, send, clock, "Graph", origin_address(settings.origin))) {
    report.skipped(incident_step, "Graph cannot be reached");
    return report.status();
  }
  const auto token = first_token(report, tokens);
  if (!token) {
    report.skipped(incident_step, "there is no token");
    return report.status();
  }
  RateLimit rate(0, clock);
  GraphClient graph({.origin = settings.origin, .retry_budget = std::chrono::seconds{0}, .stop = &stop}, send, tokens,
                    rate, clock, log);
  const Trial trial = read_one(settings, graph);
  report_permission(report, *token, !trial.failure);
  if (trial.failure) {
    report.failed(incident_step, *trial.failure);
  } else {
    report.ok(incident_step, trial.text);
  }
  return report.status();
}

}  // namespace fetch_incidents
