// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "common/console/log.hpp"
#include "common/program/command_line.hpp"

namespace common {

/// How a run went, told once at its end: a message for people, and the same as figures for machines. The figures are
/// one JSON object of numbers, times and nulls: attributes of the message with --log-format json, and the only line of
/// the file that
/// --summary names.
class Summary {
 public:
  /// Empties the file, so that the figures of an earlier run never pass for this one's. Throws Failure(io) when it
  /// cannot.
  Summary(const Arguments& arguments, Log& log);
  ~Summary();
  Summary(const Summary&) = delete;
  Summary& operator=(const Summary&) = delete;

  /// An empty message is not shown.
  void tell(std::string_view message, std::string_view figures);

 private:
  Log& log_;
  std::string path_;
  int fd_ = -1;
};

/// The row of --help.
inline const Option summary_option{"summary", "FILE",
                                   "write the figures of the run to FILE at its end, as one JSON object"};

/// The number with three decimals, as JSON takes it.
std::string decimal(double number);

}  // namespace common
