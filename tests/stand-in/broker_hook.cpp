// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/broker_hook.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <stdexcept>

namespace stand_in {

void run_broker_hook(const std::string& program, const std::string& connector_id) {
  std::string name = program;
  std::string argument = connector_id;
  std::array<char*, 3> arguments = {name.data(), argument.data(), nullptr};
  pid_t child = 0;
  int status = 0;
  if (posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) {
    throw std::runtime_error("cannot run " + program);
  }
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error("cannot wait for " + program);
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error(program + " failed");
}

}  // namespace stand_in
