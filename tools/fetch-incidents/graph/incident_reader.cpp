// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/graph/incident_reader.hpp"

#include "common/console/printable.hpp"
#include "common/http/http.hpp"

namespace fetch_incidents {
namespace {

/// Limit for one incident's alerts: links without end must not hold up the other incidents for ever.
constexpr std::size_t most_pages = 1'000;

SingleAnswer failed(const Answer& answer) {
  return {.gone = answer.status == 404 || answer.status == 410, .error = answer.text, .request_id = answer.request_id};
}

}  // namespace

SingleAnswer IncidentReader::read(std::string_view id, Patience patience, std::optional<common::Instant> listed) {
  SingleAnswer result;
  const Answer answer = graph_.get(urls_.single(id), patience, [&](const SharedText& body) {
    result.incident = read_single(*body);
    const bool outdated = listed && result.incident->at && *result.incident->at < *listed;
    if (outdated) throw AnswerFault("the incident is of an older version than its listing");
  });
  if (answer.kind != Answer::Kind::good) return failed(answer);
  resolve_link(*result.incident, urls_.single(id));
  return complete(std::move(*result.incident), patience);
}

SingleAnswer IncidentReader::complete(Incident incident, Patience patience) {
  std::string alerts;
  std::unordered_set<std::string> seen;
  for (std::string link = incident.alerts_next_link; !link.empty();) {
    if (const std::string_view fault = fault_of(link, seen, alerts.size()); !fault.empty()) {
      return {.error = std::string(fault) + ": " + common::excerpt(link)};
    }
    AlertsPage page;
    const Answer answer = graph_.get(link, patience, [&](const SharedText& body) { page = split_alerts_page(*body); });
    if (answer.kind != Answer::Kind::good) {
      SingleAnswer result = failed(answer);
      result.gone = false;  // only the page of alerts is gone
      return result;
    }
    if (!page.alerts.empty()) alerts += (alerts.empty() ? "" : ",") + page.alerts;
    link = page.next_link.empty() ? "" : common::resolve_url(link, page.next_link);
  }
  return {.incident = incident.alerts_next_link.empty() ? std::move(incident) : with_alerts(incident, alerts)};
}

/// Returns why a link to further alerts is not followed, or "". `bytes` is the size of the alerts read so far.
std::string_view IncidentReader::fault_of(const std::string& link, std::unordered_set<std::string>& seen,
                                          std::size_t bytes) const {
  if (!graph_.is_own(link))
    return "the link to its further alerts leads to another server, which gets neither the request nor the token";
  if (!seen.insert(link).second) return "the links to its further alerts go round in a circle";
  if (seen.size() > most_pages || bytes > common::HttpOptions{}.max_body)
    return "the links to its further alerts come to no end";
  return {};
}

}  // namespace fetch_incidents
