// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "common/console/log.hpp"
#include "common/records/state.hpp"

namespace push_opencti {

/// The state in --state-file, with the same claim as at the platform: it is moved only while it is what the run started
/// from or wrote last.
class FileState {
 public:
  /// `claimed`: the state that the run started from, when it is to move the state.
  FileState(std::string path, std::optional<std::string> claimed, common::Log& log);

  void store(const std::string& state);
  bool lost_claim() const { return claimed_ && !claim_; }
  bool holds_claim() const { return claim_; }
  /// What the run started from or wrote last, where it claims the state.
  const std::string& state() const { return expected_; }

 private:
  bool is_unchanged();

  std::string path_;
  bool claimed_;
  bool claim_;
  std::string expected_;
  common::Log& log_;
};

/// The content of the file that --advance-from names. Throws Failure(no_input) when it is not there, Failure(settings)
/// when it is not a state.
std::string read_claimed_state(const std::string& path);

}  // namespace push_opencti
