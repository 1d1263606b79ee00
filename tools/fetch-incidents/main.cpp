#include <signal.h>
#include <unistd.h>

#include <thread>

#include "common/failure.hpp"
#include "common/run.hpp"
#include "tools/fetch-incidents/check.hpp"
#include "tools/fetch-incidents/fetch.hpp"
#include "tools/fetch-incidents/page_memory.hpp"

namespace {

using common::ExitStatus;
using namespace fetch_incidents;

/// Fetches in a thread of its own while this one writes, so that the next page is asked for while the last is written and a slow
/// reader never lets a transfer stall. Returns how many incidents could not be had.
std::uint64_t fetch_and_write(const RunSettings& settings, World& world, common::StopSignal& stop) {
  BatchQueue queue;
  std::uint64_t missing = 0;
  std::jthread fetching([&] {
    std::exception_ptr cause;
    try {
      missing = fetch(settings, world, queue);
    } catch (...) {
      cause = std::current_exception();
    }
    queue.close(cause);
  });
  common::RecordWriter output(STDOUT_FILENO);
  try {
    const std::uint64_t written = write_batches(queue, output, world.log);
    world.log.info(std::to_string(written) + " incidents written");
  } catch (...) {
    queue.abandon();
    stop.raise(SIGPIPE);  // ends a request in flight
    throw;
  }
  return missing;
}

ExitStatus run(const common::Arguments& arguments, common::Log& log) {
  PageMemory::limit_allocator();
  common::StopSignal stop;
  common::SystemClock clock(&stop);
  RunSettings settings = read_settings(arguments, common::process_environment(), log);
  settings.http.stop = &stop;
  if (arguments.has("check")) return check(settings, clock, stop, log);
  settings.http.output_fd = STDOUT_FILENO;
  TokenSource tokens({.file = settings.token_file, .stop = &stop}, clock, log);
  common::Rejects failed(settings.failed_file, false, log);
  common::HttpClient client(settings.http, log);
  World world{.send = [&client](const common::HttpRequest& request) { return client.send(request); },
              .tokens = tokens,
              .clock = clock,
              .stop = &stop,
              .failed = failed,
              .log = log};
  const std::uint64_t missing = fetch_and_write(settings, world, stop);
  log.summarise();
  if (missing == 0) return ExitStatus::done;
  log.warning(std::to_string(missing) + " incidents could not be fetched");
  return ExitStatus::rejected;
}

}  // namespace

int main(int argc, char** argv) { return common::run_tool(fetch_incidents::usage(), argc, argv, run); }
