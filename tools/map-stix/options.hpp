// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "common/console/log.hpp"
#include "common/program/command_line.hpp"
#include "common/time.hpp"

namespace map_stix {

enum class IndicatorLevel { none, malicious, suspicious };

/// What becomes of the severity "informational", which OpenCTI's vocabularies lack: it drops the word in silence.
enum class InformationalSeverity {
  low,   ///< written as "low"
  none,  ///< left out
  add,   ///< written as it is, and the bundle carries the entry for the vocabularies
};

/// All that the mapping depends on besides its input line.
struct MappingOptions {
  std::string author = "Microsoft Sentinel";
  std::string product = "Microsoft Sentinel";  ///< source of incidents and of external references
  std::string tlp_level = "red";
  std::string observable_tlp = "red";
  std::optional<std::int64_t> confidence = {};
  InformationalSeverity informational = InformationalSeverity::low;
  /// Cases and incidents created before this instant keep `created` in whole seconds, and so the ids that the Python
  /// connectors gave them.
  std::optional<common::Instant> python_ids_before = {};
  IndicatorLevel indicators = IndicatorLevel::malicious;
  bool skip_resolved = false;
  bool keep_redirected = false;
  bool actors = false;
  bool device_addresses = false;
  bool observable_author = false;
};

/// A run of map-stix.
struct Options {
  MappingOptions mapping;
  bool explain = false;
  bool strict = false;
  std::optional<std::string> rejects = {};
  std::size_t max_line = 256u << 20;
};

const common::Usage& usage();
/// From command line, environment and config.yml; throws Failure(settings) or Failure(usage) with every
/// fault.
Options read_options(const common::Arguments& arguments, common::Log& log);

}  // namespace map_stix
