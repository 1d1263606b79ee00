// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "common/console/log.hpp"
#include "common/time.hpp"
#include "tools/push-opencti/bundle/bundle.hpp"
#include "tools/push-opencti/platform/connector.hpp"

namespace push_opencti {

/// Writes each bundle to a file of its own, in the form in which OpenCTI's connector diode-import reads them on the
/// other side of an air gap: by modification time, whole files only.
class DirectorySink {
 public:
  struct Options {
    std::string directory;
    std::string applicant_id;         ///< the platform's user in whose name the bundles are imported
    std::int64_t retention_days = 0;  ///< 0 keeps all
    bool validate = false;
  };
  /// Throws Failure(settings) when the directory cannot be used.
  DirectorySink(Options options, Identity identity, common::Clock& clock, common::Log& log);

  /// Writes the bundle; when this returns, it survives a crash. Throws Failure(io).
  void write(const Bundle& bundle);
  /// Deletes files older than the retention, of those that this connector wrote, and what a crash left unfinished.
  void sweep();

 private:
  std::string next_name();
  bool is_own(std::string_view name, std::string_view ending) const;
  void sweep(std::string_view ending, std::int64_t days);

  Options options_;
  Identity identity_;
  common::Clock& clock_;
  common::Log& log_;
  std::string prefix_;     // of file names
  std::string last_time_;  // of the last name, so that names keep their order
  std::uint64_t within_time_ = 0;
};

}  // namespace push_opencti
