#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "tools/fetch-incidents/graph_client.hpp"
#include "tools/fetch-incidents/incident.hpp"
#include "tools/fetch-incidents/query.hpp"

namespace fetch_incidents {

/// What asking for one incident brought: the incident, or why it could not be had.
struct SingleAnswer {
  std::optional<Incident> incident = {};
  bool gone = false;             ///< Graph does not know the incident
  std::string error = {};
  std::string request_id = {};
};

/// Reads incidents one by one, whole: with the alerts that Graph gives on further pages.
class IncidentReader {
 public:
  IncidentReader(GraphClient& graph, const IncidentUrls& urls) : graph_(graph), urls_(urls) {}

  SingleAnswer read(std::string_view id);
  /// The incident with the alerts that its alerts@odata.nextLink leads to.
  SingleAnswer complete(Incident incident);

 private:
  GraphClient& graph_;
  const IncidentUrls& urls_;
};

}  // namespace fetch_incidents
