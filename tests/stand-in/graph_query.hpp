// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/stand-in/instant.hpp"
#include "tests/stand-in/message.hpp"

namespace stand_in {

/// What Graph answers with 400 to a query that it does not take.
class QueryError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The properties of an incident that $filter and $orderby may name.
struct QueryProperty {
  std::string_view name;
  bool is_time;
};

/// Where a filter reads the incident that it tests.
class FilterSubject {
 public:
  virtual ~FilterSubject() = default;
  /// The property as a time; nothing where it is absent or malformed.
  virtual std::optional<Ticks> time(std::string_view property) const = 0;
  /// The property's text; nothing where it is null or absent.
  virtual std::optional<std::string> text(std::string_view property) const = 0;
};

/// A condition of $filter: a comparison, or others joined by and, or, not.
struct Condition {
  enum class Kind { all_of, any_of, none_of, compare };
  enum class Operator { eq, ne, gt, ge, lt, le };

  Kind kind = Kind::all_of;
  std::vector<Condition> parts;
  QueryProperty property{};
  Operator comparison = Operator::eq;
  Ticks time = 0;
  /// The literal of a text property; nothing for null.
  std::optional<std::string> text;

  bool holds(const FilterSubject& subject) const;
};

/// The inclusive range of lastUpdateDateTime outside which a condition cannot hold.
struct UpdateRange {
  Ticks first = std::numeric_limits<Ticks>::min();
  Ticks last = std::numeric_limits<Ticks>::max();
};
UpdateRange update_range(const Condition& condition);

/// Reads the text of $filter; an empty one holds for everything. Throws QueryError.
Condition parse_filter(std::string_view text);

/// A list request's OData options.
struct GraphQuery {
  Condition filter;
  /// The property of $orderby; without one Graph lists the newest first.
  std::optional<QueryProperty> order_by;
  bool descending = true;
  std::optional<std::size_t> top;
  std::size_t skip = 0;
  std::string skip_token;
  bool count = false;
  bool expand_alerts = false;
};

/// Reads the query's parameters. Throws QueryError for what Graph refuses: $top over 50, unknown options,
/// properties and expansions.
GraphQuery parse_query(const Fields& parameters);

}  // namespace stand_in
