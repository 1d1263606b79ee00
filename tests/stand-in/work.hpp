// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/stand-in/instant.hpp"
#include "tests/stand-in/json.hpp"
#include "tests/stand-in/version.hpp"

namespace stand_in {

/// What differs between platform versions in a work's life.
struct WorkRules {
  /// The worker drops messages whose work is not alive (since 6.8.7).
  bool dead_works_lose_messages;
  /// A work that is complete when toProcessed arrives, or that the connector manager closes, stops being
  /// alive (until the fix of 2026-05-10).
  bool completion_kills;
  /// Complete when processed equals expected, not when it reaches it (before 7.260422).
  bool strict_completion;
  /// stixBundlePush takes no work id and opens a work of the platform's own (before 6.5.7).
  bool own_work_always;
  /// stixBundlePush splits bundles and adds the expectations itself (after 7.260817).
  bool push_splits;

  static WorkRules of(const Version& version);
};

/// A work: the record of one run, with the imports that are expected and those that are done.
struct Work {
  std::string id;
  std::string connector_id;
  std::string name;
  std::string status = "progress";
  std::string draft_context;
  Ticks timestamp = 0;
  std::optional<Ticks> received_time;
  std::optional<Ticks> processed_time;
  std::optional<Ticks> completed_time;
  std::optional<Ticks> last_import;
  std::int64_t expected = 0;
  std::int64_t processed = 0;
  Json messages = Json::Array{};
  Json errors = Json::Array{};
  bool multipart = false;
  /// toProcessed came while a multipart work was not complete.
  bool marked_processed = false;
  /// Its key in Redis is there.
  bool alive = true;

  bool all_processed(const WorkRules& rules) const;
  void complete(Ticks now);
  void to_received(const std::string& message, Ticks now);
  void to_processed(const std::string& message, bool in_error, const WorkRules& rules, Ticks now);
  void report(const Json& error, const WorkRules& rules, Ticks now);
  /// What the connector manager does to an open work that a later one has overtaken.
  void close_as_old(const WorkRules& rules, Ticks now);

  /// The members of the GraphQL type Work, without its connector.
  Json describe() const;
};

}  // namespace stand_in
