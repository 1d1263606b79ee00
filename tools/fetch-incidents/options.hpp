// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "common/console/log.hpp"
#include "common/http/http.hpp"
#include "common/http/http_url.hpp"
#include "common/program/command_line.hpp"
#include "common/settings/settings.hpp"
#include "tools/fetch-incidents/range_start.hpp"

namespace fetch_incidents {

/// What one run fetches, and how.
struct RunSettings {
  std::string collection;  ///< address of Graph's incidents
  common::Url origin;      ///< of the same
  std::string filter;
  std::string filter_name;           ///< how the user gave it
  std::string what_is_read() const;  ///< both, as Reading::of
  RangeStart start;
  std::optional<common::Instant> until;
  std::vector<std::string> ids;             ///< single incidents in place of the range
  std::optional<std::string> reading_file;  ///< notes complete readings; only for the plain range of --state
  std::optional<std::string> token_file;
  std::optional<std::string> failed_file;
  std::size_t top = 50;
  std::int64_t max_rate = 150;
  std::chrono::seconds retry_budget{900};
  common::HttpOptions http;
};

/// The command line.
const common::Usage& usage();

/// Reads and checks what this tool needs; throws Failure(settings) with every fault, Failure(usage) for contradicting
/// options. `now` is what --state and the start date are compared with.
RunSettings read_settings(const common::Arguments& arguments, const common::Environment& environment,
                          common::Instant now, common::Log& log);

}  // namespace fetch_incidents
