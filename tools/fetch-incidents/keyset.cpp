#include "tools/fetch-incidents/keyset.hpp"

#include <algorithm>

#include "common/failure.hpp"

namespace fetch_incidents {
namespace {

using common::ExitStatus;
using common::Failure;

constexpr int most_passes = 5;

/// Whether two readings found the same versions of the same incidents.
bool same_incidents(const Page& a, const Page& b) {
  return std::equal(a.incidents.begin(), a.incidents.end(), b.incidents.begin(), b.incidents.end(),
                    [](const Incident& x, const Incident& y) { return x.id == y.id && x.last_update == y.last_update; });
}

Bound bound_of(const Incident& incident, bool exclusive) {
  Bound bound = bound_at(*incident.at);
  // Graph's own words, unless the time came from a neighbour because the incident has none.
  if (common::parse_instant(incident.last_update)) bound.text = incident.last_update;
  bound.exclusive = exclusive;
  return bound;
}

}  // namespace

/// Throws OrderBroken unless times ascend within the range. An incident without a readable time takes that of the one before.
void KeysetPaging::check_order(Page& page, const Bound& bound) const {
  common::Instant previous = bound.at;
  for (Incident& incident : page.incidents) {
    if (!incident.at) incident.at = previous;
    if (*incident.at < previous || (until_ && *incident.at >= *until_)) throw OrderBroken{};
    previous = *incident.at;
  }
}

/// The page behind nextLink, or nothing when it cannot be had. A link that was followed before never ends.
std::optional<Page> KeysetPaging::next_page(const Page& page, const Bound& bound, std::unordered_set<std::string>& links) {
  if (!links.insert(page.next_link).second) {
    throw Failure(ExitStatus::stopped_early, "Graph's pages go round in a circle: the same nextLink came again: " +
                                                 page.next_link.substr(0, 300));
  }
  std::optional<Page> next = pages_.follow(page, question(bound));
  if (next) check_order(*next, bound);
  return next;
}

/// Asks from the bound on, and follows nextLink over empty pages. Nothing when a link does not hold.
std::optional<Page> KeysetPaging::walk_to_incidents(const Bound& bound, bool& walked) {
  std::unordered_set<std::string> links;
  std::optional<Page> page = pages_.read(question(bound));
  if (!page) throw OrderBroken{};
  check_order(*page, bound);
  walked = false;
  while (page && page->incidents.empty() && !page->next_link.empty()) {
    walked = true;
    page = next_page(*page, bound, links);
  }
  return page;
}

/// The first page that holds incidents. One that was reached over empty pages by nextLink is read until two readings agree.
Page KeysetPaging::first_page(const Bound& bound) {
  std::optional<Page> before;
  for (int pass = 0; pass < most_passes; ++pass) {
    bool walked = false;
    std::optional<Page> page = walk_to_incidents(bound, walked);
    if (page && (!walked || (before && same_incidents(*before, *page)))) return std::move(*page);
    before = std::move(page);
  }
  throw Failure(ExitStatus::stopped_early, "Graph's pages from " + bound.text + " on change at each reading; try later");
}

/// One reading of all incidents of one time, by nextLink. False when it could not be read to its end.
bool KeysetPaging::tie_pass(const Bound& tie, std::size_t& unseen) {
  std::unordered_set<std::string> links;
  std::optional<Page> page = pages_.read(question(tie));
  if (!page) throw OrderBroken{};
  check_order(*page, tie);
  for (;;) {
    bool beyond = false;
    for (Incident& incident : page->incidents) {
      beyond = *incident.at > tie.at;
      if (beyond) break;
      if (emitter_.take(std::move(incident))) ++unseen;
    }
    emitter_.commit();
    if (beyond || !page->more()) return true;
    if (page->next_link.empty()) {
      throw Failure(ExitStatus::stopped_early, "more incidents than a page holds share lastUpdateDateTime " + tie.text +
                                                   ", and Graph gives no nextLink to the others; try a larger --top");
    }
    page = next_page(*page, tie, links);
    if (!page) return false;
  }
}

void KeysetPaging::read_tie(const Bound& tie) {
  for (int pass = 0; pass < most_passes; ++pass) {
    std::size_t unseen = 0;
    if (tie_pass(tie, unseen) && unseen == 0) return;
  }
  throw Failure(ExitStatus::stopped_early, "the incidents of lastUpdateDateTime " + tie.text +
                                               " change at each reading; try later");
}

std::optional<Bound> KeysetPaging::run(Bound from) {
  Bound bound = std::move(from);
  try {
    for (;;) {
      Page page = first_page(bound);
      if (page.incidents.empty() && !page.more()) return {};
      if (page.incidents.empty()) {
        throw Failure(ExitStatus::stopped_early, "Graph's page from " + bound.text + " on holds nothing that can be read");
      }
      const bool more = page.more();
      const bool tied = more && *page.incidents.front().at == *page.incidents.back().at;
      const bool stuck = more && *page.incidents.back().at == bound.at;
      if (stuck && bound.exclusive) {
        throw Failure(ExitStatus::stopped_early, "Graph was asked for incidents later than " + bound.text +
                                                     " and answers with that time again and again; try later");
      }
      const Bound last = bound_of(page.incidents.back(), false);
      for (Incident& incident : page.incidents) emitter_.take(std::move(incident));
      emitter_.commit();
      page = {};  // its text goes before the next page comes
      if (!more) return {};
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
