// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/console/log.hpp"
#include "common/console/progress.hpp"
#include "common/program/command_line.hpp"
#include "common/settings/settings.hpp"
#include "tools/push-opencti/amqp/broker.hpp"
#include "tools/push-opencti/platform/platform.hpp"

namespace push_opencti {

/// The command line of push-opencti.
const common::Usage& usage();

/// What one call is to do.
enum class Task { push, dry_run, print_state, print_ledger, keep_alive, check };

/// Everything that the command line and the settings say.
struct Options {
  Task task = Task::push;
  std::vector<std::string> files;
  std::size_t max_line = 256u << 20;
  std::optional<std::string> rejects;
  bool strict = false;
  std::optional<std::string> advance_from;
  std::optional<std::string> state_file;
  std::optional<std::string> ledger;   ///< file of what the platform holds
  std::optional<std::string> refetch;  ///< file of incidents to fetch again
  bool send_all = false;               ///< also what the ledger says is held
  std::string applicant_id;
  common::Progress::Options progress;

  std::chrono::seconds overlap{0};
  bool resend_lost = true;

  bool to_queue = true;
  PlatformOptions platform;
  BrokerOverrides broker;

  bool to_directory = false;
  std::string directory;
  std::int64_t retention_days = 0;
};

/// Reads the settings and checks them together; throws Failure(usage or settings) naming every fault.
Options read_options(const common::Arguments& arguments, const common::Environment& environment, common::Log& log);

}  // namespace push_opencti
