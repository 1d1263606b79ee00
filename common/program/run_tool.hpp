// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include "common/console/log.hpp"
#include "common/program/command_line.hpp"
#include "common/program/failure.hpp"

namespace common {

/// The frame of every tool's main: parses the command line, sets up the log, ignores SIGPIPE, forbids core dumps (they
/// would hold secrets), runs `body` and turns whatever it throws into one message and an exit status.
int run_tool(const Usage& usage, int argc, const char* const* argv,
             const std::function<ExitStatus(const Arguments&, Log&)>& body);

}  // namespace common
