// SPDX-License-Identifier: Apache-2.0
// Any bytes as NDJSON input, with a small limit a line: no byte of a line is lost or made up.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/program/failure.hpp"
#include "common/records/record_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const int fd = ::memfd_create("input", MFD_CLOEXEC);
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, bytes, size, 0) != static_cast<ssize_t>(size)) std::abort();
  std::size_t taken = 0;
  try {
    common::RecordReader reader({.files = {"/proc/self/fd/" + std::to_string(fd)}, .max_line = 512});
    common::Record record;
    std::uint64_t last_line = 0;
    while (reader.next(record) == common::ReadResult::record) {
      if (record.line <= last_line) std::abort();
      last_line = record.line;
      if (record.oversize)
        reader.copy_rest([&](std::string_view piece) { taken += piece.size(); });
      else
        taken += record.text.size();
      if (!record.oversize && record.text.find('\n') != std::string_view::npos) std::abort();
    }
  } catch (const common::Failure&) {
    // Compressed and pretty-printed input is refused as a whole.
  }
  if (taken > size) std::abort();
  return 0;
}
