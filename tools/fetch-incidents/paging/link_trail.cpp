// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/paging/link_trail.hpp"

#include "common/console/printable.hpp"
#include "common/program/failure.hpp"

namespace fetch_incidents {
namespace {

/// Graph may return empty pages with a nextLink when a filter matches little of what it searches.
constexpr std::size_t most_idle_pages = 1'000;

}  // namespace

void LinkTrail::follow(const Page& page, std::size_t found) {
  if (!page.next_link.empty() && !links_.insert(page.next_link).second) {
    throw common::Failure(common::ExitStatus::stopped_early,
                          "Graph's pages go round in a circle: the same nextLink came again; try later: " +
                              common::excerpt(page.next_link));
  }
  if (++pages_ > most_idle_pages + found) {
    throw common::Failure(
        common::ExitStatus::stopped_early,
        "Graph's pages come to no end, and bring no further incidents; try later: " + common::excerpt(page.next_link));
  }
}

}  // namespace fetch_incidents
