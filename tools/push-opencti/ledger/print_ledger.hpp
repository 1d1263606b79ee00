// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/records/record_writer.hpp"

namespace push_opencti {

/// Writes what the ledger in the file says, one JSON object a line: each object sent, with its status `held`, `pending`
/// (and the work that it waits for) or `unknown`; then each object `refused`, with incident and reason. Throws
/// Failure(no_input) when the file cannot be read as a ledger.
void print_ledger_file(const std::string& path, common::RecordWriter& out);

}  // namespace push_opencti
