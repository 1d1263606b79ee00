// SPDX-License-Identifier: Apache-2.0
#include "common/records/record_reader.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "common/bytes/growing_array.hpp"
#include "common/program/failure.hpp"
#include "common/records/wide_pipe.hpp"

namespace common {

namespace {

constexpr std::size_t first_size = 256u << 10;
// What is read in one piece is looked through for LF while the processor holds it.
constexpr std::size_t most_at_once = first_size;

struct Compression {
  std::string_view magic;
  std::string_view reader;
};
constexpr std::array<Compression, 4> compressions = {
    {{"\x1f\x8b", "zcat"}, {"\x28\xb5\x2f\xfd", "zstdcat"}, {"\xfd\x37\x7a\x58\x5a", "xzcat"}, {"BZh", "bzcat"}}};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

}  // namespace

struct RecordReader::Source {
  explicit Source(Options given) : options(std::move(given)), capacity(first_size) {
    buffer.resize(first_size + RecordReader::padding);
    if (options.files.empty()) options.files.emplace_back("-");
    bytes_in_all = size_of_all();
  }
  ~Source() { close(); }

  Options options;
  std::size_t next_file = 0;
  std::string file;
  int fd = -1;
  bool regular = false;
  GrowingArray<char> buffer;
  std::size_t capacity;
  std::size_t begin = 0;    // first byte not handed out
  std::size_t scanned = 0;  // no LF between begin and here
  std::size_t end = 0;
  std::uint64_t line = 0;
  bool at_eof = false;
  bool first_record = true;
  bool in_oversize = false;
  std::size_t longest = 0;
  std::uint64_t bytes_read = 0;
  std::optional<std::uint64_t> bytes_in_all;

  /// Nothing unless all of them are files.
  std::optional<std::uint64_t> size_of_all() const {
    std::uint64_t size = 0;
    for (const std::string& name : options.files) {
      struct stat status = {};
      const int found = name == "-" ? ::fstat(0, &status) : ::stat(name.c_str(), &status);
      if (found != 0 || !S_ISREG(status.st_mode)) return {};
      size += static_cast<std::uint64_t>(status.st_size);
    }
    return size;
  }

  void close() {
    if (fd > 0) ::close(fd);
    fd = -1;
  }

  bool open_next() {
    if (next_file == options.files.size()) return false;
    file = options.files[next_file++];
    if (file == "-") {
      if (::isatty(0) == 1) {
        throw Failure(ExitStatus::usage, "standard input is a terminal; pipe " + std::string(options.what) +
                                             " in, or name a file (see --help)");
      }
      fd = 0;
    } else {
      fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
      if (fd < 0) throw Failure(ExitStatus::no_input, "cannot open " + file + ": " + std::strerror(errno));
    }
    struct stat status = {};
    regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    widen_pipe(fd);
    begin = scanned = end = 0;
    line = 0;
    at_eof = false;
    first_record = true;
    return true;
  }

  // Makes room after `end`: moves the pending bytes to the front, then grows, so memory follows the longest line.
  void make_room() {
    if (begin > 0) {
      std::memmove(buffer.data(), buffer.data() + begin, end - begin);
      scanned -= begin;
      end -= begin;
      begin = 0;
    }
    if (end < capacity) return;
    const std::size_t grown = std::min(capacity + capacity / 2, std::max(options.max_line + 2, capacity + 1));
    buffer.resize(grown + RecordReader::padding);
    capacity = grown;
  }

  // Waits until the descriptor has bytes. Before it really waits, the output is flushed.
  ReadResult wait(std::optional<std::chrono::milliseconds> timeout) {
    if (options.stop != nullptr && options.stop->received() != 0) return ReadResult::stopped;
    if (regular) return ReadResult::record;
    std::array<pollfd, 2> watched = {{{fd, POLLIN, 0}, {options.stop != nullptr ? options.stop->fd() : -1, POLLIN, 0}}};
    if (::poll(watched.data(), 1, 0) == 0 && options.before_blocking) options.before_blocking();
    const auto until = std::chrono::steady_clock::now() + timeout.value_or(std::chrono::milliseconds{0});
    for (;;) {
      int wait_ms = -1;
      if (timeout) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        wait_ms = static_cast<int>(std::max<std::int64_t>(0, left.count()));
      }
      const int ready = ::poll(watched.data(), watched.size(), wait_ms);
      if (ready < 0 && errno != EINTR)
        throw Failure(ExitStatus::io, "cannot wait for input: " + std::string(std::strerror(errno)));
      if (watched[1].revents != 0) return ReadResult::stopped;
      if (ready > 0) return ReadResult::record;
      if (ready == 0) return ReadResult::timeout;
    }
  }

  ReadResult fill(std::optional<std::chrono::milliseconds> timeout) {
    const ReadResult waited = wait(timeout);
    if (waited != ReadResult::record) return waited;
    make_room();
    for (;;) {
      const ssize_t count = ::read(fd, buffer.data() + end, std::min(capacity - end, most_at_once));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return fill(timeout);
      if (count < 0)
        throw Failure(ExitStatus::io,
                      "cannot read " + (fd == 0 ? "standard input" : file) + ": " + std::strerror(errno));
      if (count == 0) at_eof = true;
      end += static_cast<std::size_t>(count);
      bytes_read += static_cast<std::uint64_t>(count);
      return ReadResult::record;
    }
  }

  void refuse_unreadable(std::string_view text) const {
    const std::string name = fd == 0 ? "standard input" : file;
    for (const Compression& compression : compressions) {
      if (text.starts_with(compression.magic)) {
        throw Failure(ExitStatus::rejected, name + " is compressed; put " + std::string(compression.reader) +
                                                " in front: " + std::string(compression.reader) + " " +
                                                (fd == 0 ? "FILE" : file) + " | …");
      }
    }
    const std::string_view inner = trimmed(text);
    if (inner == "{" || inner == "[" || inner == "[{") {
      throw Failure(ExitStatus::rejected,
                    name + " holds JSON spread over several lines; one record a line is needed: put jq -c " +
                        (inner.front() == '{' ? "." : ".[]") + " in front");
    }
  }

  // Cuts off the next line up to `stop` (its LF or the end of input); false when it is blank.
  bool cut(std::size_t stop, bool terminated, Record& record) {
    std::string_view text(buffer.data() + begin, stop - begin);
    if (!terminated) buffer[stop] = '\0';  // a parser of the record may look at the byte behind it
    begin = scanned = stop + (terminated ? 1 : 0);
    ++line;
    if (line == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    if (text.ends_with('\r')) text.remove_suffix(1);
    longest = std::max(longest, text.size());
    if (trimmed(text).empty()) return false;
    if (first_record) refuse_unreadable(text);
    first_record = false;
    record = Record{text, line, file, terminated, false};
    return true;
  }

  // The beginning of a line that is too long; as much of it as is there ends at `stop`.
  Record begin_oversize(std::size_t stop) {
    constexpr std::size_t shown = 256;
    in_oversize = true;
    ++line;
    return {{buffer.data() + begin, std::min(stop - begin, shown)}, line, file, true, true};
  }

  // Drops, or hands on, the rest of an oversize line.
  void finish_oversize(const std::function<void(std::string_view)>& take) {
    for (;;) {
      const char* found = static_cast<const char*>(std::memchr(buffer.data() + begin, '\n', end - begin));
      const std::size_t stop = found != nullptr ? static_cast<std::size_t>(found - buffer.data()) : end;
      if (take && stop > begin) take({buffer.data() + begin, stop - begin});
      begin = scanned = found != nullptr ? stop + 1 : stop;
      if (found != nullptr || at_eof) break;
      if (fill({}) == ReadResult::stopped) break;
    }
    in_oversize = false;
  }
};

RecordReader::RecordReader(Options options) : source_(std::make_unique<Source>(std::move(options))) {
  source_->open_next();
}
RecordReader::~RecordReader() = default;

ReadResult RecordReader::next(Record& record, std::optional<std::chrono::milliseconds> timeout) {
  Source& source = *source_;
  if (source.in_oversize) source.finish_oversize({});
  for (;;) {
    if (source.fd < 0 && !source.open_next()) return ReadResult::end;
    const char* base = source.buffer.data();
    const void* found = std::memchr(base + source.scanned, '\n', source.end - source.scanned);
    const std::size_t stop =
        found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - base) : source.end;
    if (stop - source.begin > source.options.max_line) {
      record = source.begin_oversize(stop);
      return ReadResult::record;
    }
    if (found != nullptr) {
      if (source.cut(stop, true, record)) return ReadResult::record;
      continue;
    }
    source.scanned = source.end;
    if (source.at_eof) {
      const bool some = source.end > source.begin && source.cut(source.end, false, record);
      source.close();
      if (some) return ReadResult::record;
      continue;
    }
    const ReadResult filled = source.fill(timeout);
    if (filled != ReadResult::record) return filled;
  }
}

void RecordReader::copy_rest(const std::function<void(std::string_view)>& take) { source_->finish_oversize(take); }

std::optional<double> RecordReader::share() const {
  if (!source_->bytes_in_all || *source_->bytes_in_all == 0) return {};
  const auto taken = static_cast<double>(source_->bytes_read - (source_->end - source_->begin));
  return std::min(taken / static_cast<double>(*source_->bytes_in_all), 1.0);
}

std::size_t RecordReader::longest() const { return source_->longest; }

}  // namespace common
