// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <set>
#include <string>

#include "tools/fetch-incidents/graph/page_reader.hpp"
#include "tools/fetch-incidents/paging/emitter.hpp"
#include "tools/fetch-incidents/paging/link_trail.hpp"

namespace fetch_incidents {

/// Reads a range in ascending order of lastUpdateDateTime by keyset paging: each request asks for incidents from the
/// last time seen on, and those already seen are dropped. A nextLink would not do, because it may stand for an offset:
/// incidents that change while pages are read shift the others, and some would be skipped.
///
/// nextLink is used only for a tie: more incidents of one time than a page holds. It is followed repeatedly until two
/// walks in a row find the same incidents. A single walk without new incidents would not prove that all were seen: an
/// incident that leaves the tie during the walk can hide another one, but is then missing from the next walk.
class KeysetPaging {
 public:
  KeysetPaging(PageReader& pages, Emitter& emitter, std::optional<common::Instant> until, common::Log& log)
      : pages_(pages), emitter_(emitter), until_(until), log_(log) {}

  /// Reads to the end of the range. If Graph refuses $orderby or does not keep the order, returns where to continue by
  /// windows; everything before that is written. Throws Failure(stopped_early) when ties or nextLinks have no end.
  std::optional<Bound> run(Bound from);

 private:
  struct OrderBroken {};
  [[noreturn]] void order_refused(const Bound& bound);
  /// One walk from page to page.
  struct Walk {
    LinkTrail trail;
    std::size_t incidents = 0;  ///< read so far, unreadable elements included
    std::set<std::string> ids;  ///< of the incidents of the tie
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
