// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/ledger/ledger_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "common/program/failure.hpp"

namespace push_opencti {

LedgerLock::LedgerLock(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (fd_ < 0) {
    throw common::Failure(common::ExitStatus::io, "cannot open the ledger " + path + ": " + std::strerror(errno));
  }
  if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
  const int error = errno;
  ::close(fd_);
  if (error == EWOULDBLOCK) {
    throw common::Failure(common::ExitStatus::stopped_early, "another push-opencti uses the ledger " + path);
  }
  throw common::Failure(common::ExitStatus::io, "cannot lock the ledger " + path + ": " + std::strerror(error));
}

LedgerLock::~LedgerLock() { ::close(fd_); }

void remove_ledger_files(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) ::unlink((path + suffix).c_str());
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  return std::getline(file, id) ? id : "unknown";
}

}  // namespace push_opencti
