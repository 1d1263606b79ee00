// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/token/token_source.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "common/program/failure.hpp"
#include "tools/fetch-incidents/small_file.hpp"

namespace fetch_incidents {
namespace {

using common::ExitStatus;
using common::Failure;
using std::chrono::milliseconds;

constexpr milliseconds file_interval{500};

[[noreturn]] void stopped(const common::StopSignal& stop) {
  throw Failure(static_cast<ExitStatus>(128 + stop.received()), "");
}

}  // namespace

TokenSource::TokenSource(Options options, common::Clock& clock, common::Log& log)
    : options_(std::move(options)), clock_(clock), log_(log) {
  if (!options_.file && ::isatty(options_.fd) == 1) {
    throw Failure(ExitStatus::usage,
                  "standard input is a terminal; pipe fetch-token in, or name a file with --token-file");
  }
}

TokenSource::Readable TokenSource::wait_readable(milliseconds span) const {
  std::array<pollfd, 2> ends = {pollfd{options_.fd, POLLIN, 0},
                                pollfd{options_.stop != nullptr ? options_.stop->fd() : -1, POLLIN, 0}};
  const int ready = ::poll(ends.data(), ends.size(), static_cast<int>(span.count()));
  if (ends[1].revents != 0) return Readable::stopped;
  return ready > 0 ? Readable::yes : Readable::no;
}

void TokenSource::read_some() {
  std::array<char, 16'384> bytes;
  const ssize_t count = ::read(options_.fd, bytes.data(), bytes.size());
  if (count > 0) {
    reader_.feed({bytes.data(), static_cast<std::size_t>(count)});
  } else if (count == 0) {
    reader_.finish();
    at_end_ = true;
  } else if (errno != EINTR && errno != EAGAIN) {
    throw Failure(ExitStatus::io, std::string("cannot read the token from standard input: ") + std::strerror(errno));
  }
}

void TokenSource::drain() {
  while (!at_end_ && wait_readable(milliseconds(0)) == Readable::yes) read_some();
  take(reader_.newest());
}

/// Reads the file again each time: whatever renews the token may replace the file or append to it.
void TokenSource::read_file() {
  std::string reason;
  const std::optional<std::string> text = read_small_file(*options_.file, reason);
  if (!text && token_.empty())
    throw Failure(ExitStatus::no_input, "cannot read the token file " + *options_.file + ": " + reason);
  TokenReader reader;
  reader.feed(text.value_or(""));
  reader.finish();
  if (reader.newest().empty() && token_.empty()) {
    throw Failure(ExitStatus::rejected, "there is no token in " + *options_.file +
                                            (reader.fault().empty() ? "" : ": it holds " + reader.fault()) +
                                            "; a token record, az's JSON or a bare token is expected");
  }
  take(reader.newest());
}

void TokenSource::take(const std::string& newest) {
  if (newest.empty() || newest == token_) return;
  token_ = newest;
  log_.add_secret(newest);
}

/// One cause, one error: where a pipe brought nothing, its writer has said why.
void TokenSource::fail_without_token() const {
  const std::string text = "no token came on standard input; see the message of what should write it";
  struct stat input = {};
  if (::fstat(options_.fd, &input) != 0 || !S_ISFIFO(input.st_mode)) throw Failure(ExitStatus::refused, text);
  log_.info(text);
  throw Failure(ExitStatus::refused, "");
}

std::string TokenSource::current() {
  if (options_.file) {
    read_file();
    return token_;
  }
  drain();
  while (token_.empty()) {
    if (!reader_.fault().empty()) {
      throw Failure(ExitStatus::rejected, "standard input holds " + reader_.fault() +
                                              "; a token record, az's JSON or a bare token is expected");
    }
    if (at_end_) fail_without_token();
    if (wait_readable(milliseconds(-1)) == Readable::stopped) stopped(*options_.stop);
    drain();
  }
  return token_;
}

std::string TokenSource::after_refusal(const std::string& refused, bool worked) {
  const auto until = clock_.steady() + options_.patience;
  for (;;) {
    if (options_.file) {
      read_file();
    } else {
      drain();
    }
    if (token_ != refused) return token_;
    const auto left = std::chrono::ceil<milliseconds>(until - clock_.steady());
    if (!options_.file && at_end_) {
      if (!worked)
        throw Failure(ExitStatus::refused,
                      "Graph refuses the token (401): it is for another API or another cloud, or has expired; take a "
                      "fresh one with "
                      "fetch-token, with the same SENTINEL_INCIDENTS_API_BASE_URL");
      throw Failure(
          ExitStatus::stopped_early,
          "the token ran out in mid-run and standard input holds no newer one; what was written is whole: run again, "
          "and with fetch-token --follow a run may last longer than a token");
    }
    if (left.count() <= 0) {
      const std::string waited = "no newer one came within " + std::to_string(options_.patience.count() / 1'000) +
                                 " s; see the messages of what writes the token (fetch-token --follow";
      if (!worked) {
        throw Failure(ExitStatus::refused, "Graph refuses the token (401), and " + waited +
                                               ", with the same SENTINEL_INCIDENTS_API_BASE_URL)");
      }
      // The credentials worked before, so the login service may merely be down: try later.
      throw Failure(ExitStatus::stopped_early,
                    "the token ran out in mid-run, and " + waited + "); what was written is whole: run again");
    }
    if (options_.file) {
      if (!clock_.sleep(std::min(left, file_interval)) && options_.stop != nullptr) stopped(*options_.stop);
    } else if (wait_readable(left) == Readable::stopped) {
      stopped(*options_.stop);
    }
  }
}

}  // namespace fetch_incidents
