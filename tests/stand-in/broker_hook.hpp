// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace stand_in {

/// Runs `program connector_id` and waits for it. OpenCTI declares a connector's exchanges and queues in
/// RabbitMQ at each register and ping; a test that uses a real RabbitMQ does it by such a program. Throws
/// std::runtime_error where it cannot be run or fails.
void run_broker_hook(const std::string& program, const std::string& connector_id);

}  // namespace stand_in
