// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/graph/query.hpp"

#include "common/http/http.hpp"
#include "common/http/http_url.hpp"

namespace fetch_incidents {

Bound bound_at(common::Instant at) {
  const bool whole = at.ticks % common::ticks_per_second == 0;
  return {at, whole ? common::seconds_text(at) : common::full_text(at)};
}

std::string IncidentUrls::page(const Question& question, std::size_t top, bool expanded) const {
  std::string filter =
      "lastUpdateDateTime " + std::string(question.from.exclusive ? "gt " : "ge ") + question.from.text;
  if (question.until) filter += " and lastUpdateDateTime lt " + bound_at(*question.until).text;
  if (!filter_.empty()) filter += " and (" + filter_ + ")";
  std::string url = collection_ + "?$filter=" + common::url_encode(filter);
  if (question.ordered) url += "&$orderby=lastUpdateDateTime%20asc";
  if (question.counted) url += "&$count=true";
  if (question.skip > 0) url += "&$skip=" + std::to_string(question.skip);
  url += "&$top=" + std::to_string(top);
  if (expanded) url += "&$expand=alerts";
  return url;
}

std::string IncidentUrls::listing() const { return collection_ + "?$top=1"; }

std::string IncidentUrls::single(std::string_view id) const {
  return collection_ + "/" + common::url_encode(id) + "?$expand=alerts";
}

}  // namespace fetch_incidents
