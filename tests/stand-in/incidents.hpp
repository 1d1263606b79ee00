// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/stand-in/graph_query.hpp"
#include "tests/stand-in/json.hpp"

namespace stand_in {

/// One incident as Graph would hold it: the members of its JSON text, byte for byte, under those that were
/// changed since. Copies share the text, so that a load test can hold 100,000 incidents of one shape.
class Incident : public FilterSubject {
 public:
  /// Nothing where the text is no JSON object with a text id.
  static std::optional<Incident> from_text(std::string_view text);

  const std::string& id() const { return id_; }
  Ticks updated() const { return updated_; }
  Ticks created() const { return created_; }
  /// lastUpdateDateTime as it is written, without its quotes; empty where there is none.
  std::string update_text() const;

  std::optional<Ticks> time(std::string_view property) const override;
  std::optional<std::string> text(std::string_view property) const override;

  /// A member's JSON text; empty where there is none.
  std::string_view member(std::string_view name) const;
  /// Replaces or appends a member; the value is JSON text.
  void set(std::string_view name, std::string value);

  /// Appends the incident as JSON, with its alerts or without them.
  void render(std::string& out, bool with_alerts) const;

 private:
  void read_keys();

  std::shared_ptr<const std::vector<RawMember>> members_;
  std::vector<RawMember> changed_;
  std::string id_;
  Ticks updated_ = 0;
  Ticks created_ = 0;
};

/// All incidents, found by id and in the order of lastUpdateDateTime (then of first appearance).
class Incidents {
 public:
  using Key = std::pair<Ticks, std::uint64_t>;

  /// Reads NDJSON. Lines that are no incident are named on `complaints` and left out. Each incident is held
  /// `copies` times, the further ones under ids and names with a number behind, one second later each.
  void load(std::istream& lines, std::size_t copies, std::ostream& complaints);

  std::size_t size() const { return by_id_.size(); }
  const Incident* find(std::string_view id) const;
  /// Adds the incident, or puts it in the place of the one with its id.
  void put(Incident incident);
  /// The greatest lastUpdateDateTime; 0 where there are no incidents.
  Ticks newest() const;
  std::vector<std::string> ids() const;

  /// The incidents of a range in ascending order, as (key, incident) pairs to walk in either direction.
  const std::map<Key, Incident>& by_update() const { return by_update_; }

  /// Each id with its lastUpdateDateTime as written: what a complete import must have delivered.
  Json ledger() const;

 private:
  std::map<Key, Incident> by_update_;
  std::map<std::string, Key, std::less<>> by_id_;
  std::uint64_t appeared_ = 0;
};

}  // namespace stand_in
