// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/json_tree.hpp"
#include "tools/map-stix/options.hpp"

/// An incident mapped in the test's own process, with questions about its bundle.
class Mapped {
 public:
  explicit Mapped(std::string incident, map_stix::MappingOptions options = {});

  const std::string& bundle() const { return bundle_; }
  /// All objects of a type, in order.
  std::vector<common::Json> all(std::string_view type);
  /// The object of that type whose property has that text, or missing.
  common::Json find(std::string_view type, std::string_view property, std::string_view text);
  /// The relationship between two objects, or missing.
  common::Json relationship(std::string_view type, common::Json source, common::Json target);
  /// How many warnings of a kind there were.
  std::uint64_t warnings(const std::string& kind) const;
  /// "" or the score, as text, of the object whose value is that text.
  std::string score(std::string_view value);

 private:
  std::string bundle_;
  common::JsonTree tree_;
  std::map<std::string, std::uint64_t> warnings_;
};

/// An incident with one alert that holds this evidence; `more` are further members of alert and incident,
/// each with a comma before it.
std::string incident_with(std::string_view evidence, std::string_view more_of_alert = {}, std::string_view more = {});
/// An evidence object of a type, with further members.
std::string evidence_of(std::string_view type, std::string_view members);
/// Malicious evidence of an address, with further members, and of a URL.
std::string bad_ip(std::string_view address, std::string_view more = {});
std::string bad_url(std::string_view url);
