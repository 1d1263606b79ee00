// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include "common/time.hpp"

namespace fetch_incidents {

/// What a reading of the whole range, up to its open end, has covered. Kept in the file of --reading between runs:
///
///     {"asked_at":"2026-11-24T02:00:00.0000000Z","written_up_to":"2026-11-24T01:58:20.5000000Z",
///      "of":"https://graph.microsoft.com/v1.0/security/incidents severity eq 'high'"}
///
/// The overlap is there for incidents that Graph shows late. A reading has seen all that was updated the overlap before
/// it was asked for, so the next run need not reach back further, even if the newest incident is much older (see
/// range_start).
struct Reading {
  std::optional<common::Instant> asked_at;       ///< when its first page was asked for
  std::optional<common::Instant> written_up_to;  ///< the latest lastUpdateDateTime, not later than that, it wrote
  std::string of;                                ///< the address and the filter that were read

  /// An incident was written.
  void note_written(std::optional<common::Instant> at);
  /// Whether a state with this watermark says that all that the reading wrote was delivered.
  bool covers(common::Instant watermark) const;
};

/// Reads the file. Nothing, with the reason, when it cannot be read or understood; nothing and no reason when it is
/// not there yet.
std::optional<Reading> read_reading(const std::string& path, std::string& reason);

/// Replaces the file in one step. An older reading stays true, so nothing is lost where a crash brings that back.
/// Throws Failure(io).
void write_reading(const std::string& path, const Reading& reading);

}  // namespace fetch_incidents
