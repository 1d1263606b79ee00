#pragma once
#include <optional>
#include <string>
#include <unordered_set>

#include "tools/fetch-incidents/emitter.hpp"
#include "tools/fetch-incidents/page_reader.hpp"

namespace fetch_incidents {

/// Reads a range in ascending order of lastUpdateDateTime. Incidents change while pages are read, and a nextLink may stand for an
/// offset, which would then skip some; so each page is asked for by the last time seen (keyset paging), and what was
/// seen at that time is dropped. nextLink serves only where more incidents share one time than a page holds.
class KeysetPaging {
 public:
  KeysetPaging(PageReader& pages, Emitter& emitter, std::optional<common::Instant> until, common::Log& log)
      : pages_(pages), emitter_(emitter), until_(until), log_(log) {}

  /// Reads to the end of the range. Returns where to go on by windows when Graph refuses $orderby or does not keep the order;
  /// everything before that is written. Throws Failure(stopped_early) when ties or nextLinks come to no end.
  std::optional<Bound> run(Bound from);

 private:
  struct OrderBroken {};
  Question question(const Bound& bound) const { return {.from = bound, .until = until_}; }
  Page first_page(const Bound& bound);
  std::optional<Page> walk_to_incidents(const Bound& bound, bool& walked);
  void read_tie(const Bound& tie);
  bool tie_pass(const Bound& tie, std::size_t& unseen);
  std::optional<Page> next_page(const Page& page, const Bound& bound, std::unordered_set<std::string>& links);
  void check_order(Page& page, const Bound& bound) const;

  PageReader& pages_;
  Emitter& emitter_;
  std::optional<common::Instant> until_;
  common::Log& log_;
};

}  // namespace fetch_incidents
