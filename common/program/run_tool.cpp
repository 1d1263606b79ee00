// SPDX-License-Identifier: Apache-2.0
#include "common/program/run_tool.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <new>
#include <system_error>

namespace common {

namespace {

void set_up_log(const Arguments& arguments, Log& log) {
  if (const auto level = arguments.get("log-level")) {
    LogLevel parsed{};
    if (!parse_log_level(*level, parsed)) {
      throw Failure(ExitStatus::usage, "--log-level takes debug, info, warn or error, not '" + *level + "'");
    }
    log.set_level(parsed);
  }
  if (const auto format = arguments.get("log-format")) {
    if (*format != "text" && *format != "json") {
      throw Failure(ExitStatus::usage, "--log-format takes text or json, not '" + *format + "'");
    }
    log.set_format(*format == "json" ? LogFormat::json : LogFormat::text);
  }
  if (arguments.has("quiet")) log.set_level(LogLevel::warning);
}

/// Takes the places of standard streams that were closed when the tool started. Else the next pipe, file or connection
/// would get them, and then take the records or messages that are written there. Opened the wrong way round, so that
/// reading and writing fail as on a closed one.
void occupy_closed_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));  // the lowest free one: this
  }
}

}  // namespace

int run_tool(const Usage& usage, int argc, const char* const* argv,
             const std::function<ExitStatus(const Arguments&, Log&)>& body) {
  occupy_closed_streams();
  signal(SIGPIPE, SIG_IGN);
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  prctl(PR_SET_DUMPABLE, 0);
  Log log{std::string(usage.tool)};
  try {
    const Arguments arguments = parse_command_line(usage, argc, argv);
    set_up_log(arguments, log);
    return static_cast<int>(body(arguments, log));
  } catch (const Failure& failure) {
    if (*failure.what() != '\0') log.error(failure.what());
    if (!failure.details().empty()) log.info("in the service's words: " + failure.details());
    return static_cast<int>(failure.status());
  } catch (const std::bad_alloc&) {
    log.error(
        "out of memory; lower --max-line, or raise the limit (ulimit -v, the memory of the container), and try again");
    return static_cast<int>(ExitStatus::stopped_early);
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::resource_unavailable_try_again) {
      log.error(std::string("a defect in this tool: ") + error.what() + "; please report it");
      return static_cast<int>(ExitStatus::internal);
    }
    log.error(
        "no more threads: the limit of processes is reached; raise it (ulimit -u, pids of the container), and try "
        "again");
    return static_cast<int>(ExitStatus::stopped_early);
  } catch (const std::exception& error) {
    log.error(std::string("a defect in this tool: ") + error.what() + "; please report it");
    return static_cast<int>(ExitStatus::internal);
  }
}

}  // namespace common
