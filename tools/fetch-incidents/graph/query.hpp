// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/time.hpp"

namespace fetch_incidents {

/// A lower limit of lastUpdateDateTime. `text` is what Graph is asked with: its own words where it gave them.
struct Bound {
  common::Instant at;
  std::string text;
  bool exclusive = false;  ///< true: later than `at`
};
Bound bound_at(common::Instant at);

/// What one request for a page asks.
struct Question {
  Bound from;
  std::optional<common::Instant> until = {};  ///< exclusive
  bool ordered = true;                        ///< with $orderby
  bool counted = false;                       ///< with $count
  std::size_t skip = 0;                       ///< with $skip
};

/// Writes the URLs of Graph's incidents.
class IncidentUrls {
 public:
  /// `collection` is the address of the incidents; `filter` a further OData condition or "", which the user knows as
  /// `filter_name`.
  IncidentUrls(std::string collection, std::string filter, std::string filter_name)
      : collection_(std::move(collection)), filter_(std::move(filter)), filter_name_(std::move(filter_name)) {}

  /// At most `top` incidents; with their alerts when `expanded`.
  std::string page(const Question& question, std::size_t top, bool expanded) const;
  /// One incident with its alerts.
  std::string single(std::string_view id) const;
  /// One incident, whichever, without alerts: the simplest question.
  std::string listing() const;
  /// What the user calls the filter; "" without one.
  std::string filter_name() const { return filter_.empty() ? "" : filter_name_; }

 private:
  std::string collection_;
  std::string filter_;
  std::string filter_name_;
};

}  // namespace fetch_incidents
