// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "common/console/log.hpp"
#include "common/program/stop_signal.hpp"
#include "common/time.hpp"
#include "tools/fetch-incidents/token/token_reader.hpp"

namespace fetch_incidents {

/// Supplies the access token, from standard input (or another descriptor) or from a file that another program renews.
/// A token's expiry time is ignored: only a 401 from Graph says that it has run out.
class TokenSource {
 public:
  struct Options {
    std::optional<std::string> file = {};  ///< none: the descriptor
    int fd = 0;
    std::chrono::milliseconds patience{20'000};  ///< how long a refused token's successor is waited for
    const common::StopSignal* stop = nullptr;
  };
  /// Throws Failure(usage) when the descriptor is a terminal.
  TokenSource(Options options, common::Clock& clock, common::Log& log);

  /// The newest token; waits for the first one. Throws Failure(refused) when the input ends without one, without a
  /// message where that is a pipe (an info says so),
  /// Failure(rejected) when what came is no token, Failure(no_input) when the file cannot be read, and 128 + n when a
  /// signal came.
  std::string current();

  /// Whether the input has ended without a word: what should write the token has failed, and has said why.
  bool nothing_came() const { return at_end_ && token_.empty() && reader_.fault().empty(); }

  /// A token newer than the refused one. `worked`: Graph took an earlier answer's token, so this one ran out in
  /// mid-run. When none comes in time, or none can come any more: throws Failure(stopped_early) if an earlier one
  /// worked, else Failure(refused).
  std::string after_refusal(const std::string& refused, bool worked);

 private:
  enum class Readable { yes, no, stopped };
  Readable wait_readable(std::chrono::milliseconds span) const;
  void read_some();
  void drain();
  void read_file();
  void take(const std::string& newest);
  [[noreturn]] void fail_without_token() const;

  Options options_;
  common::Clock& clock_;
  common::Log& log_;
  TokenReader reader_;
  std::string token_;
  bool at_end_ = false;
};

}  // namespace fetch_incidents
