// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/state/state_keeper.hpp"

#include <unistd.h>

#include "common/program/failure.hpp"
#include "tools/push-opencti/state/state_file.hpp"
#include "tools/push-opencti/state/state_text.hpp"

namespace push_opencti {

FileState::FileState(std::string path, std::optional<std::string> claimed, common::Log& log)
    : path_(std::move(path)),
      claimed_(claimed.has_value()),
      claim_(claimed_),
      expected_(claimed.value_or("")),
      log_(log) {
  if (claim_) is_unchanged();
}

bool FileState::is_unchanged() {
  if (comparable_state(read_state_file(path_)) == comparable_state(expected_)) return true;
  claim_ = false;
  log_.warning("the state in " + path_ +
               " is not the one that this run started from: everything is pushed, but the state is left alone");
  return false;
}

void FileState::store(const std::optional<std::string>& state) {
  const std::lock_guard lock(mutex_);
  if (!state || !claim_ || *state == expected_ || !is_unchanged()) return;
  write_state_file(path_, *state);
  expected_ = *state;
}

void FileState::keep(const std::optional<std::string>& state) {
  try {
    store(state);
  } catch (const common::Failure& failure) {
    log_.warning_of_kind("heartbeat", failure.what());
  }
}

void FileState::finish(const std::optional<std::string>& state, const RunEnd&) { store(state); }

std::string FileState::state() const {
  const std::lock_guard lock(mutex_);
  return expected_;
}

bool FileState::must_run_again() const {
  const std::lock_guard lock(mutex_);
  return claimed_ && !claim_;
}

bool FileState::holds_claim() const {
  const std::lock_guard lock(mutex_);
  return claim_;
}

std::string read_claimed_state(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) {
    throw common::Failure(common::ExitStatus::no_input,
                          "cannot open " + path + ": it is not there (--print-state writes it)");
  }
  std::string text = read_state_file(path);
  std::string reason;
  if (!common::State::parse(text, reason)) {
    throw common::Failure(common::ExitStatus::settings, "--advance-from " + path + ": " + reason);
  }
  return text;
}

}  // namespace push_opencti
