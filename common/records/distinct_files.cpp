// SPDX-License-Identifier: Apache-2.0
#include "common/records/distinct_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "common/program/failure.hpp"

namespace common {
namespace {

bool is_same(const struct stat& file, const struct stat& other) {
  return S_ISREG(other.st_mode) && file.st_dev == other.st_dev && file.st_ino == other.st_ino;
}

[[noreturn]] void refuse(std::string_view option, const std::string& path, const std::string& what) {
  throw Failure(ExitStatus::usage,
                "--" + std::string(option) + " " + path + " is the same file as " + what + "; name another one");
}

}  // namespace

void require_distinct(std::string_view option, const std::string& path, const std::vector<std::string>& others) {
  struct stat file = {};
  if (::stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) return;
  struct stat other = {};
  if (::fstat(STDIN_FILENO, &other) == 0 && is_same(file, other)) refuse(option, path, "standard input");
  if (::fstat(STDOUT_FILENO, &other) == 0 && is_same(file, other)) refuse(option, path, "standard output");
  for (const std::string& name : others) {
    if (name != "-" && ::stat(name.c_str(), &other) == 0 && is_same(file, other)) refuse(option, path, name);
  }
}

}  // namespace common
