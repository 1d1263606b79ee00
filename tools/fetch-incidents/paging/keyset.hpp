// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <set>
#include <string>

#include "tools/fetch-incidents/graph/page_reader.hpp"
#include "tools/fetch-incidents/paging/emitter.hpp"
#include "tools/fetch-incidents/paging/link_trail.hpp"

namespace fetch_incidents {

/// Reads a range in ascending order of lastUpdateDateTime. Incidents change while pages are read, and a nextLink may
/// stand for an offset, which would then skip some; so each page is asked for by the last time seen (keyset paging),
/// and what was seen at that time is dropped. nextLink serves only where more incidents share one time than a page
/// holds (a tie): then it is followed again and again, until two walks in a row find the same incidents. One walk that
/// brings nothing new would not do: an incident that leaves the tie while its later pages are read can hide another,
/// but is then missing itself from the next walk.
class KeysetPaging {
 public:
  KeysetPaging(PageReader& pages, Emitter& emitter, std::optional<common::Instant> until, common::Log& log)
      : pages_(pages), emitter_(emitter), until_(until), log_(log) {}

  /// Reads to the end of the range. Returns where to go on by windows when Graph refuses $orderby or does not keep the
  /// order; everything before that is written. Throws Failure(stopped_early) when ties or nextLinks come to no end.
  std::optional<Bound> run(Bound from);

 private:
  struct OrderBroken {};
  [[noreturn]] void order_refused(const Bound& bound);
  /// One walk from page to page.
  struct Walk {
    LinkTrail trail;
    std::size_t incidents = 0;  ///< and elements in their place
    std::set<std::string> ids;  ///< of those that belong to the tie
  };
  Question question(const Bound& bound) const { return {.from = bound, .until = until_}; }
  Page first_page(const Bound& bound);
  std::optional<Page> walk_to_incidents(const Bound& bound, bool& walked);
  void read_tie(const Bound& tie);
  std::optional<std::set<std::string>> tie_pass(const Bound& tie);
  std::optional<Page> next_page(const Page& page, const Bound& bound, Walk& walk);
  void check_order(Page& page, const Bound& bound) const;

  PageReader& pages_;
  Emitter& emitter_;
  std::optional<common::Instant> until_;
  common::Log& log_;
};

}  // namespace fetch_incidents
