// SPDX-License-Identifier: Apache-2.0
#include "common/console/progress.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "common/console/printable.hpp"
#include "common/console/summary.hpp"
#include "common/console/terminal.hpp"
#include "common/json/json_writer.hpp"
#include "common/program/failure.hpp"

namespace common {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Moment = std::chrono::steady_clock::time_point;

constexpr milliseconds line_interval{500};
constexpr milliseconds message_interval{60'000};
constexpr seconds noteworthy_silence{10};
constexpr seconds least_experience{2};  ///< before that an estimate would jump about
constexpr std::string_view colour = "\033[36m";
constexpr std::string_view plain = "\033[0m";
constexpr std::string_view erase_rest = "\033[K";

double seconds_between(Moment from, Moment to) { return std::chrono::duration<double>(to - from).count(); }

bool is_pipe(int fd) {
  struct stat status = {};
  return ::fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

/// "230 a second", "4.2 a second", "12 a minute".
std::string rate_text(double per_second) {
  if (per_second >= 10) return std::to_string(std::llround(per_second)) + " a second";
  if (per_second >= 1)
    return std::to_string(std::llround(per_second * 10) / 10) + "." +
           std::to_string(std::llround(per_second * 10) % 10) + " a second";
  return std::to_string(std::llround(per_second * 60)) + " a minute";
}

/// "40 s", "12 min", "3 h 20 min", "2 d 5 h": no finer than an estimate is worth.
std::string span_text(double span) {
  const auto whole = static_cast<std::int64_t>(std::min(span, 1e9));
  const auto both = [](std::int64_t large, std::string_view unit, std::int64_t small, std::string_view small_unit) {
    std::string text = std::to_string(large) + " " + std::string(unit);
    return small == 0 ? text : text + " " + std::to_string(small) + " " + std::string(small_unit);
  };
  if (whole < 90) return std::to_string(whole) + " s";
  if (whole < 5'400) return std::to_string((whole + 30) / 60) + " min";
  if (whole < 172'800) return both(whole / 3'600, "h", whole % 3'600 / 60, "min");
  return both(whole / 86'400, "d", whole % 86'400 / 3'600, "h");
}

void write_to_terminal(int fd, std::string_view text) {
  // As with messages: what cannot be shown must not stop the work.
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

Progress::Options Progress::from(const Arguments& arguments) {
  Options options;
  if (arguments.has("progress") && arguments.has("no-progress")) {
    throw Failure(ExitStatus::usage, "--progress and --no-progress exclude one another");
  }
  if (arguments.has("progress")) options.wish = Wish::yes;
  if (arguments.has("no-progress")) options.wish = Wish::no;
  if (const auto fd = arguments.get("progress-fd")) {
    const auto [end, error] = std::from_chars(fd->data(), fd->data() + fd->size(), options.fd);
    if (error != std::errc{} || end != fd->data() + fd->size() || options.fd < 0) {
      throw Failure(ExitStatus::usage, "--progress-fd takes the number of a descriptor, not '" + *fd + "'");
    }
  }
  return options;
}

Progress::Progress(Options options, Clock& clock, Log& log)
    : options_(std::move(options)),
      clock_(clock),
      log_(log),
      form_(form()),
      start_(clock.steady()),
      next_(start_ + (form_ == Form::line ? line_interval : message_interval)),
      changed_(start_) {}

Progress::Form Progress::form() const {
  if (options_.wish == Wish::no) return Form::none;
  const bool asked = options_.wish == Wish::yes;
  const bool last = !is_pipe(STDOUT_FILENO) && (options_.beside_output || ::isatty(STDOUT_FILENO) == 0);
  if (!asked && (!last || !log_.enabled(LogLevel::info))) return Form::none;
  // Among messages for machines a line for people has no place.
  return log_.format() == LogFormat::text && can_redraw(options_.fd) ? Form::line : Form::messages;
}

std::optional<milliseconds> Progress::patience() const {
  if (form_ == Form::none) return {};
  return std::clamp(std::chrono::ceil<milliseconds>(next_ - clock_.steady()), milliseconds{1}, message_interval);
}

std::optional<double> Progress::seconds_left(const Reached& reached, Moment now) {
  if (reached.share) {
    if (*reached.share <= 0 || now - start_ < least_experience) return {};
    return seconds_between(start_, now) * (1 - *reached.share) / *reached.share;
  }
  if (!reached.date) return {};
  if (!first_date_) {
    first_date_ = reached.date;
    first_date_at_ = now;
  }
  if (!options_.end || *reached.date <= *first_date_ || now - first_date_at_ < least_experience) return {};
  const auto done = static_cast<double>(reached.date->ticks - first_date_->ticks);
  const auto rest = static_cast<double>(std::max<std::int64_t>(options_.end->ticks - reached.date->ticks, 0));
  return seconds_between(first_date_at_, now) * rest / done;
}

void Progress::show(const Reached& reached) {
  if (form_ == Form::none) return;
  const Moment now = clock_.steady();
  next_ = now + (form_ == Form::line ? line_interval : message_interval);
  if (reached.count != count_) changed_ = now;
  count_ = reached.count;

  const double rate = static_cast<double>(count_) / std::max(seconds_between(start_, now), 0.001);
  std::string figures;
  JsonWriter json(figures);
  json.begin_object().member(std::string(options_.noun) + "s", static_cast<std::int64_t>(count_));
  json.key("per_second").raw(decimal(rate));
  std::string text = counted(count_, options_.noun) + " " + std::string(options_.done);
  if (count_ > 0) text += ", " + rate_text(rate);
  if (reached.date) {
    text += ", up to " + seconds_text(*reached.date);
    json.member("up_to", seconds_text(*reached.date));
  }
  if (now - changed_ >= noteworthy_silence) text += ", nothing new for " + span_text(seconds_between(changed_, now));
  if (const auto left = seconds_left(reached, now)) {
    text += ", about " + span_text(*left) + " left";
    json.key("seconds_left").raw(decimal(*left));
  }
  json.end_object();
  if (form_ == Form::line) {
    draw(text);
  } else {
    log_.info(text, figures);
  }
}

/// In one write, so that no other tool's message comes in between.
void Progress::draw(std::string_view text) {
  const bool coloured = wants_colour(options_.fd);
  const std::string all = log_.tool() + ": " + std::string(text);
  std::string line = "\r";
  if (coloured) line += colour;
  line += std::string_view(all).substr(0, columns(options_.fd) - 1);  // a full line would wrap
  if (coloured) line += plain;
  line.append(erase_rest).append("\r");
  write_to_terminal(options_.fd, line);
  drawn_ = true;
}

void Progress::erase() {
  if (!drawn_) return;
  write_to_terminal(options_.fd, "\r" + std::string(erase_rest));
  drawn_ = false;
}

}  // namespace common
