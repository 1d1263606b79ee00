// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/report.hpp"

#include <numeric>

#include "common/console/printable.hpp"
#include "common/console/summary.hpp"
#include "common/json/json_writer.hpp"
#include "tools/map-stix/evidence/table.hpp"

namespace map_stix {

namespace {

// "word: a 1, b 2; " or nothing.
void append_counts(std::string& out, std::string_view word,
                   const std::map<std::string, std::uint64_t, std::less<>>& counts) {
  if (counts.empty()) return;
  out.append("; ").append(word);
  bool first = true;
  for (const auto& [name, count] : counts) {
    out.append(first ? ": " : ", ").append(name).append(" ").append(std::to_string(count));
    first = false;
  }
}

}  // namespace

void Report::begin_line(std::string_view file, std::uint64_t line) {
  file_ = file;
  line_ = line;
  incident_.clear();
  alert_.clear();
}

void Report::begin_incident(std::string_view id) {
  incident_ = id;
  alert_.clear();
  account_.clear();
}

std::string Report::place() const {
  std::string text = file_ == "-" ? "" : file_ + ": ";
  text += "line " + std::to_string(line_) + ": ";
  if (!incident_.empty()) text += "incident " + incident_ + ": ";
  if (!alert_.empty()) text += "alert " + alert_ + ": ";
  return text;
}

void Report::warn(std::string_view kind, std::string_view member, std::string_view detail) {
  std::string message = place();
  if (!member.empty()) message.append(member).append(": ");
  message.append(detail);
  log_.warning_of_kind(kind, message);
  if (!explain_) return;
  std::string line = "  left out: ";
  if (!member.empty()) line.append(member).append(": ");
  explain(line.append(detail));
}

// The account is read on a terminal and quotes text that an attacker may have written, so control characters are
// escaped.
void Report::explain(std::string_view text) {
  if (!explain_) return;
  common::append_printable(account_, text);
  account_ += '\n';
}

void Report::warn_once(std::string_view kind, std::string_view subject, std::string_view detail) {
  if (++warned_once_[std::string(kind) + " " + std::string(subject)] == 1) {
    log_.warning_of_kind(std::string(kind) + " " + std::string(subject), place() + std::string(detail));
  }
}

void Report::more_pages() { log_.info(place() + "the page names a next one, which is not part of this input"); }

void Report::count_bundle(const Bundle& bundle) {
  ++bundles_;
  for (std::uint32_t i = 0; i < bundle.size(); ++i) ++objects_[static_cast<std::size_t>(bundle.type({i}))];
}

std::uint64_t Report::object_total() const {
  return std::accumulate(objects_.begin(), objects_.end(), std::uint64_t{0});
}

std::string Report::figures(std::uint64_t rejects, double spent) const {
  std::string text;
  common::JsonWriter json(text);
  const auto figure = [&json](std::string_view name, std::uint64_t count) {
    json.member(name, static_cast<std::int64_t>(count));
  };
  json.begin_object();
  figure("lines", lines_);
  figure("bundles", bundles_);
  figure("objects", object_total());
  figure("rejected", rejects);
  figure("redirected", redirected_);
  figure("resolved", resolved_);
  json.key("seconds").raw(common::decimal(spent)).end_object();
  return text;
}

std::string Report::summary(std::uint64_t rejects) const {
  std::map<std::string, std::uint64_t, std::less<>> objects;
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    if (objects_[i] > 0) objects[std::string(object_types[i].name)] = objects_[i];
  }
  std::map<std::string, std::uint64_t, std::less<>> evidence = evidence_;
  for (std::size_t i = 0; i < known_evidence_.size(); ++i) {
    if (known_evidence_[i] > 0) evidence[std::string(evidence_types()[i].name)] += known_evidence_[i];
  }
  using common::counted;
  std::string text = counted(lines_, "line") + ", " + counted(bundles_, "bundle") + ", " +
                     counted(object_total(), "object") + ", " + counted(rejects, "reject");
  if (redirected_ > 0) text += ", " + std::to_string(redirected_) + " merged into others";
  if (resolved_ > 0) text += ", " + std::to_string(resolved_) + " resolved left out";
  append_counts(text, "objects", objects);
  append_counts(text, "evidence", evidence);
  const auto kinds = log_.kinds();
  append_counts(text, "warnings", {kinds.begin(), kinds.end()});
  return text;
}

}  // namespace map_stix
