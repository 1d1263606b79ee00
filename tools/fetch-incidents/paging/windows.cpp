// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/paging/windows.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "common/console/printable.hpp"
#include "common/program/failure.hpp"

namespace fetch_incidents {
namespace {

using common::ExitStatus;
using common::Failure;
using common::Instant;

constexpr int most_readings = 3;  ///< of a window whose incidents do not match its @odata.count
constexpr int most_passes = 5;    ///< over a window of several pages
constexpr std::int64_t widest = 10LL * 366 * 86'400 * common::ticks_per_second;

using Versions = std::set<std::pair<std::string, std::string>>;

Question question_of(Instant from, std::optional<Instant> until) {
  return {.from = bound_at(from), .until = until, .ordered = false, .counted = true};
}

/// The width that would fill 60 % of a page if incidents were spread evenly.
std::int64_t fitting(std::int64_t width, std::size_t top, std::int64_t found) {
  const double share = 0.6 * static_cast<double>(top) / static_cast<double>(std::max<std::int64_t>(found, 1));
  return static_cast<std::int64_t>(static_cast<double>(width) * share);
}

}  // namespace

WindowPaging::Window WindowPaging::window_at(Instant from) const {
  const Instant now = clock_.now();
  const Instant end{from.ticks + width_};
  if (until_ && end >= *until_) return {from, until_, std::max<std::int64_t>(until_->ticks - from.ticks, 1)};
  if (end < now) return {from, end, width_};
  return {from, until_, std::max<std::int64_t>(now.ticks - from.ticks, 1)};
}

void WindowPaging::run(const Bound& from) {
  Instant next = from.exclusive ? Instant{from.at.ticks + 1} : from.at;
  width_ = std::clamp<std::int64_t>(clock_.now().ticks - next.ticks, 1, widest);
  int moved_readings = 0;  // readings in a row with an incident that changed while it was read
  for (;;) {
    if (until_ && next >= *until_) return;
    const Window window = window_at(next);
    std::optional<Incidents> incidents = read(window);
    if (!incidents) {
      narrow(window, last_count_);
      continue;
    }
    const std::size_t found = incidents->size();
    const bool moved = any_moved(*incidents);
    const Instant latest = latest_of(*incidents).value_or(window.from);
    emit(std::move(*incidents));
    moved_readings = moved ? moved_readings + 1 : 0;
    if (moved_readings > most_passes) {
      throw Failure(ExitStatus::stopped_early,
                    "Graph's incidents from " + common::full_text(latest) + " on change at each reading; try later");
    }
    if (moved) {
      next = latest;
      continue;
    }
    if (!window.until) return;
    next = *window.until;
    widen(found);
  }
}

void WindowPaging::narrow(const Window& window, std::optional<std::int64_t> count) {
  if (window.width <= 1) {
    throw Failure(ExitStatus::stopped_early, "the incidents of lastUpdateDateTime " + common::full_text(window.from) +
                                                 " change at each reading; try later");
  }
  const std::int64_t half = window.width / 2;
  width_ = count ? std::clamp<std::int64_t>(fitting(window.width, pages_.size(), *count), 1, half) : half;
}

void WindowPaging::widen(std::size_t found) {
  const std::int64_t fit = found == 0 ? widest : fitting(width_, pages_.size(), static_cast<std::int64_t>(found));
  width_ = std::clamp<std::int64_t>(fit, std::max<std::int64_t>(width_ / 4, 1), std::min(width_ * 4, widest));
}

/// Ends the run if an incident lies outside of its window: then Graph does not filter as asked.
void WindowPaging::check_inside(const Page& page, const Window& window) const {
  for (const Incident& incident : page.incidents) {
    if (!incident.at) continue;
    if (*incident.at < window.from || (window.until && *incident.at >= *window.until)) {
      throw Failure(ExitStatus::stopped_early, "Graph was asked for incidents from " + common::full_text(window.from) +
                                                   " on and answers with one of " +
                                                   common::excerpt(incident.last_update) + "; try later");
    }
  }
}

Page WindowPaging::first_page(const Window& window) {
  std::optional<Page> page = pages_.read(question_of(window.from, window.until));
  if (!page) pages_.fail_refused();
  check_inside(*page, window);
  last_count_ = page->count;
  return std::move(*page);
}

/// The window's incidents, or nothing when the window must be made narrower.
std::optional<WindowPaging::Incidents> WindowPaging::read(const Window& window) {
  for (int reading = 0; reading < most_readings; ++reading) {
    Page page = first_page(window);
    if (page.incidents.empty() && !page.next_link.empty()) return read_by_links(window);
    const auto held = static_cast<std::int64_t>(page.incidents.size() + page.unreadable);
    const bool whole = page.next_link.empty() && (page.count ? *page.count == held : !page.full);
    if (whole) return std::move(page.incidents);
    if (page.more() && window.width > 1) return {};
    if (page.more()) return read_by_links(window);
  }
  log_.warning("a window of time does not match its @odata.count, and is made narrower: from " +
               common::full_text(window.from));
  return {};
}

/// All pages by nextLink. Nothing when a link cannot be followed, or when a window wider than a tick exceeds a page.
std::optional<WindowPaging::Incidents> WindowPaging::one_pass(const Window& window) {
  const Question question = question_of(window.from, window.until);
  LinkTrail trail;
  Versions seen;
  Incidents incidents;
  std::size_t read = 0;
  Page page = first_page(window);
  for (;;) {
    for (Incident& incident : page.incidents) {
      if (seen.emplace(incident.id, incident.last_update).second) incidents.push_back(std::move(incident));
    }
    read += page.incidents.size() + page.unreadable;
    if (!page.more()) return incidents;
    if (window.width > 1 && incidents.size() > pages_.size()) return {};
    trail.follow(page, seen.size());
    std::optional<Page> next = pages_.follow(page, question, read);
    if (!next) return {};
    check_inside(*next, window);
    page = std::move(*next);
  }
}

std::optional<WindowPaging::Incidents> WindowPaging::read_by_links(const Window& window) {
  Versions before;
  for (int pass = 0; pass < most_passes; ++pass) {
    std::optional<Incidents> incidents = one_pass(window);
    if (!incidents && window.width > 1) return {};
    if (!incidents) continue;
    Versions versions;
    for (const Incident& incident : *incidents) versions.emplace(incident.id, incident.last_update);
    if (pass > 0 && versions == before) return incidents;
    before = std::move(versions);
  }
  return {};
}

void WindowPaging::emit(Incidents incidents) {
  std::stable_sort(incidents.begin(), incidents.end(),
                   [](const Incident& a, const Incident& b) { return a.at < b.at; });
  for (Incident& incident : incidents) emitter_.take(std::move(incident));
  emitter_.commit();
}

}  // namespace fetch_incidents
