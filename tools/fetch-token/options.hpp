// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/console/log.hpp"
#include "common/http/http.hpp"
#include "common/program/command_line.hpp"
#include "common/settings/settings.hpp"
#include "tools/fetch-token/token_request.hpp"

namespace fetch_token {

/// The settings of one run.
struct RunSettings {
  Credentials credentials;
  std::chrono::seconds retry_budget;
  common::HttpOptions http;
};

/// The command line.
const common::Usage& usage();

/// Reads and checks what this tool needs; throws Failure(settings) with every fault.
RunSettings read_settings(const common::Arguments& arguments, const common::Environment& environment, common::Log& log);

}  // namespace fetch_token
