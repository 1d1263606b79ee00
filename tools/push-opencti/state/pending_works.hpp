// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/records/state.hpp"

namespace push_opencti {

/// What was pushed and, as far as is known, not ingested yet: kept in the state under "pending_works" from run to run,
/// since RabbitMQ can lose it in between.
///
///     {"from":"2026-11-24T02:00:00.1234567Z","works":[{"id":"work_…","objects":184}],"resent":false}
struct PendingWorks {
  struct Entry {
    std::string id;
    std::int64_t objects = 0;  ///< that the platform acknowledged under this work
    bool operator==(const Entry&) const = default;
  };
  /// The last position (lastUpdateDateTime) up to which everything was ingested, "" for the very beginning.
  std::string from;
  std::vector<Entry> works;
  /// The last run started from `from` because something was lost. It does so once: what is lost again is not RabbitMQ's
  /// doing.
  bool resent = false;

  static constexpr std::size_t most = 100;  ///< works; the oldest go first

  /// What the state holds; nothing pending where it holds none, or none that can be read.
  static PendingWorks of(const common::State& state);
  /// Replaces what the state holds.
  void put_into(common::State& state) const;
};

/// What has become of the works that earlier runs pushed into.
struct PendingReport {
  PendingWorks pending;  ///< without what was ingested
  bool lost = false;     ///< the connector's queue is empty, and yet not all of it was ingested
};

/// The state that a run starts from to send everything again since `from`. Members of other programs stay.
common::State moved_back(const common::State& state, const std::string& from);

}  // namespace push_opencti
