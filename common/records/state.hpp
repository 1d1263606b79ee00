// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time.hpp"

namespace common {

/// The connector's state, as the platform (or --state-file) keeps it and as `push-opencti --print-state` prints it:
///
///     {"last_incident_timestamp":1795485600,"last_incident_update":"2026-11-24T02:00:00.1234567Z",
///      "delivered":["8c1f0a5be2d34907"]}
///
/// fetch-incidents starts from it; only push-opencti moves it. last_incident_timestamp is the key of the Python
/// connectors, which write and read an integer there, so that either can take over from the other.
struct State {
  /// Whole Unix seconds, cut down. Read as an integer, a float, digits in a string, or the ISO text that version 0.1.0
  /// wrote; written as an integer.
  std::optional<std::int64_t> last_incident_timestamp;
  /// lastUpdateDateTime as Graph wrote it, "" for none. Counts only if is_ours().
  std::string last_incident_update;
  /// Marks (see incident_mark) of what was delivered shortly before the watermark, oldest first.
  std::vector<std::string> delivered;
  /// Members of other programs: name and value, both as JSON text, in their order.
  std::vector<std::pair<std::string, std::string>> others;

  static constexpr std::size_t most_delivered = 4'000;
  static constexpr std::size_t most_bytes = (64u << 10) - 1;

  bool operator==(const State&) const = default;

  /// Reads the state's JSON text. Nothing, with what is wrong in `reason`, when it is not a JSON object or when
  /// last_incident_timestamp is no time (see how_to_reset_state). `{}` is the state of a connector that never ran; a
  /// null member counts as absent.
  static std::optional<State> parse(std::string_view json, std::string& reason);

  /// The state as one line of JSON without LF. Of `delivered` only the newest most_delivered marks, and fewer where the
  /// whole would grow beyond most_bytes: an incident without a mark is merely sent again.
  std::string to_json() const;

  /// Whether last_incident_update has the whole second of last_incident_timestamp. If not, another program wrote last,
  /// and last_incident_update and the marks are out of date.
  bool is_ours() const;

  /// Everything up to here was delivered: last_incident_update when is_ours(), else one second before
  /// last_incident_timestamp, since the Python connectors round it. Nothing for a connector that never ran.
  std::optional<Instant> watermark() const;

  /// Moves the watermark forward to an incident's lastUpdateDateTime. False, and nothing changes, where that is not
  /// later than the watermark, or later than `ceiling`. The caller keeps the marks.
  bool advance(std::string_view last_update, Instant ceiling);

  /// Moves the watermark back to `to`, for one that lies in the future. The marks stay: they are of what was delivered.
  void pull_back(Instant to);
};

/// What to do about a stored state that cannot be read, and what it costs. The end of a message.
inline constexpr std::string_view how_to_reset_state =
    "reset the connector in OpenCTI (Integrations > Deployed > the connector > menu > Reset; before 7.2608: Data > "
    "Ingestion > Connectors). The next run then starts at SENTINEL_INCIDENTS_IMPORT_START_DATE: set that to where it "
    "is "
    "to go on. A reset also deletes what is still queued for the connector, so wait until its queue is empty";

/// The mark of one version of an incident: the first 8 bytes of SHA-256 over `id`, LF, `last_update` (both as Graph
/// wrote them), as 16 lower-case hex digits. Shell: `printf '%s\n%s' ID TIME | sha256sum | cut -c 1-16`.
std::string incident_mark(std::string_view id, std::string_view last_update);

}  // namespace common
