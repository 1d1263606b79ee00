// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tools/map-stix/evidence/evidence.hpp"

namespace map_stix {

/// Remembers a process evidence that became `process`, for join_processes().
void add_process_start(const Evidence& evidence, ObjectRef process);

/// Relates each process of the alert to those that it started: parents are found by process id and creation time (to
/// the millisecond), and by device where both name one. Of several that fit the first counts, so that the number of
/// relationships never exceeds that of the processes.
void join_processes(AlertScope& alert);

}  // namespace map_stix
