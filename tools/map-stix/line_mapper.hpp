// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "common/console/log.hpp"
#include "common/records/record_reader.hpp"
#include "common/records/record_writer.hpp"
#include "common/records/rejects.hpp"
#include "tools/map-stix/incident/incident.hpp"
#include "tools/map-stix/incident/report.hpp"
#include "tools/map-stix/incident/workspace.hpp"
#include "tools/map-stix/options.hpp"
#include "tools/map-stix/stix/bundle_writer.hpp"

namespace map_stix {

/// The member of a whole answer of Graph that holds its incidents.
inline constexpr std::string_view page_member = "value";

/// Maps lines, each of which is an incident or a whole answer of Graph, `{"value":[…]}`. Apart from buffers and counts,
/// nothing is kept from one line to the next.
class LineMapper {
 public:
  LineMapper(const Options& options, common::Log& log);

  /// Writes the bundles of one line, or rejects it.
  void map(const common::Record& record, common::RecordWriter& output, common::Rejects& rejects,
           common::RecordReader& input);
  /// When the incident of the line that was mapped last was updated; the line must still be readable. Nothing for a
  /// page or a line that is no incident.
  std::optional<common::Instant> last_update();
  /// The closing line of a run.
  std::string summary(std::uint64_t rejects) const { return report_.summary(rejects); }
  std::string figures(std::uint64_t rejects, double spent) const { return report_.figures(rejects, spent); }

 private:
  void map_page(Json page, common::RecordWriter& output, common::Rejects& rejects, const std::string& place);
  void map_one(Json json, std::string_view source, common::RecordWriter& output);
  void warn_of_text();

  Report report_;
  Workspace work_;
  BundleWriter writer_;
  std::string source_;
};

}  // namespace map_stix
