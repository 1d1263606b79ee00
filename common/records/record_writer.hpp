// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "common/bytes/text_buffer.hpp"
#include "common/records/wide_pipe.hpp"

namespace common {

/// Writes lines to a descriptor through one buffer. SIGPIPE is ignored by run_tool, so a reader that went away shows
/// here.
class RecordWriter {
 public:
  explicit RecordWriter(int fd = 1, std::size_t buffer_size = 256u << 10) : fd_(fd), limit_(buffer_size) {
    widen_pipe(fd);
  }
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  /// Adds the line and LF; a line larger than the buffer is not copied. Throws Failure(broken_pipe) without a message
  /// when the reader has gone, Failure(io) otherwise.
  void write(std::string_view line);
  /// For writers that build their line in place: append to this, then call end_line().
  TextBuffer& buffer() { return buffer_; }
  void end_line();
  /// Hands everything to the kernel. To be called before waiting for input, and at the end; the destructor does not
  /// write.
  void flush();

 private:
  std::string_view target() const { return fd_ == 1 ? "standard output" : "the output"; }

  int fd_;
  std::size_t limit_;
  TextBuffer buffer_;
};

/// Writes all of `bytes` to `fd`; throws as RecordWriter does. Once a signal has come, a reader that takes nothing for
/// a second counts as gone: then it throws Failure(128 + signal) without a message. `what` names the target in the
/// message.
void write_all(int fd, std::string_view bytes, std::string_view what);

}  // namespace common
