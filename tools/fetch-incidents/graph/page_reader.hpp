// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "common/console/log.hpp"
#include "tools/fetch-incidents/graph/graph_client.hpp"
#include "tools/fetch-incidents/graph/incident_reader.hpp"
#include "tools/fetch-incidents/paging/written.hpp"

namespace fetch_incidents {

/// Ends the run over a question that Graph refuses (400). Failure(settings) that names the filter where Graph does list
/// incidents without it.
[[noreturn]] void fail_over_question(GraphClient& graph, const IncidentUrls& urls, const Answer& refusal);

/// Reads pages of incidents with all their alerts. If Graph answers such pages with server errors, as it does for large
/// tenants, the reader requests smaller pages, then pages without alerts plus each incident by itself. An incident that
/// cannot be read stays in its page with Fate::failed.
class PageReader {
 public:
  PageReader(GraphClient& graph, const IncidentUrls& urls, const Written& written, std::size_t top, common::Log& log)
      : graph_(graph), urls_(urls), single_(graph, urls), written_(written), top_(top), size_(top), log_(log) {}

  /// The first page for the question. Nothing when Graph refuses the question as such (400); see fail_refused().
  std::optional<Page> read(const Question& question);
  /// The page that a page's nextLink leads to. If a full page has no nextLink, $skip asks for what follows the `behind`
  /// incidents read so far, in case Graph left the link out. Returns nothing when the link has expired or Graph answers
  /// it with server errors. Throws Failure(unavailable) when the link leads to another server.
  std::optional<Page> follow(const Page& page, const Question& question, std::size_t behind);

  /// Ends the run over the question that Graph refused last.
  [[noreturn]] void fail_refused() { fail_over_question(graph_, urls_, refusal_); }
  /// Returns where Graph answers that question without its $orderby; else ends the run.
  void require_refusal_of_order(Question question);
  /// The current $top.
  std::size_t size() const { return singly_ ? small() : size_; }

 private:
  std::size_t small() const { return top_ / 5 > 0 ? top_ / 5 : 1; }
  Answer get(const std::string& url, bool expanded, Page& page);
  void shrink(const Answer& answer);
  void note_success();
  void fill(Page& page, const Question& question);
  void complete(Incident& incident);
  void fetch_stub(Incident& stub, std::optional<common::Instant> latest, const Question& question);

  GraphClient& graph_;
  const IncidentUrls& urls_;
  IncidentReader single_;
  const Written& written_;
  std::size_t top_;
  std::size_t size_;
  bool singly_ = false;
  int successes_ = 0;
  Answer refusal_;
  common::Log& log_;
};

}  // namespace fetch_incidents
