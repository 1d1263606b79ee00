#include "tools/fetch-incidents/incident_reader.hpp"

#include <unordered_set>

#include "common/failure.hpp"
#include "common/printable.hpp"

namespace fetch_incidents {
namespace {

/// Enough for a passing fault, few enough that one broken incident does not hold up the others for long.
constexpr Patience single_patience{5};

SingleAnswer failed(const Answer& answer) {
  return {.gone = answer.status == 404 || answer.status == 410, .error = answer.text, .request_id = answer.request_id};
}

/// Refused rights concern every incident, so they end the run.
bool ends_run(const Answer& answer) {
  return answer.kind == Answer::Kind::client_error && answer.status != 404 && answer.status != 410 && answer.status != 400;
}

}  // namespace

SingleAnswer IncidentReader::read(std::string_view id) {
  SingleAnswer result;
  const Answer answer = graph_.get(urls_.single(id), single_patience,
                                   [&](const SharedText& body) { result.incident = read_single(*body); });
  if (answer.kind != Answer::Kind::good) {
    if (ends_run(answer)) graph_.fail(answer);
    return failed(answer);
  }
  return complete(std::move(*result.incident));
}

SingleAnswer IncidentReader::complete(Incident incident) {
  std::string alerts;
  std::unordered_set<std::string> seen;
  for (std::string link = incident.alerts_next_link; !link.empty();) {
    if (!seen.insert(link).second) {
      throw common::Failure(common::ExitStatus::stopped_early,
                            "Graph's pages of alerts go round in a circle (incident " + incident.id + "); try later: " + common::excerpt(link));
    }
    AlertsPage page;
    const Answer answer = graph_.get(link, single_patience, [&](const SharedText& body) { page = split_alerts_page(*body); });
    if (answer.kind != Answer::Kind::good) {
      if (ends_run(answer)) graph_.fail(answer);
      SingleAnswer result = failed(answer);
      result.gone = false;  // the page of alerts has gone, not the incident
      return result;
    }
    if (!page.alerts.empty()) alerts += (alerts.empty() ? "" : ",") + page.alerts;
    link = page.next_link;
  }
  return {.incident = incident.alerts_next_link.empty() ? std::move(incident) : with_alerts(incident, alerts)};
}

}  // namespace fetch_incidents
