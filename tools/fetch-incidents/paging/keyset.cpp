// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/paging/keyset.hpp"

#include <algorithm>

#include "common/program/failure.hpp"

namespace fetch_incidents {
namespace {

using common::ExitStatus;
using common::Failure;

constexpr int most_passes = 5;

/// Whether two readings found the same versions of the same incidents.
bool same_incidents(const Page& a, const Page& b) {
  return std::equal(
      a.incidents.begin(), a.incidents.end(), b.incidents.begin(), b.incidents.end(),
      [](const Incident& x, const Incident& y) { return x.id == y.id && x.last_update == y.last_update; });
}

Bound bound_of(const Incident& incident, bool exclusive) {
  Bound bound = bound_at(*incident.at);
  // As Graph wrote it, unless the incident has no readable time and took that of its neighbour.
  if (common::parse_instant(incident.last_update)) bound.text = incident.last_update;
  bound.exclusive = exclusive;
  return bound;
}

}  // namespace

/// Throws OrderBroken unless times ascend within the range. An incident without a readable time takes that of the one
/// before.
void KeysetPaging::check_order(Page& page, const Bound& bound) const {
  if (page.disordered) throw OrderBroken{};
  common::Instant previous = bound.at;
  for (Incident& incident : page.incidents) {
    if (!incident.at) incident.at = previous;
    if (*incident.at < previous || (until_ && *incident.at >= *until_)) throw OrderBroken{};
    previous = *incident.at;
  }
}

void KeysetPaging::order_refused(const Bound& bound) {
  pages_.require_refusal_of_order(question(bound));
  throw OrderBroken{};
}

/// The next page, or nothing when its link cannot be followed.
std::optional<Page> KeysetPaging::next_page(const Page& page, const Bound& bound, Walk& walk) {
  walk.trail.follow(page, walk.ids.size());
  walk.incidents += page.incidents.size() + page.unreadable;
  std::optional<Page> next = pages_.follow(page, question(bound), walk.incidents);
  if (next) check_order(*next, bound);
  return next;
}

/// Asks from the bound on, and follows nextLinks across empty pages. Returns nothing when a link cannot be followed.
std::optional<Page> KeysetPaging::walk_to_incidents(const Bound& bound, bool& walked) {
  Walk walk;
  std::optional<Page> page = pages_.read(question(bound));
  if (!page) order_refused(bound);
  check_order(*page, bound);
  walked = false;
  while (page && page->incidents.empty() && !page->next_link.empty()) {
    walked = true;
    page = next_page(*page, bound, walk);
  }
  return page;
}

/// The first page with incidents. If empty pages came before it, it is read until two readings agree.
Page KeysetPaging::first_page(const Bound& bound) {
  std::optional<Page> before;
  for (int pass = 0; pass < most_passes; ++pass) {
    bool walked = false;
    std::optional<Page> page = walk_to_incidents(bound, walked);
    if (page && (!walked || (before && same_incidents(*before, *page)))) return std::move(*page);
    before = std::move(page);
  }
  throw Failure(ExitStatus::stopped_early,
                "Graph's pages from " + bound.text + " on change at each reading; try later");
}

/// Walks over all incidents of one time and returns their ids, or nothing when the walk did not reach its end.
std::optional<std::set<std::string>> KeysetPaging::tie_pass(const Bound& tie) {
  Walk walk;
  std::optional<Page> page = pages_.read(question(tie));
  if (!page) order_refused(tie);
  check_order(*page, tie);
  for (;;) {
    bool beyond = false;
    for (Incident& incident : page->incidents) {
      beyond = *incident.at > tie.at;
      if (beyond) break;
      walk.ids.insert(incident.id);
      emitter_.take(std::move(incident));
    }
    emitter_.commit();
    if (beyond || !page->more()) return std::move(walk.ids);
    page = next_page(*page, tie, walk);
    if (!page) return {};
  }
}

void KeysetPaging::read_tie(const Bound& tie) {
  std::optional<std::set<std::string>> before;
  for (int pass = 0; pass < most_passes; ++pass) {
    std::optional<std::set<std::string>> ids = tie_pass(tie);
    if (ids && before && *ids == *before) return;
    before = std::move(ids);
  }
  throw Failure(ExitStatus::stopped_early,
                "the incidents of lastUpdateDateTime " + tie.text + " change at each reading; try later");
}

std::optional<Bound> KeysetPaging::run(Bound from) {
  Bound bound = std::move(from);
  int moved_ends = 0;  // last pages in a row with an incident that changed while it was read
  try {
    for (;;) {
      Page page = first_page(bound);
      if (page.incidents.empty() && !page.more()) return {};
      if (page.incidents.empty()) {
        throw Failure(ExitStatus::stopped_early, "Graph's page from " + bound.text +
                                                     " on holds nothing that can be read; try later, and if it stays "
                                                     "so use --until and --since to pass over that time");
      }
      const bool more = page.more();
      const bool tied = more && *page.incidents.front().at == *page.incidents.back().at;
      const bool stuck = more && *page.incidents.back().at == bound.at;
      if (stuck && bound.exclusive) {
        throw Failure(ExitStatus::stopped_early, "Graph was asked for incidents later than " + bound.text +
                                                     " and answers with that time again and again; try later");
      }
      const bool moved_end = !more && any_moved(page.incidents);
      moved_ends = moved_end ? moved_ends + 1 : 0;
      if (moved_ends > most_passes) {
        throw Failure(ExitStatus::stopped_early,
                      "Graph's incidents from " + bound.text + " on change at each reading; try later");
      }
      const Bound last = bound_of(page.incidents.back(), false);
      for (Incident& incident : page.incidents) emitter_.take(std::move(incident));
      emitter_.commit();
      page = {};  // release its text before the next page is read
      if (!more && !moved_end) return {};
      bound = last;
      if (tied || stuck) {
        read_tie(last);
        bound.exclusive = true;
      }
    }
  } catch (const OrderBroken&) {
    log_.warning("Graph does not keep the order that was asked for; reading on by windows of time from " + bound.text);
    return bound;
  }
}

}  // namespace fetch_incidents
