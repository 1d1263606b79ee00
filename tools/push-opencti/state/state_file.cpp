// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/state/state_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "common/program/failure.hpp"
#include "common/records/record_writer.hpp"

namespace push_opencti {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  throw common::Failure(common::ExitStatus::io, "cannot " + what + " " + path + ": " + std::strerror(errno));
}

void sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot sync a folder and need not.
  if (fd.get() < 0 || (::fsync(fd.get()) != 0 && errno != EINVAL)) fail("make durable the folder", folder);
}

}  // namespace

void write_durably(const std::string& path, const std::string& temporary, std::string_view content) {
  const Descriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (fd.get() < 0) fail("create", temporary);
  try {
    common::write_all(fd.get(), content, temporary);
    if (::fsync(fd.get()) != 0) fail("make durable", temporary);
    // diode-import skips files older than the last one it saw. So the time is set right before the file appears, and
    // from the clock itself, since file systems update their own time stamps only every few milliseconds.
    timespec now = {};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const std::array<timespec, 2> times = {now, now};
    if (::futimens(fd.get(), times.data()) != 0) fail("set the time of", temporary);
    if (::rename(temporary.c_str(), path.c_str()) != 0) fail("rename to", path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  if (::fsync(fd.get()) != 0) fail("make durable", path);
  sync_folder_of(path);
}

std::string read_state_file(const std::string& path) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0 && errno == ENOENT) return {};
  if (fd.get() < 0)
    throw common::Failure(common::ExitStatus::no_input, "cannot open " + path + ": " + std::strerror(errno));
  std::string content;
  std::array<char, 4096> block{};
  for (;;) {
    const ssize_t count = ::read(fd.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      throw common::Failure(common::ExitStatus::no_input, "cannot read " + path + ": " + std::strerror(errno));
    if (count == 0) return content;
    content.append(block.data(), static_cast<std::size_t>(count));
  }
}

void write_state_file(const std::string& path, const std::string& state) {
  write_durably(path, path + ".tmp", state + "\n");
}

}  // namespace push_opencti
