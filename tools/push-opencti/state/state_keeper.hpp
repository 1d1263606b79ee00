// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/console/log.hpp"
#include "common/records/state.hpp"
#include "tools/push-opencti/state/state_store.hpp"

namespace push_opencti {

/// The state in --state-file, with the same claim as at the platform: it is moved only while it is what the run started
/// from or wrote last.
class FileState : public StateStore {
 public:
  /// `claimed`: the state that the run started from, when it is to move the state.
  FileState(std::string path, std::optional<std::string> claimed, common::Log& log);

  void keep(const std::optional<std::string>& state) override;
  void finish(const std::optional<std::string>& state, const RunEnd& end) override;
  std::string state() const override;
  std::optional<PendingReport> check_pending(PendingWorks) override { return {}; }
  bool must_run_again() const override;
  bool holds_claim() const;

 private:
  bool is_unchanged();
  void store(const std::optional<std::string>& state);

  std::string path_;
  bool claimed_;
  mutable std::mutex mutex_;
  bool claim_;
  std::string expected_;
  common::Log& log_;
};

/// The content of the file that --advance-from names. Throws Failure(no_input) when it is not there, Failure(settings)
/// when it is not a state.
std::string read_claimed_state(const std::string& path);

}  // namespace push_opencti
