// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <limits>
#include <tuple>

#include "tests/stand-in/graph.hpp"

namespace stand_in {

namespace {

/// The text by which two incidents are ordered where $orderby names something else than lastUpdateDateTime.
bool ordered_before(const Incident& left, const Incident& right, const QueryProperty& property) {
  if (property.is_time) return left.time(property.name) < right.time(property.name);
  return left.text(property.name) < right.text(property.name);
}

/// Turns each run of incidents of one lastUpdateDateTime by some places.
void turn_ties(std::vector<Incident>& incidents, std::size_t places) {
  for (auto first = incidents.begin(); first != incidents.end();) {
    const auto last = std::find_if(first, incidents.end(),
                                   [&](const Incident& other) { return other.updated() != first->updated(); });
    std::rotate(first, first + static_cast<std::ptrdiff_t>(places) % (last - first), last);
    first = last;
  }
}

/// The name of a `name=value` part of a query, with its $ in plain.
std::string option_name(std::string_view part) {
  const std::string_view raw = part.substr(0, part.find('='));
  if (raw.substr(0, 3) == "%24") return "$" + std::string(raw.substr(3));
  return std::string(raw);
}

std::size_t page_length(const GraphQuery& query, const GraphQuirks& quirks) {
  return std::min(query.top.value_or(quirks.page_size), quirks.page_size);
}

}  // namespace

/// At least the first `enough` matches in the asked order, and all of them where there are fewer.
std::vector<Incident> Graph::matching(const GraphQuery& query, std::size_t enough) const {
  std::vector<Incident> found;
  const UpdateRange range = update_range(query.filter);
  if (range.first > range.last) return found;
  const auto begin = incidents_.by_update().lower_bound({range.first, 0});
  const auto end = incidents_.by_update().upper_bound({range.last, std::numeric_limits<std::uint64_t>::max()});
  const bool ignore_order = quirks_.orderby_ignored || !query.order_by;
  const bool by_update = ignore_order || query.order_by->name == "lastUpdateDateTime";
  const bool need_all = !by_update || quirks_.unstable_ties;
  const auto collect = [&](auto at, auto stop) {
    for (; at != stop && (need_all || found.size() < enough); ++at) {
      if (query.filter.holds(at->second)) found.push_back(at->second);
    }
  };
  if (by_update && (ignore_order || query.descending)) {
    collect(std::make_reverse_iterator(end), std::make_reverse_iterator(begin));
  } else {
    collect(begin, end);
  }
  if (by_update && quirks_.unstable_ties) {
    turn_ties(found, static_cast<std::size_t>(mutations_.pages_served()));
  }
  if (!by_update) {
    std::stable_sort(found.begin(), found.end(), [&](const Incident& left, const Incident& right) {
      return query.descending ? ordered_before(right, left, *query.order_by)
                              : ordered_before(left, right, *query.order_by);
    });
  }
  return found;
}

Graph::Page Graph::read_page(const GraphQuery& query, const Request& request) {
  const std::size_t length = page_length(query, quirks_);
  const std::size_t enough = query.count ? incidents_.size() : query.skip + length + 1;
  std::vector<Incident> found = matching(query, enough);
  Page page;
  if (query.count) page.count = found.size();
  const std::size_t first = std::min(query.skip, found.size());
  const std::size_t last = std::min(first + length, found.size());
  if (last < found.size() && length > 0) page.next_link = link(request, "$skip", std::to_string(last));
  page.incidents.assign(std::make_move_iterator(found.begin() + static_cast<std::ptrdiff_t>(first)),
                        std::make_move_iterator(found.begin() + static_cast<std::ptrdiff_t>(last)));
  return page;
}

Graph::Page Graph::read_snapshot_page(const GraphQuery& query, const Request& request) {
  static constexpr std::size_t tokens_kept = 4096;
  Snapshot snapshot;
  std::size_t first = query.skip;
  if (query.skip_token.empty()) {
    snapshot = std::make_shared<const std::vector<Incident>>(matching(query, incidents_.size()));
  } else {
    const auto found = snapshots_.find(query.skip_token);
    if (found == snapshots_.end()) throw QueryError("The skip token is not valid or has expired.");
    std::tie(snapshot, first) = found->second;
  }
  Page page;
  if (query.count) page.count = snapshot->size();
  first = std::min(first, snapshot->size());
  const std::size_t last = std::min(first + page_length(query, quirks_), snapshot->size());
  page.incidents.assign(snapshot->begin() + static_cast<std::ptrdiff_t>(first),
                        snapshot->begin() + static_cast<std::ptrdiff_t>(last));
  if (last < snapshot->size() && last > first) {
    const std::string token = random_guid();
    snapshots_[token] = {snapshot, last};
    snapshot_order_.push_back(token);
    if (snapshot_order_.size() > tokens_kept) {
      snapshots_.erase(snapshot_order_.front());
      snapshot_order_.pop_front();
    }
    page.next_link = link(request, "$skiptoken", token);
  }
  return page;
}

/// The request's own address with one paging option put in the place of those it had.
std::string Graph::link(const Request& request, std::string_view option, std::string_view value) const {
  std::string out = url_ + request.path;
  const std::size_t question = request.target.find('?');
  std::string_view rest =
      question == std::string::npos ? std::string_view{} : std::string_view(request.target).substr(question + 1);
  char separator = '?';
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::string name = option_name(part);
    if (name == "$skip" || name == "$skiptoken") continue;
    out += separator;
    out += part;
    separator = '&';
  }
  out += separator;
  return out + std::string(option) + "=" + std::string(value);
}

void Graph::apply_page_fault(const Request& request, Page& page) const {
  if (request.fault.is_null()) return;
  if (request.fault.flag("empty_page")) {
    page.incidents.clear();
    page.next_link = url_ + request.target;
  }
  const std::string next = request.fault.text("next_link");
  if (next == "repeat") {
    page.next_link = url_ + request.target;
  } else if (!next.empty()) {
    page.next_link = next;
  }
  if (page.count) *page.count += static_cast<std::size_t>(request.fault.number("count_off"));
  const std::string order = request.fault.text("order");
  if (order == "reversed") std::reverse(page.incidents.begin(), page.incidents.end());
  if (order == "rotated" && !page.incidents.empty()) {
    std::rotate(page.incidents.begin(), page.incidents.begin() + 1, page.incidents.end());
  }
}

}  // namespace stand_in
