// SPDX-License-Identifier: Apache-2.0
#include "common/console/summary.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>

#include "common/program/failure.hpp"
#include "common/records/record_writer.hpp"

namespace common {

Summary::Summary(const Arguments& arguments, Log& log) : log_(log), path_(arguments.get("summary").value_or("")) {
  if (path_.empty()) return;
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd_ < 0)
    throw Failure(ExitStatus::io, "cannot open the file of --summary, " + path_ + ": " + std::strerror(errno));
}

Summary::~Summary() {
  if (fd_ >= 0) ::close(fd_);
}

void Summary::tell(std::string_view message, std::string_view figures) {
  if (!message.empty()) log_.info(message, figures);
  if (fd_ < 0) return;
  try {
    write_all(fd_, std::string(figures) + "\n", path_);
  } catch (const Failure& failure) {
    // What was to be counted is done.
    log_.warning(failure.status() == ExitStatus::broken_pipe ? "nobody reads the file of --summary, " + path_
                                                             : failure.what());
  }
}

std::string decimal(double number) {
  constexpr double most = 1e15;
  if (!(number >= 0)) number = 0;  // NaN as well
  std::array<char, 32> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), std::min(number, most), std::chars_format::fixed, 3);
  return error == std::errc{} ? std::string(digits.data(), end) : "0.000";
}

}  // namespace common
