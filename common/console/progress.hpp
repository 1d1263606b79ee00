// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/console/log.hpp"
#include "common/program/command_line.hpp"
#include "common/time.hpp"

namespace common {

/// How far a piece of work is.
struct Reached {
  std::uint64_t count = 0;           ///< what is done
  std::optional<Instant> date = {};  ///< lastUpdateDateTime of the last of it
  std::optional<double> share = {};  ///< of the whole, 0 to 1, where that is known better than from dates
};

/// Shows on standard error how far long work is:
///
///     fetch-incidents: 12000 incidents written, 230 a second, up to 2026-03-01T12:00:00Z, about 5 min left
///
/// On a terminal that is one line, drawn anew twice a second; anywhere else a message a minute. Of the tools of a
/// pipeline only the last one shows it unasked: the one whose standard output is neither a pipe nor, but for
/// push-opencti, a terminal.
///
/// The time left comes from the share that is done, or else from the dates: as much time again for each day of
/// incidents as it took since the first date was seen. It is not shown where the end is not known.
///
/// The cursor is left at the beginning of the line, and each message of Log begins by erasing what is right of it. So
/// messages of any tool of the pipeline take the place of the line, which comes back below them. No thread: whoever
/// works calls due() between two records, and waits no longer than patience().
class Progress {
 public:
  enum class Wish { automatic, yes, no };
  struct Options {
    Wish wish = Wish::automatic;
    std::string_view noun = "incident";
    std::string_view done = "written";  ///< what became of it
    std::optional<Instant> end = {};    ///< where the dates will end
    bool beside_output =
        false;   ///< the line may share a terminal with the output: the tool calls erase() before it writes
    int fd = 2;  ///< the terminal that the line is drawn on
  };
  /// Wish and terminal as the command line has them. Throws Failure(usage) when they contradict one another.
  static Options from(const Arguments& arguments);

  Progress(Options options, Clock& clock, Log& log);
  ~Progress() { erase(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Whether it is time to show something. Cheap.
  bool due() const { return form_ != Form::none && clock_.steady() >= next_; }
  void show(const Reached& reached);
  /// How long a wait may last before something is to be shown; nothing where nothing ever is.
  std::optional<std::chrono::milliseconds> patience() const;
  /// Takes the line away, before something else is written to its terminal.
  void erase();

 private:
  enum class Form { none, line, messages };
  Form form() const;
  std::optional<double> seconds_left(const Reached& reached, std::chrono::steady_clock::time_point now);
  void draw(std::string_view text);

  Options options_;
  Clock& clock_;
  Log& log_;
  Form form_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point next_;
  std::chrono::steady_clock::time_point changed_;  ///< when the count last grew
  std::uint64_t count_ = 0;
  std::optional<Instant> first_date_;
  std::chrono::steady_clock::time_point first_date_at_;
  bool drawn_ = false;
};

/// The rows of --help.
inline const Option progress_option{"progress", "", "show how far the work is, even in the middle of a pipeline"};
inline const Option no_progress_option{"no-progress", "", "do not show how far the work is"};

}  // namespace common
