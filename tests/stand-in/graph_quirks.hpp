// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tests/stand-in/graph_query.hpp"
#include "tests/stand-in/incidents.hpp"

namespace stand_in {

/// How Graph behaves as long as it is not told otherwise: lasting oddities, while single faults are ordered
/// through Faults. Each member has the same name in a scenario file and in `POST /graph`.
struct GraphQuirks {
  /// At most this many incidents a page, whatever $top says.
  std::size_t page_size = 50;
  /// nextLink by a snapshot's token instead of by an offset into the list as it is then.
  bool snapshot_paging = false;
  /// Answers 400 to $orderby.
  bool orderby_refused = false;
  /// Takes $orderby and ignores it.
  bool orderby_ignored = false;
  /// Incidents of one lastUpdateDateTime come in another order at each request, as no order among them is
  /// promised.
  bool unstable_ties = false;
  /// Answers 500 to $expand=alerts with a $top over this.
  std::optional<std::size_t> expand_limit;
  /// Ids whose alerts can never be read: every answer that would hold them is 500.
  std::set<std::string, std::less<>> failing_incidents;
  /// More alerts than this are given on pages of their own (alerts@odata.nextLink); 0: never.
  std::size_t alerts_page_size = 0;
  /// Values that read unknownFutureValue without `Prefer: include-unknown-enum-members`.
  std::set<std::string, std::less<>> evolvable_values = {"awaitingAction",
                                                         "microsoftSentinel",
                                                         "microsoftDefenderForCloud",
                                                         "microsoftInsiderRiskManagement",
                                                         "scheduledAlerts",
                                                         "nrtAlerts",
                                                         "mlAnalytics",
                                                         "customTi",
                                                         "microsoftThreatIntelligence"};

  /// Sets the members that the object names; throws std::runtime_error for one that does not exist.
  void set(const Json& settings);
};

/// The text with each string value out of the set replaced by "unknownFutureValue"; keys stay.
std::string with_unknown_values(std::string_view json, const std::set<std::string, std::less<>>& values);

/// The incident as JSON, its alerts cut to a page with a link to the rest where the quirks say so.
void render_incident(std::string& out, const Incident& incident, bool with_alerts, const GraphQuirks& quirks,
                     std::string_view graph_url);
/// One page of an incident's alerts, beginning with the given one.
std::string render_alerts_page(const Incident& incident, std::size_t first, const GraphQuirks& quirks,
                               std::string_view graph_url);

}  // namespace stand_in
