// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/stop_signal.hpp"

namespace common {

/// One line of input. `text` stays valid until the next call of next(). A byte that is no JSON and at least
/// RecordReader::padding readable bytes follow it, as JsonTree needs. BOM, trailing CR and the LF are not part of it.
struct Record {
  std::string_view text;
  std::uint64_t line = 0;  ///< 1 for the first line of its file
  std::string_view file;   ///< "-" for standard input
  bool terminated = true;  ///< false for a last line without LF
  bool oversize = false;   ///< longer than the limit: `text` holds its beginning; see RecordReader::copy_rest

  /// "line 7", or "incidents.ndjson: line 7" where it came from a file.
  std::string where() const {
    return (file == "-" ? std::string() : std::string(file) + ": ") + "line " + std::to_string(line);
  }
};

enum class ReadResult { record, end, timeout, stopped };

/// Reads NDJSON lines from files in turn, or from standard input. Blank lines are skipped.
class RecordReader {
 public:
  static constexpr std::size_t padding = 64;

  struct Options {
    std::vector<std::string> files;              ///< none, or "-": standard input
    std::size_t max_line = 256u << 20;           ///< bytes
    std::function<void()> before_blocking = {};  ///< called before a read that may block: flush the output here
    StopSignal* stop = nullptr;
    std::string_view what = "records";  ///< for the hint when standard input is a terminal
  };
  /// Throws Failure(usage) when standard input is a terminal, Failure(no_input) when a file cannot be opened.
  explicit RecordReader(Options options);
  ~RecordReader();
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  /// The next record; without a timeout it waits as long as it takes. Throws Failure(no_input) when a later file cannot
  /// be opened, Failure(io) when reading fails, and Failure(rejected) with a hint when the input is compressed or
  /// pretty-printed.
  ReadResult next(Record& record, std::optional<std::chrono::milliseconds> timeout = {});

  /// After an oversize record: hands on the whole line, the part in `text` included, in pieces, without LF.
  void copy_rest(const std::function<void(std::string_view)>& take);

  /// How much of the input was handed out, 0 to 1; nothing where its size is not known beforehand, as in a pipe.
  std::optional<double> share() const;

  /// Length of the longest line so far, in bytes.
  std::size_t longest() const;

 private:
  struct Source;
  std::unique_ptr<Source> source_;
};

}  // namespace common
