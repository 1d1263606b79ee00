// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/console/log.hpp"
#include "common/records/record_reader.hpp"

namespace common {

/// Keeps what a stage refuses: the line verbatim in the file named by --rejects (appended, mode 0600), and a message
/// with file, line number and reason.
class Rejects {
 public:
  /// Opens the file for appending when there is one, ending a line that was cut; throws Failure(io) when it cannot.
  /// With `strict`, the first add() throws Failure(rejected). Throws Failure(usage) when the file is one of the inputs
  /// (names, "-" or none for standard input), also through a link: the tool would read what it appends, without end.
  Rejects(std::optional<std::string> path, bool strict, Log& log, const std::vector<std::string>& inputs = {});
  ~Rejects();
  Rejects(const Rejects&) = delete;
  Rejects& operator=(const Rejects&) = delete;

  /// Keeps the line and reports it. Throws Failure(io) when the file cannot be written: loss must not go on.
  void add(const Record& record, std::string_view reason, RecordReader* reader = nullptr);
  /// Keeps a line that is no longer in the reader's buffer. `where` reads as "line 12" or "bundle--…".
  /// `kind`: the reason in fixed words, where the reason itself differs from line to line; else the reason.
  void add(std::string_view line, std::string_view where, std::string_view reason, std::string_view kind = {});
  /// Makes what was added survive a crash (fsync). Throws Failure(io).
  void sync();
  /// Whether rejected lines are kept in a file.
  bool kept() const { return fd_ >= 0; }
  std::uint64_t count() const { return count_; }

 private:
  void report(std::string_view where, std::string_view reason, std::string_view kind);
  void end_torn_line();
  int fd_ = -1;
  bool strict_;
  bool dirty_ = false;
  std::string path_;
  std::uint64_t count_ = 0;
  Log& log_;
};

}  // namespace common
