// SPDX-License-Identifier: Apache-2.0
#include "common/records/rejects.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/program/failure.hpp"
#include "common/records/record_writer.hpp"

namespace common {

namespace {

// Whether an input is the regular file of that status.
bool is_input(const struct stat& file, const std::string& input) {
  struct stat status = {};
  const int found = input == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(input.c_str(), &status);
  return found == 0 && S_ISREG(status.st_mode) && status.st_dev == file.st_dev && status.st_ino == file.st_ino;
}

}  // namespace

Rejects::Rejects(std::optional<std::string> path, bool strict, Log& log, const std::vector<std::string>& inputs)
    : strict_(strict), log_(log) {
  if (!path) return;
  path_ = *path;
  struct stat file = {};
  const std::vector<std::string> standard_input = {"-"};
  for (const std::string& input : inputs.empty() ? standard_input : inputs) {
    if (::stat(path_.c_str(), &file) == 0 && is_input(file, input))
      throw Failure(ExitStatus::usage, "--rejects " + path_ + " is the input itself; name another file");
  }
  fd_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) {
    throw Failure(ExitStatus::io, "cannot open the rejects file " + path_ + ": " + std::strerror(errno));
  }
  end_torn_line();
}

/// A full disk or a kill may have cut the last line: the next one must not be glued to it.
void Rejects::end_torn_line() {
  struct stat status = {};
  if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return;
  // The descriptor for appending cannot read: opened for both, a pipe would have this process for its reader.
  const int reading = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (reading < 0) return;
  char last = '\n';
  const bool torn = ::pread(reading, &last, 1, status.st_size - 1) == 1 && last != '\n';
  ::close(reading);
  if (torn) write_all(fd_, "\n", path_);
}

Rejects::~Rejects() {
  if (fd_ >= 0) ::close(fd_);
}

void Rejects::add(const Record& record, std::string_view reason, RecordReader* reader) {
  if (fd_ >= 0) {
    if (record.oversize && reader != nullptr) {
      reader->copy_rest([this](std::string_view piece) { write_all(fd_, piece, path_); });
    } else {
      write_all(fd_, record.text, path_);
    }
    write_all(fd_, "\n", path_);
    dirty_ = true;
  } else if (record.oversize && reader != nullptr) {
    reader->copy_rest([](std::string_view) {});
  }
  report(record.where(), reason, reason);
}

void Rejects::add(std::string_view line, std::string_view where, std::string_view reason, std::string_view kind) {
  if (fd_ >= 0) {
    write_all(fd_, line, path_);
    write_all(fd_, "\n", path_);
    dirty_ = true;
  }
  report(where, reason, kind.empty() ? reason : kind);
}

void Rejects::report(std::string_view where, std::string_view reason, std::string_view kind) {
  ++count_;
  const std::string message = std::string(where) + ": " + std::string(reason);
  if (strict_) {
    sync();
    throw Failure(ExitStatus::rejected, message + " (stopped at the first rejected line, as --strict asks)");
  }
  log_.warning_of_kind("rejected: " + std::string(kind), message + "; rejected");
}

void Rejects::sync() {
  if (fd_ < 0 || !dirty_) return;
  // Pipes and terminals cannot be synced and need not be.
  if (::fsync(fd_) != 0 && errno != EINVAL && errno != EROFS) {
    throw Failure(ExitStatus::io, "cannot make the rejects file " + path_ + " durable: " + std::strerror(errno));
  }
  dirty_ = false;
}

}  // namespace common
