// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "tools/fetch-incidents/graph/graph_client.hpp"
#include "tools/fetch-incidents/graph/incident.hpp"
#include "tools/fetch-incidents/graph/query.hpp"

namespace fetch_incidents {

/// The answer to a request for one incident: the incident, or why it could not be read.
struct SingleAnswer {
  std::optional<Incident> incident = {};
  bool gone = false;  ///< Graph does not know the incident
  std::string error = {};
  std::string request_id = {};
};

/// Reads incidents one by one, whole: with the alerts that Graph gives on further pages.
class IncidentReader {
 public:
  IncidentReader(GraphClient& graph, const IncidentUrls& urls) : graph_(graph), urls_(urls) {}

  /// Enough tries for a transient fault, and few enough that one broken incident does not delay the others for long.
  static constexpr Patience usual_patience{.server_errors = 5, .one_incident = true};

  /// Reads one incident. An answer older than `listed` is retried: it comes from a replica that lags behind the one
  /// that listed the incident.
  SingleAnswer read(std::string_view id, Patience patience = usual_patience,
                    std::optional<common::Instant> listed = {});
  /// The incident with the alerts that its alerts@odata.nextLink, an absolute URL, leads to. Links that go round, lead
  /// to another server or come to no end are this incident's failure.
  SingleAnswer complete(Incident incident, Patience patience = usual_patience);

 private:
  std::string_view fault_of(const std::string& link, std::unordered_set<std::string>& seen, std::size_t bytes) const;

  GraphClient& graph_;
  const IncidentUrls& urls_;
};

}  // namespace fetch_incidents
