// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time.hpp"

namespace common {

/// The connector's state, as the platform (or --state-file) keeps it and as `push-opencti --print-state` prints it:
///
///     {"last_incident_timestamp":"2026-11-24T02:00:00Z","last_incident_update":"2026-11-24T02:00:00.1234567Z",
///      "delivered":["8c1f0a5be2d34907"]}
///
/// fetch-incidents starts from it, only push-opencti moves it. The first member is the one that the existing Python
/// connectors write, so that either can take over from the other.
struct State {
  std::string last_incident_timestamp;  ///< whole seconds; "" for none
  std::string last_incident_update;     ///< lastUpdateDateTime as Graph wrote it; "" for none
  /// Marks (see incident_mark) of what was delivered shortly before the watermark, oldest first.
  std::vector<std::string> delivered;
  /// Members of other programs: name and value, both as JSON text, in their order.
  std::vector<std::pair<std::string, std::string>> others;

  static constexpr std::size_t most_delivered = 4'000;
  static constexpr std::size_t most_bytes = (64u << 10) - 1;

  bool operator==(const State&) const = default;

  /// Reads the state's JSON text. Nothing, with the reason in `reason`, when it is not a JSON object or when a
  /// timestamp in it cannot be read. `{}` is the state of a connector that never ran; null members count as absent.
  static std::optional<State> parse(std::string_view json, std::string& reason);

  /// The state as one line of JSON without LF. Of `delivered` only the newest most_delivered marks, and fewer where the
  /// whole would grow beyond most_bytes: an incident without a mark is merely sent again.
  std::string to_json() const;

  /// Whether last_incident_update and the marks belong to last_incident_timestamp. False when another program moved the
  /// timestamp since: then both are out of date.
  bool is_ours() const;

  /// Everything up to here was delivered: last_incident_update when is_ours(), else one second before
  /// last_incident_timestamp, which may stand for anything within its second. Nothing for a connector that never ran.
  std::optional<Instant> watermark() const;

  /// Moves the watermark forward to an incident's lastUpdateDateTime. False, and nothing changes, where that is not
  /// later than the watermark, or later than `ceiling`. The caller keeps the marks.
  bool advance(std::string_view last_update, Instant ceiling);

  /// Moves the watermark back to `to`, for one that lies in the future. The marks stay: they are of what was delivered.
  void pull_back(Instant to);
};

/// The mark of one version of an incident: the first 8 bytes of SHA-256 over `id`, LF, `last_update` (both as Graph
/// wrote them), as 16 lower-case hex digits. Shell: `printf '%s\n%s' ID TIME | sha256sum | cut -c 1-16`.
std::string incident_mark(std::string_view id, std::string_view last_update);

}  // namespace common
