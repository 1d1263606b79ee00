#include "common/record_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "common/failure.hpp"

namespace common {

void write_all(int fd, std::string_view bytes, std::string_view what) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      // A descriptor shared with a non-blocking program: wait rather than fail.
      pollfd ready = {fd, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno == EPIPE) {
      throw Failure(ExitStatus::broken_pipe, "");
    } else if (errno != EINTR) {
      throw Failure(ExitStatus::io, "cannot write to " + std::string(what) + ": " + std::strerror(errno));
    }
  }
}

void RecordWriter::write(std::string_view line) {
  if (line.size() >= limit_) {
    flush();
    write_all(fd_, line, target());
    line = {};
  }
  buffer_.append(line);
  end_line();
}

void RecordWriter::end_line() {
  buffer_ += '\n';
  if (buffer_.size() >= limit_) flush();
}

void RecordWriter::flush() {
  if (buffer_.empty()) return;
  write_all(fd_, buffer_.view(), target());
  buffer_.clear();
  // One very long line must not pin its memory for the rest of the run.
  if (buffer_.capacity() > 4 * limit_) buffer_.release();
}

}  // namespace common
