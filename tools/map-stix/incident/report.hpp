// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/console/log.hpp"
#include "tools/map-stix/stix/bundle.hpp"

namespace map_stix {

/// Receives everything that is left out or unusual: it writes warnings, counts for the closing summary and, for
/// --explain, keeps the account of the current incident.
class Report {
 public:
  Report(common::Log& log, bool explain) : log_(log), explain_(explain) {}

  void begin_line(std::string_view file, std::uint64_t line);
  void begin_incident(std::string_view id);
  void begin_alert(std::string_view id) { alert_ = id; }

  /// Something could not be mapped as it should. `kind` is a short fixed text, by which messages are counted;
  /// `member` is the path in the alert or incident.
  void warn(std::string_view kind, std::string_view member, std::string_view detail);
  /// As warn(), but once a run for each subject (an unknown evidence type, say).
  void warn_once(std::string_view kind, std::string_view subject, std::string_view detail);

  /// A line of the account of --explain.
  void explain(std::string_view text);
  bool explaining() const { return explain_; }
  const std::string& account() const { return account_; }

  void count_line() { ++lines_; }
  void count_evidence(std::string_view type) { ++evidence_[std::string(type)]; }
  void count_known_evidence(std::size_t row) {
    if (row >= known_evidence_.size()) known_evidence_.resize(row + 1);
    ++known_evidence_[row];
  }
  /// The case of an incident that was merged into another, and has nothing else, was written.
  void redirected() { ++redirected_; }
  /// A page says that more follow.
  void more_pages();
  void count_resolved() { ++resolved_; }
  void count_bundle(const Bundle& bundle);

  /// The closing line's figures, as JSON; `spent` is the seconds of work.
  std::string figures(std::uint64_t rejects, double spent) const;
  /// The closing line: lines, bundles, objects and evidence by type, warnings by kind, rejects.
  std::string summary(std::uint64_t rejects) const;

 private:
  std::string place() const;
  std::uint64_t object_total() const;

  common::Log& log_;
  bool explain_;
  std::string file_;
  std::uint64_t line_ = 0;
  std::string incident_;
  std::string alert_;
  std::string account_;
  std::uint64_t lines_ = 0;
  std::uint64_t bundles_ = 0;
  std::uint64_t redirected_ = 0;
  std::uint64_t resolved_ = 0;
  std::array<std::uint64_t, object_type_count> objects_{};
  std::vector<std::uint64_t> known_evidence_;  ///< by row of evidence_types()
  std::map<std::string, std::uint64_t, std::less<>> evidence_;
  std::map<std::string, std::uint64_t, std::less<>> warned_once_;
};

}  // namespace map_stix
