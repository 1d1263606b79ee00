// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "tests/stand-in/incidents.hpp"

namespace stand_in {

/// Changes the incidents while a client reads them: as ordered, at once or after a number of pages, and at
/// random from a seed. The members of an ordered mutation are described in README.md.
class Mutations {
 public:
  explicit Mutations(Incidents& incidents) : incidents_(incidents) {}

  /// Takes one mutation or an array of them. Throws std::runtime_error for an unknown one or an unknown
  /// incident.
  void order(const Json& mutation);
  /// Lets every page be followed by up to three random changes, `limit` in all. The same seed and the same
  /// requests give the same changes.
  void start_random(std::uint64_t seed, std::int64_t limit);
  /// Tells that a page of incidents has just been put together.
  void page_served();

  std::int64_t pages_served() const { return pages_; }

 private:
  void apply(const Json& mutation);
  void apply_random();
  Incident base_of(const Json& mutation) const;
  std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }
  void update_one(Ticks moment);
  void add_one(Ticks moment);

  Incidents& incidents_;
  std::vector<Json> pending_;
  std::int64_t pages_ = 0;
  std::mt19937_64 random_;
  std::int64_t random_left_ = 0;
  std::int64_t added_ = 0;
};

}  // namespace stand_in
