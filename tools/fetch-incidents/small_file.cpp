// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/small_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace fetch_incidents {
namespace {

constexpr std::size_t largest = 16u << 20;

/// Reads to the end; false when that fails (errno) or the text grows too large (errno 0).
bool read_all(int fd, std::string& text) {
  std::array<char, 16'384> bytes;
  errno = 0;
  for (;;) {
    const ssize_t count = ::read(fd, bytes.data(), bytes.size());
    if (count == 0) return true;
    if (count < 0) return false;
    text.append(bytes.data(), static_cast<std::size_t>(count));
    if (text.size() > largest) return false;
  }
}

}  // namespace

std::optional<std::string> read_small_file(const std::string& path, std::string& reason) {
  std::string text;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool whole = fd >= 0 && read_all(fd, text);
  reason = whole        ? ""
           : errno == 0 ? "it is larger than " + std::to_string(largest >> 20) + " MB"
                        : std::strerror(errno);
  if (fd >= 0) ::close(fd);
  if (!whole) return {};
  return text;
}

}  // namespace fetch_incidents
