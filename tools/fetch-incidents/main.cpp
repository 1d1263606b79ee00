// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "common/console/printable.hpp"
#include "common/console/progress.hpp"
#include "common/console/summary.hpp"
#include "common/json/json_writer.hpp"
#include "common/program/failure.hpp"
#include "common/program/run_tool.hpp"
#include "common/records/distinct_files.hpp"
#include "tools/fetch-incidents/check.hpp"
#include "tools/fetch-incidents/fetch.hpp"
#include "tools/fetch-incidents/graph/page_memory.hpp"

namespace {

using common::ExitStatus;
using namespace fetch_incidents;

/// How a run went.
struct Outcome {
  Tally written;
  Fetched fetched = {};
  std::chrono::duration<double> spent{0};  ///< on fetching, without the time spent waiting for a slow reader
};

/// Fetches in a second thread while this one writes: the next page is requested while the last one is written, and a
/// slow reader never stalls a transfer.
void fetch_and_write(const RunSettings& settings, Context& context, common::StopSignal& stop,
                     common::Progress& progress, Outcome& outcome) {
  BatchQueue queue;
  std::jthread fetching([&] {
    const auto start = context.clock.steady();
    std::exception_ptr cause;
    try {
      outcome.fetched = fetch(settings, context, queue);
    } catch (...) {
      cause = std::current_exception();
      outcome.fetched.missing = context.failed.count();
    }
    outcome.spent = context.clock.steady() - start - queue.waited();
    queue.close(cause);
  });
  common::RecordWriter output(STDOUT_FILENO);
  try {
    write_batches(queue, output, outcome.written, progress, context.log);
  } catch (...) {
    queue.abandon();
    stop.raise(SIGPIPE);  // ends a request in flight
    throw;
  }
}

std::string figures_of(const Outcome& outcome) {
  std::string text;
  common::JsonWriter json(text);
  json.begin_object().member("incidents", static_cast<std::int64_t>(outcome.written.incidents));
  json.member("failed", static_cast<std::int64_t>(outcome.fetched.missing)).key("up_to");
  if (outcome.written.date) {
    json.text(common::seconds_text(*outcome.written.date));
  } else {
    json.null();
  }
  json.key("seconds").raw(common::decimal(outcome.spent.count())).end_object();
  return text;
}

/// Without the note the next run only reads more again than it must.
void keep_reading(const RunSettings& settings, const Fetched& fetched, common::Log& log) {
  if (!settings.reading_file || !fetched.reading) return;
  try {
    write_reading(*settings.reading_file, *fetched.reading);
  } catch (const common::Failure& failure) {
    log.warning(failure.what());
  }
}

/// Refuses to write a file that is read as well, or written under another option.
void require_distinct_files(const common::Arguments& arguments) {
  std::vector<std::string> others;
  for (const std::string_view option : {"config", "token-file", "state", "summary", "reading", "failed"}) {
    const auto path = arguments.get(option);
    if (!path) continue;
    const bool written = option == "summary" || option == "reading" || option == "failed";
    if (written) common::require_distinct(option, *path, others);
    others.push_back(*path);
  }
}

ExitStatus run(const common::Arguments& arguments, common::Log& log) {
  PageMemory::limit_allocator();
  common::StopSignal stop;
  common::SystemClock clock(&stop);
  common::Progress::Options showing = common::Progress::from(arguments);
  RunSettings settings = read_settings(arguments, common::process_environment(), clock.now(), log);
  settings.http.stop = &stop;
  require_distinct_files(arguments);
  if (arguments.has("check")) return check(settings, clock, stop, log);
  if (!settings.start.warning.empty()) log.warning(settings.start.warning);
  settings.http.output_fd = STDOUT_FILENO;
  TokenSource tokens({.file = settings.token_file, .stop = &stop}, clock, log);
  common::Rejects failed(settings.failed_file, false, log);
  common::Summary summary(arguments, log);
  common::HttpClient client(settings.http, log);
  Context context{.send = [&client](const common::HttpRequest& request) { return client.send(request); },
                  .tokens = tokens,
                  .clock = clock,
                  .stop = &stop,
                  .failed = failed,
                  .log = log};
  showing.end = settings.until.value_or(clock.now());
  common::Progress progress(showing, clock, log);
  Outcome outcome{.written = {.asked = settings.ids.size()}};
  const auto conclude = [&] {
    progress.erase();
    summary.tell(common::counted(outcome.written.incidents, "incident") + " written", figures_of(outcome));
  };
  try {
    fetch_and_write(settings, context, stop, progress, outcome);
  } catch (...) {
    conclude();
    throw;
  }
  conclude();
  keep_reading(settings, outcome.fetched, log);
  log.summarise();
  if (outcome.fetched.missing == 0) return ExitStatus::done;
  log.warning(common::counted(outcome.fetched.missing, "incident") + " could not be fetched");
  return ExitStatus::rejected;
}

}  // namespace

int main(int argc, char** argv) { return common::run_tool(fetch_incidents::usage(), argc, argv, run); }
