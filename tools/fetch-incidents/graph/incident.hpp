// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.hpp"
#include "tools/fetch-incidents/graph/page_memory.hpp"

namespace fetch_incidents {

/// An answer is not what was asked for; says why.
class AnswerFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What becomes of an incident that was read.
enum class Fate {
  whole,   ///< it can be written
  moved,   ///< it changed while it was read, and comes again at its new place in the order
  failed,  ///< Graph listed it, but it could not be read
};

/// One incident as Graph sent it, and what fetching must know of it.
struct Incident {
  std::string id;                     ///< "" when it has none
  std::string last_update;            ///< lastUpdateDateTime as written; "" when it has none
  std::optional<common::Instant> at;  ///< the same as a time; none when it cannot be read
  std::string alerts_next_link;       ///< alerts@odata.nextLink; "" when all alerts are there
  std::string_view text;              ///< the JSON object, white space included; lives in `keep`
  SharedText keep;
  bool compact = false;   ///< there is no white space between the tokens of `text`
  bool repaired = false;  ///< `text` has U+FFFD in place of invalid UTF-8
  Fate fate = Fate::whole;
  std::string error;       ///< why it failed
  std::string request_id;  ///< of the failed request
};

/// Makes the incident's alerts_next_link absolute; `base` is the URL that the incident came from.
void resolve_link(Incident& incident, std::string_view base);

/// Whether one of them changed while it was read. A range must not end with these, or that one would be missing.
bool any_moved(const std::vector<Incident>& incidents);
/// The latest of their times; nothing when none can be read.
std::optional<common::Instant> latest_of(const std::vector<Incident>& incidents);

/// One page of incidents.
struct Page {
  std::vector<Incident> incidents;
  std::string next_link;              ///< "" for none
  std::optional<std::int64_t> count;  ///< @odata.count
  std::size_t unreadable = 0;         ///< elements of `value` that are no objects
  bool full = false;                  ///< it holds as many incidents as were asked for
  bool expanded = true;               ///< it was asked for with alerts
  bool disordered = false;            ///< as listed, it did not ascend as asked
  /// Whether Graph may hold more for the same question.
  bool more() const { return full || !next_link.empty(); }
};

/// Splits a page into its incidents, whose text stays as it was sent. `asked` is the $top of the request. Throws
/// AnswerFault when the body is not a complete page.
Page split_page(SharedText body, std::size_t asked);
Page split_page(std::string body, std::size_t asked);

/// Reads the answer to a request for one incident, without its @odata.context. Throws AnswerFault.
Incident read_single(std::string_view body);

/// One page of an incident's further alerts: `{"value":[…]}`.
struct AlertsPage {
  std::string alerts;  ///< the elements' JSON, joined by commas; "" for none
  std::string next_link;
};
AlertsPage split_alerts_page(std::string_view body);

/// The incident with further alerts (elements joined by commas) at the end of its `alerts`, and without
/// alerts@odata.nextLink.
Incident with_alerts(const Incident& incident, std::string_view alerts);

}  // namespace fetch_incidents
