// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/stand-in/graph_query.hpp"
#include "tests/stand-in/graph_quirks.hpp"
#include "tests/stand-in/incidents.hpp"
#include "tests/stand-in/message.hpp"
#include "tests/stand-in/mutations.hpp"
#include "tests/stand-in/tokens.hpp"

namespace stand_in {

/// Microsoft Graph's `/v1.0/security/incidents`: lists with OData options, single incidents, pages of alerts.
class Graph {
 public:
  Graph(const Tokens& tokens, const Clock& clock) : tokens_(tokens), clock_(clock), mutations_(incidents_) {}

  /// The service's own address, which begins every nextLink.
  void set_url(std::string url) { url_ = std::move(url); }
  void load(std::istream& lines, std::size_t copies, std::ostream& complaints);
  void configure(const Json& settings);
  void mutate(const Json& mutation);
  void start_random_mutations(std::uint64_t seed, std::int64_t limit);

  Reply answer(const Request& request);
  Json ledger() const;

 private:
  /// A list as it was when its first page was asked for; a token says where in it the next page begins.
  using Snapshot = std::shared_ptr<const std::vector<Incident>>;
  struct Page {
    std::vector<Incident> incidents;
    std::optional<std::size_t> count;
    std::string next_link;
  };

  Reply list(const Request& request);
  Reply single(const Request& request, std::string_view id, std::string_view below);
  Page read_page(const GraphQuery& query, const Request& request);
  Page read_snapshot_page(const GraphQuery& query, const Request& request);
  std::vector<Incident> matching(const GraphQuery& query, std::size_t enough) const;
  std::string link(const Request& request, std::string_view option, std::string_view value) const;
  void apply_page_fault(const Request& request, Page& page) const;
  void refuse_by_quirk(const GraphQuery& query) const;
  std::string render(const Page& page, const GraphQuery& query) const;
  Reply answer_locked(const Request& request);
  Reply error(const Request& request, int status, std::string_view code, std::string_view message) const;
  void finish(const Request& request, Reply& reply) const;

  const Tokens& tokens_;
  const Clock& clock_;
  std::string url_;
  mutable std::mutex mutex_;
  Incidents incidents_;
  GraphQuirks quirks_;
  Mutations mutations_;
  std::map<std::string, std::pair<Snapshot, std::size_t>, std::less<>> snapshots_;
  std::deque<std::string> snapshot_order_;
};

}  // namespace stand_in
