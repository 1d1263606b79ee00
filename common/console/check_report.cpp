// SPDX-License-Identifier: Apache-2.0
#include "common/console/check_report.hpp"

#include <array>

#include "common/console/printable.hpp"
#include "common/console/terminal.hpp"
#include "common/json/json_writer.hpp"
#include "common/records/record_writer.hpp"

namespace common {

namespace {

struct Look {
  std::string_view word;
  std::string_view colour;
};
// In the order of CheckReport::Result; bold, so that a faint palette shows them too.
constexpr std::array looks = {Look{"ok", "\033[1;32m"}, Look{"warning", "\033[1;33m"}, Look{"failed", "\033[1;31m"},
                              Look{"skipped", "\033[1;36m"}};
constexpr std::size_t word_width = 9;
constexpr std::size_t most_shown = 1'000;

}  // namespace

void CheckReport::failed(std::string_view step, ExitStatus status, std::string_view message) {
  if (status_ == ExitStatus::done) status_ = status;
  line(Result::failed, step, message);
}

void CheckReport::failed(std::string_view step, const Failure& failure) {
  std::string message = failure.what();
  if (!failure.details().empty()) message += "; in the service's words: " + failure.details();
  failed(step, failure.status(), message);
}

void CheckReport::skipped(std::string_view step, ExitStatus status, std::string_view message) {
  if (status_ == ExitStatus::done) status_ = status;
  line(Result::skipped, step, message);
}

void CheckReport::line(Result result, std::string_view step, std::string_view message) {
  const Look& look = looks[static_cast<std::size_t>(result)];
  const std::string shown = shortened(log_.mask(message), most_shown);
  std::string out;
  if (log_.format() == LogFormat::json) {
    std::string record;
    JsonWriter(record)
        .begin_object()
        .member("step", step)
        .member("result", look.word)
        .member("message", shown)
        .end_object();
    append_printable_json(out, record);
  } else {
    const bool colour = wants_colour(fd_);
    if (colour) out += look.colour;
    out += look.word;
    if (colour) out += "\033[0m";
    out.append(word_width - look.word.size(), ' ').append(step).append(": ");
    append_printable(out, shown);
  }
  out += '\n';
  write_all(fd_, out, "standard output");
}

}  // namespace common
