// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace push_opencti {

/// Keeps other processes from using the same ledger, from before it is opened until after it is closed. Makes the file
/// (0600) where it is missing. Throws Failure(stopped_early) when it is in use, Failure(io) when it cannot be made.
class LedgerLock {
 public:
  explicit LedgerLock(const std::string& path);
  ~LedgerLock();
  LedgerLock(const LedgerLock&) = delete;
  LedgerLock& operator=(const LedgerLock&) = delete;

 private:
  int fd_;
};

/// The file and what SQLite has put beside it.
void remove_ledger_files(const std::string& path);

/// Another one after each start of the machine; "unknown" where the system does not tell.
std::string boot_id();

}  // namespace push_opencti
