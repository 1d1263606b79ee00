// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string_view>
#include <thread>

#include "common/program/failure.hpp"

namespace push_opencti {

/// Starts a thread. Throws Failure(stopped_early) naming the limit where the system has none left.
std::thread start_thread(std::function<void()> body);

/// The Failure that the exception being handled amounts to, for a thread that hands it to another one. `doing`: what
/// the thread did, "pushing".
common::Failure current_failure(std::string_view doing);

}  // namespace push_opencti
