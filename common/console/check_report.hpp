// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "common/console/log.hpp"
#include "common/program/failure.hpp"

namespace common {

/// What --check prints: one line for each step of the way that an incident takes, as soon as it is known.
///
///     ok       Graph connection: https://graph.microsoft.com answers (20.190.160.20, 84 ms)
///     failed   Graph incidents: Graph refuses the request: HTTP status 403, Forbidden; the application needs …
///
/// With --log-format json a line is {"step":"Graph connection","result":"ok","message":"…"}. Secrets that the log hides
/// are hidden here as well. The result is in colour where the output is a terminal that wants it.
class CheckReport {
 public:
  explicit CheckReport(Log& log, int fd = 1) : log_(log), fd_(fd) {}

  void ok(std::string_view step, std::string_view message) { line(Result::ok, step, message); }
  /// The next run can work, but somebody should look at this.
  void warning(std::string_view step, std::string_view message) { line(Result::warning, step, message); }
  /// The next run cannot work. `message` says what to do; `status` is what a run would end with.
  void failed(std::string_view step, ExitStatus status, std::string_view message);
  void failed(std::string_view step, const Failure& failure);
  /// Could not be tried because of an earlier step.
  void skipped(std::string_view step, std::string_view message) { line(Result::skipped, step, message); }
  /// Could not be tried because another tool failed, which has told why. A run would end with `status`.
  void skipped(std::string_view step, ExitStatus status, std::string_view message);

  /// That of the first step that a run would fail at, else done.
  ExitStatus status() const { return status_; }

 private:
  enum class Result { ok, warning, failed, skipped };
  void line(Result result, std::string_view step, std::string_view message);

  Log& log_;
  int fd_;
  ExitStatus status_ = ExitStatus::done;
};

}  // namespace common
