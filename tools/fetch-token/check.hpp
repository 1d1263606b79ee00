// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/program/failure.hpp"
#include "tools/fetch-token/options.hpp"

namespace fetch_token {

/// --check: whether the login service can be reached and gives a token, as lines of common::CheckReport on standard
/// output. The token is thrown away. Returns the status that a run would end with.
common::ExitStatus check(RunSettings settings, common::Clock& clock, common::Log& log);

}  // namespace fetch_token
