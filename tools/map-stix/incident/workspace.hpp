// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/bytes/text_buffer.hpp"
#include "common/json/json_tree.hpp"
#include "tools/map-stix/incident/catch_all.hpp"
#include "tools/map-stix/incident/report.hpp"
#include "tools/map-stix/incident/verdicts.hpp"
#include "tools/map-stix/options.hpp"
#include "tools/map-stix/stix/bundle.hpp"
#include "tools/map-stix/stix/stix_ids.hpp"
#include "tools/map-stix/text/text_arena.hpp"
#include "tools/map-stix/text/text_index.hpp"

namespace map_stix {

using common::Json;
using common::JsonKind;
using common::JsonTree;

/// The state and memory that mapping uses, reused from incident to incident.
struct Workspace {
  Workspace(const MappingOptions& mapping_options, Report& report_to) : options(mapping_options), report(report_to) {}

  const MappingOptions& options;
  Report& report;
  JsonTree tree;
  Bundle bundle;
  StixIds ids;
  TextArena arena;
  CatchAll catch_all;
  common::TextBuffer scratch;
  common::TextBuffer escaped;
  Verdicts verdicts;
  TextIndex device_ids;
  std::map<common::Uuid, ObjectRef> lasting_notes;  ///< the incident's notes by the id that outlasts edits
};

/// A file, process or registry value, and the device that it was seen on.
struct SeenOnDevice {
  ObjectRef object;
  std::uint32_t device;  ///< the number of its Defender device id
  common::Instant at;
};

/// The values of an alert that its object held word for word when the alert was mapped. Another alert that shares the
/// object may replace them. "" where the value was kept as text.
struct ReportedFields {
  std::string_view severity;
  std::string_view update;
  std::string_view first_activity;
  std::string_view last_activity;
  bool operator==(const ReportedFields&) const = default;
};

/// A mapped alert whose values may be replaced by those of another, and the STIX incident that it became or shares.
struct AlertObject {
  ObjectRef object;
  std::size_t position;
  std::string_view id;
  ReportedFields reported;
  bool has_last_activity;
};

/// Totals over the alerts of an incident, for the description of its case.
struct AlertTotals {
  std::size_t count = 0;
  std::vector<std::string_view> products = {};  ///< each once, no more than a few
  std::optional<common::Instant> first_activity = {};
  std::optional<common::Instant> last_activity = {};  ///< there is one where there is a first
};

/// The incident being mapped.
struct IncidentScope {
  Workspace& work;
  Json json;
  std::string_view id;        ///< "" where there is none
  std::string_view tenant;    ///< "" where there is none
  common::Instant created;    ///< never missing, see mapping of dates
  common::Instant note_date;  ///< as created, but never the date of an update
  bool scored = true;         ///< false for false positives and expected activity
  std::vector<ObjectRef> devices =
      {};  ///< by the number of their id in device_ids; the first of several names for one counts
  std::vector<std::string_view> device_names = {};  ///< by the same numbers
  std::vector<SeenOnDevice> seen_on_device = {};
  std::vector<AlertObject> alerts = {};
  AlertTotals totals = {};
  bool shared_objects = false;  ///< whether two of the alerts are one object
};

/// A hash that a file of the alert has.
struct KnownHash {
  std::string_view hash;
  ObjectRef file;
};

/// When and where a process was started, by what Graph tells of it.
struct ProcessStart {
  std::int64_t pid;
  common::Instant created;  ///< cut to the millisecond
  std::string_view device;  ///< its Defender device id, "" where there is none
  ObjectRef process;
};

/// A process whose evidence names the process that started it.
struct ChildProcess {
  ProcessStart parent;  ///< without an object
  ObjectRef process;
  common::Instant at;
};

/// The alert being mapped.
struct AlertScope {
  IncidentScope& incident;
  Json json;
  std::size_t position;  ///< in the incident's list
  std::string_view id;
  std::string_view tenant;
  common::Instant created;
  common::Instant note_date;
  bool scored;
  ObjectRef object;  ///< its STIX incident
  ReportedFields reported = {};
  std::vector<KnownHash> hashes = {};
  /// The first file that has each hash; filled from `hashes` when it is first asked for one (see file_with_hash).
  std::map<std::string_view, ObjectRef> files_by_hash = {};
  std::size_t hashes_entered = 0;
  std::vector<ProcessStart> starts = {};
  std::vector<ChildProcess> children = {};
  /// How often evidence of a type and text came that becomes a line of the description, see add_text_only().
  std::map<std::pair<std::string, std::string>, std::size_t> text_only = {};

  Workspace& work() const { return incident.work; }
};

/// Objects that incidents share never change: constant dates, and a confidence that fills gaps but overrules
/// nobody.
inline constexpr common::Instant shared_date = {15778368000000000};  // 2020-01-01T00:00:00Z
inline constexpr std::int64_t shared_confidence = 1;
/// The largest integer that every reader of JSON holds exactly.
inline constexpr std::int64_t largest_exact_integer = (std::int64_t{1} << 53) - 1;

/// A relationship, dated with the whole second of `at`; none when both ends are the same object.
ObjectRef relate(Workspace& work, ObjectRef source, RelationshipType type, ObjectRef target, common::Instant at);
/// An observable's relationship with an incident, or the incident's with an identity.
ObjectRef relate_to_incident(Workspace& work, ObjectRef object, ObjectRef incident, common::Instant at);
/// Adds Markdown to an object's description, without the line ends behind it.
void describe(Workspace& work, ObjectRef object, std::string_view markdown);
/// The path of a value in the incident, for messages: "alerts.3.title".
std::string alert_member(std::size_t alert_position, std::string_view member);
std::string alert_member(const AlertScope& alert, std::string_view member);

}  // namespace map_stix
