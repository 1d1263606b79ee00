// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/threads.hpp"

#include <exception>
#include <new>
#include <string>
#include <system_error>

namespace push_opencti {

std::thread start_thread(std::function<void()> body) {
  try {
    return std::thread(std::move(body));
  } catch (const std::system_error& error) {
    throw common::Failure(common::ExitStatus::stopped_early,
                          "no thread could be started: raise the limit on processes (ulimit -u, or pids of the "
                          "container), or try later: " +
                              error.code().message());
  }
}

common::Failure current_failure(std::string_view doing) {
  try {
    throw;
  } catch (const common::Failure& failure) {
    return failure;
  } catch (const std::bad_alloc&) {
    return {common::ExitStatus::stopped_early, "out of memory while " + std::string(doing) +
                                                   ": raise the limit on memory (ulimit -v, or that of the container)"};
  } catch (const std::exception& error) {
    return {common::ExitStatus::internal,
            "a defect in this tool, while " + std::string(doing) + ": " + error.what() + "; please report it"};
  }
}

}  // namespace push_opencti
