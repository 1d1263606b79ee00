// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/graph/page_reader.hpp"

#include <algorithm>

#include "common/console/printable.hpp"
#include "common/program/failure.hpp"

namespace fetch_incidents {
namespace {

constexpr Patience page_patience{3};
/// After this many good pages the next larger size is tried again: one broken incident must not slow down the rest.
constexpr int successes_to_grow = 8;

/// Also after a 404: the incident was just listed, so the replica that was asked may merely lag behind.
void mark_failed(Incident& incident, const SingleAnswer& answer) {
  incident.fate = Fate::failed;
  incident.error = answer.error;
  incident.request_id = answer.request_id;
  incident.text = {};
  incident.keep.reset();
}

bool ascends(const Page& page, common::Instant from) {
  for (const Incident& incident : page.incidents) {
    if (!incident.at) continue;
    if (*incident.at < from) return false;
    from = *incident.at;
  }
  return true;
}

}  // namespace

void fail_over_question(GraphClient& graph, const IncidentUrls& urls, const Answer& refusal) {
  const std::string filter = urls.filter_name();
  if (filter.empty() || refusal.status != 400) graph.fail(refusal);
  const Answer without_it = graph.get(urls.listing(), {}, [](const SharedText& body) { split_page(body, 1); });
  if (without_it.kind != Answer::Kind::good) graph.fail(refusal);
  throw common::Failure(common::ExitStatus::settings, "correct " + filter + ": Graph refuses it: " + refusal.text);
}

void PageReader::require_refusal_of_order(Question question) {
  question.ordered = false;
  Page page;
  if (get(urls_.page(question, 1, false), false, page).kind != Answer::Kind::good) fail_refused();
}

Answer PageReader::get(const std::string& url, bool expanded, Page& page) {
  // Without alerts there is no smaller question, so the whole retry budget may be used.
  const Answer answer = graph_.get(url, expanded ? page_patience : Patience{},
                                   [&](const SharedText& body) { page = split_page(body, size()); });
  page.expanded = expanded;
  if (!page.next_link.empty()) page.next_link = common::resolve_url(url, page.next_link);
  for (Incident& incident : page.incidents) resolve_link(incident, url);
  if (page.unreadable > 0) {
    log_.warning("Graph's page holds " + common::counted(page.unreadable, "element") +
                 " that cannot be an incident; left out");
  }
  return answer;
}

void PageReader::shrink(const Answer& answer) {
  successes_ = 0;
  if (size_ > small()) {
    size_ = small();
    log_.warning("Graph cannot answer for a page with its alerts; asking for " + std::to_string(size_) +
                 " incidents at a time: " + answer.text);
  } else {
    singly_ = true;
    log_.warning("Graph cannot answer for a small page with its alerts; asking incident by incident: " + answer.text);
  }
}

void PageReader::note_success() {
  if (size() == top_ && !singly_) return;
  if (++successes_ < successes_to_grow) return;
  successes_ = 0;
  if (singly_) {
    singly_ = false;
  } else {
    size_ = top_;
  }
}

std::optional<Page> PageReader::read(const Question& question) {
  for (;;) {
    Page page;
    const bool expanded = !singly_;
    const Answer answer = get(urls_.page(question, size(), expanded), expanded, page);
    if (answer.kind == Answer::Kind::good) {
      fill(page, question);
      note_success();
      return page;
    }
    if (answer.kind == Answer::Kind::server_error) {
      shrink(answer);
      continue;
    }
    refusal_ = answer;
    if (answer.status == 400) return {};
    graph_.fail(answer);
  }
}

std::optional<Page> PageReader::follow(const Page& from, const Question& question, std::size_t behind) {
  if (from.next_link.empty()) {
    Question rest = question;
    rest.skip = behind;
    return read(rest);
  }
  if (!graph_.is_own(from.next_link)) {
    throw common::Failure(common::ExitStatus::unavailable,
                          "Graph's nextLink leads to another server, which gets neither the request nor the token: " +
                              common::excerpt(from.next_link) +
                              "; check SENTINEL_INCIDENTS_API_BASE_URL, and whether a proxy stands in between");
  }
  Page page;
  const Answer answer = get(from.next_link, from.expanded, page);
  if (answer.kind == Answer::Kind::good) {
    fill(page, question);
    return page;
  }
  if (answer.kind == Answer::Kind::server_error) {
    shrink(answer);
    return {};
  }
  // How long a nextLink stays valid is not documented. If it has expired, the caller starts the walk again.
  const bool expired = answer.status == 400 || answer.status == 404 || answer.status == 410;
  if (!expired) graph_.fail(answer);
  return {};
}

/// Completes the page's new incidents. Its order is checked first: incidents read by themselves may be newer than
/// listed and are sorted in, which would hide that Graph did not sort.
void PageReader::fill(Page& page, const Question& question) {
  page.disordered = question.ordered && !ascends(page, question.from.at);
  if (page.disordered) return;
  const std::optional<common::Instant> latest = latest_of(page.incidents);
  for (Incident& incident : page.incidents) {
    if (!written_.is_new(incident)) continue;
    if (page.expanded) {
      complete(incident);
    } else {
      fetch_stub(incident, latest, question);
    }
  }
  if (page.expanded) return;
  std::stable_sort(page.incidents.begin(), page.incidents.end(),
                   [](const Incident& a, const Incident& b) { return a.at && b.at && *a.at < *b.at; });
}

void PageReader::complete(Incident& incident) {
  if (incident.alerts_next_link.empty()) return;
  SingleAnswer answer = single_.complete(incident);
  if (answer.incident) {
    incident = std::move(*answer.incident);
  } else {
    mark_failed(incident, answer);
  }
}

/// Replaces a listed incident by the complete one, which may be newer. If it is newer than `latest`, the latest time of
/// its page, incidents that the page does not show may come before it: then it is dropped, and read again at its new
/// place.
void PageReader::fetch_stub(Incident& stub, std::optional<common::Instant> latest, const Question& question) {
  SingleAnswer answer = single_.read(stub.id, IncidentReader::usual_patience, stub.at);
  if (!answer.incident) return mark_failed(stub, answer);
  const auto now_at = answer.incident->at;
  const bool newer = now_at && stub.at && *now_at > *stub.at;
  if (newer && (*now_at > *latest || (question.until && *now_at >= *question.until))) {
    stub.fate = Fate::moved;
  } else {
    stub = std::move(*answer.incident);
  }
}

}  // namespace fetch_incidents
