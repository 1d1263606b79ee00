// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "common/console/summary.hpp"
#include "common/json/json_writer.hpp"
#include "common/program/run_tool.hpp"
#include "common/records/record_writer.hpp"
#include "tools/fetch-token/check.hpp"
#include "tools/fetch-token/follow.hpp"
#include "tools/fetch-token/options.hpp"

namespace {

using common::ExitStatus;

/// Why the tool ends when it was told to rather than done.
ExitStatus end_status(const common::StopSignal& stop, bool follow) {
  if (stop.received() != 0) return static_cast<ExitStatus>(128 + stop.received());
  return follow ? ExitStatus::done : ExitStatus::broken_pipe;
}

/// The figures of the run: tokens taken, and the time that the login service took.
class Figures {
 public:
  Figures(const common::Arguments& arguments, common::Log& log) : summary_(arguments, log) {}
  ~Figures() {
    std::string text;
    common::JsonWriter json(text);
    json.begin_object().member("tokens", tokens_).key("seconds").raw(common::decimal(spent_.count())).end_object();
    summary_.tell({}, text);
  }
  Figures(const Figures&) = delete;
  Figures& operator=(const Figures&) = delete;

  template <typename Take>
  fetch_token::Token timed(common::Clock& clock, const Take& take) {
    const Span span{clock, spent_, clock.steady()};
    fetch_token::Token token = take();
    ++tokens_;
    return token;
  }

 private:
  /// Adds its own lifetime to the sum, also when an exception ends it.
  struct Span {
    common::Clock& clock;
    std::chrono::duration<double>& sum;
    std::chrono::steady_clock::time_point start;
    ~Span() { sum += clock.steady() - start; }
  };

  common::Summary summary_;
  std::int64_t tokens_ = 0;
  std::chrono::duration<double> spent_{0};
};

ExitStatus run(const common::Arguments& arguments, common::Log& log) {
  common::StopSignal stop;
  common::SystemClock clock(&stop);
  fetch_token::RunSettings settings = fetch_token::read_settings(arguments, common::process_environment(), log);
  const bool follow = arguments.has("follow");
  settings.http.stop = &stop;
  if (arguments.has("check")) return fetch_token::check(settings, clock, log);
  settings.http.output_fd = STDOUT_FILENO;
  common::HttpClient client(settings.http, log);
  const auto send = [&client](const common::HttpRequest& request) { return client.send(request); };
  const auto pause = [&stop](std::chrono::milliseconds span) {
    return fetch_token::wait_while_read(STDOUT_FILENO, stop, span);
  };
  common::RecordWriter output(STDOUT_FILENO);
  Figures figures(arguments, log);
  try {
    for (;;) {
      const auto token = figures.timed(clock, [&] {
        return fetch_token::take_token(settings.credentials, send, clock, settings.retry_budget, pause, log);
      });
      output.write(fetch_token::record_text(token));
      output.flush();
      if (!follow) return ExitStatus::done;
      if (!pause(fetch_token::renewal_delay(token.lifetime))) return end_status(stop, follow);
    }
  } catch (const common::Failure& failure) {
    const bool told_to_end = failure.status() == ExitStatus::done || failure.status() == ExitStatus::broken_pipe;
    if (told_to_end) return end_status(stop, follow);
    throw;
  }
}

}  // namespace

int main(int argc, char** argv) { return common::run_tool(fetch_token::usage(), argc, argv, run); }
