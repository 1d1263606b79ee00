// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdexcept>
#include <string>
#include <utility>

namespace common {

/// Exit statuses shared by the four tools (sysexits.h numbers). A signal ends a tool with 128 + its number.
enum class ExitStatus : int {
  done = 0,
  usage = 64,          ///< wrong command line
  rejected = 65,       ///< some input was rejected or could not be fetched
  no_input = 66,       ///< an input file cannot be opened
  unavailable = 69,    ///< a peer did not answer after all retries
  internal = 70,       ///< a defect in the tool
  io = 74,             ///< reading or writing failed, disk full
  stopped_early = 75,  ///< nothing wrong with the input: try again later
  refused = 77,        ///< credentials or rights refused
  settings = 78,       ///< missing or malformed settings
  broken_pipe = 141,   ///< the reader of standard output went away
};

/// Ends the tool: what happened, to which thing and what to do, with the exit status. An empty message says nothing
/// (used when the cause was reported already). `details`, a peer's own words and ids for its support, follow on a line
/// of their own.
class Failure : public std::runtime_error {
 public:
  Failure(ExitStatus status, const std::string& message, std::string details = {})
      : std::runtime_error(message), status_(status), details_(std::move(details)) {}
  ExitStatus status() const noexcept { return status_; }
  const std::string& details() const noexcept { return details_; }

 private:
  ExitStatus status_;
  std::string details_;
};

}  // namespace common
