// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/push-opencti/ledger/ledger_store.hpp"

namespace push_opencti {

/// What an error of a work means for the object that it names.
enum class IngestError {
  harmless,           ///< the platform has the object all the same
  missing_reference,  ///< something that it refers to was not there
  other,
};

/// One error that the platform reports of a work.
struct WorkError {
  IngestError kind = IngestError::other;
  std::string object;                       ///< the id; "" where the error does not show the object
  std::string reason;                       ///< in the platform's words, made short
  std::vector<std::string> refers_to = {};  ///< of a missing reference: all that the object refers to
};

/// What the platform says of a work.
struct WorkReport {
  bool found = false;  ///< false: there is no such work any more
  bool complete = false;
  std::int64_t expected = 0;
  std::int64_t processed = 0;
  std::vector<WorkError> errors;
};

/// A work keeps so many errors and drops the others.
inline constexpr std::size_t most_errors_of_work = 100;

/// Reads what the operation `read_work` answers: the JSON object of the work, "" where there is none. What cannot be
/// read is a work that is not there.
WorkReport read_work_report(std::string_view text);

/// What to take of a work, from the platform's report and what this tool knows of it.
enum class WorkFate {
  running,   ///< not done: to be looked at again
  ingested,  ///< everything was ingested, but for the errors
  stuck,     ///< it will never be done: its messages were purged, or counted and never queued
  gone,      ///< deleted
};

/// Decides by numbers; the status alone means nothing. A work may be complete long before its messages are ingested:
/// over the API the platform counts them when its worker takes them (6.8: "complete, 1 of 255"). And a work that a
/// killed run left open is never complete, though everything may be ingested. So the platform must have counted and
/// processed as many objects as were sent; fewer, once the numbers have stood still for `patience`: its splitter drops
/// what it does not know. After as long, what a push without an answer counted and never queued is no longer waited
/// for. `seen_*` of the work are updated. Times in seconds.
WorkFate fate_of(LedgerWork& work, const WorkReport& report, std::int64_t now);

/// For how long the numbers of a work must not change until fewer objects than were sent count as all of them.
inline constexpr std::int64_t patience = 600;
/// And for how long until a work that is not done counts as stuck.
inline constexpr std::int64_t long_patience = 86'400;

}  // namespace push_opencti
