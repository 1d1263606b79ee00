// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/graph_query.hpp"

#include "tests/unit/catch.hpp"

#include "tests/stand-in/incidents.hpp"

using stand_in::Incident;
using stand_in::parse_filter;
using stand_in::parse_instant;
using stand_in::parse_query;
using stand_in::QueryError;

namespace {

bool holds(std::string_view filter) {
  static const Incident incident = *Incident::from_text(
      R"({"id":"7","createdDateTime":"2026-01-02T00:00:00Z","lastUpdateDateTime":"2026-01-02T03:04:05.1234567Z",)"
      R"("severity":"high","status":"active","assignedTo":"o'neil","determination":null})");
  return parse_filter(filter).holds(incident);
}

}  // namespace

TEST_CASE("a filter compares times to 100 ns, whatever their number of digits") {
  CHECK(holds("lastUpdateDateTime ge 2026-01-02T03:04:05.1234567Z"));
  CHECK(holds("lastUpdateDateTime le 2026-01-02T03:04:05.1234567Z"));
  CHECK(holds("lastUpdateDateTime eq 2026-01-02T04:04:05.1234567+01:00"));
  CHECK_FALSE(holds("lastUpdateDateTime gt 2026-01-02T03:04:05.1234567Z"));
  CHECK_FALSE(holds("lastUpdateDateTime ge 2026-01-02T03:04:05.1234568Z"));
  CHECK(holds("lastUpdateDateTime gt 2026-01-02T03:04:05.123456Z"));
  CHECK(holds("lastUpdateDateTime lt 2026-01-02T03:04:05.2Z"));
}

TEST_CASE("a filter joins comparisons by and, or, not and parentheses") {
  CHECK(holds(""));
  CHECK(holds("severity eq 'high' and status ne 'resolved'"));
  CHECK_FALSE(holds("severity eq 'low' and status eq 'active'"));
  CHECK(holds("severity eq 'low' or severity eq 'high'"));
  CHECK(holds("severity eq 'high' or status eq 'x' and status eq 'y'"));
  CHECK_FALSE(holds("(severity eq 'high' or status eq 'x') and status eq 'y'"));
  CHECK(holds("(createdDateTime ge 2026-01-01T00:00:00Z) and ((severity eq 'high'))"));
  CHECK(holds("not severity eq 'low'"));
  CHECK(holds("assignedTo eq 'o''neil'"));
  CHECK(holds("determination eq null and severity ne null"));
}

TEST_CASE("a malformed filter and an unknown property are refused as Graph refuses them") {
  for (const char* filter :
       {"severity", "severity eq", "severity is 'high'", "severity eq high", "severity eq 'high", "(severity eq 'high'",
        "severity eq 'high')", "severity eq 'high' status eq 'active'", "lastUpdateDateTime ge 'yesterday'",
        "lastUpdateDateTime ge 2026-13-01T00:00:00Z", "displayName eq 'x'", "and", "severity eq 'high' and"}) {
    CAPTURE(filter);
    CHECK_THROWS_AS(parse_filter(filter), QueryError);
  }
}

TEST_CASE("the range of a filter never cuts off what the filter holds for") {
  const auto first = *parse_instant("2026-01-01T00:00:00Z");
  const auto last = *parse_instant("2026-02-01T00:00:00Z");
  const auto range =
      stand_in::update_range(parse_filter("(lastUpdateDateTime ge 2026-01-01T00:00:00Z and severity eq "
                                          "'high') and lastUpdateDateTime lt 2026-02-01T00:00:00Z"));
  CHECK(range.first == first);
  CHECK(range.last == last - 1);
  const auto open =
      stand_in::update_range(parse_filter("lastUpdateDateTime ge 2026-01-01T00:00:00Z or severity eq 'high'"));
  CHECK(open.first < first);
}

TEST_CASE("options of a list request are read, and those that Graph refuses are refused") {
  const auto query = parse_query({{"$top", "50"},
                                  {"$skip", "10"},
                                  {"$orderby", "lastUpdateDateTime asc"},
                                  {"$expand", "alerts"},
                                  {"$count", "true"}});
  CHECK(query.top == 50U);
  CHECK(query.skip == 10);
  CHECK(query.order_by->name == "lastUpdateDateTime");
  CHECK_FALSE(query.descending);
  CHECK(query.expand_alerts);
  CHECK(query.count);
  CHECK_THROWS_AS(parse_query({{"$top", "51"}}), QueryError);
  CHECK_THROWS_AS(parse_query({{"$top", "many"}}), QueryError);
  CHECK_THROWS_AS(parse_query({{"$orderby", "lastUpdateDateTime upwards"}}), QueryError);
  CHECK_THROWS_AS(parse_query({{"$orderby", "displayName"}}), QueryError);
  CHECK_THROWS_AS(parse_query({{"$expand", "evidence"}}), QueryError);
  CHECK_THROWS_AS(parse_query({{"$search", "x"}}), QueryError);
}
