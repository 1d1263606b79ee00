// SPDX-License-Identifier: Apache-2.0
#include "common/records/record_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "common/program/failure.hpp"
#include "common/program/stop_signal.hpp"

namespace common {

namespace {

// How long the reader may keep a tool waiting that was asked to stop.
constexpr std::chrono::milliseconds patience_after_signal{1000};

// Waits until `fd` takes PIPE_BUF bytes without blocking. Throws Failure where it does not, as for a reader that has
// gone.
void await_room_after_signal(int fd, int signal, std::chrono::steady_clock::time_point end) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd ready = {fd, POLLOUT, 0};
    if (::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(0, left.count()))) > 0) return;
    if (left.count() <= 0) throw Failure(static_cast<ExitStatus>(128 + signal), "");
  }
}

}  // namespace

void write_all(int fd, std::string_view bytes, std::string_view what) {
  const WakeOnSignal call;
  std::optional<std::chrono::steady_clock::time_point> end;
  while (!bytes.empty()) {
    std::size_t size = bytes.size();
    if (const int signal = WakeOnSignal::received(); signal != 0) {
      if (!end) end = std::chrono::steady_clock::now() + patience_after_signal;
      await_room_after_signal(fd, signal, *end);
      size = std::min<std::size_t>(size, PIPE_BUF);
    }
    const ssize_t count = ::write(fd, bytes.data(), size);
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
