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
#include "tools/push-opencti/platform/connector.hpp"
#include "tools/push-opencti/platform/graphql_client.hpp"

namespace push_opencti {

/// The command line of push-opencti.
const common::Usage& usage();

/// What one call is to do.
enum class Task { push, dry_run, print_state, keep_alive, check };

/// Settings for RabbitMQ that go before what the platform says; empty means as the platform says.
struct BrokerOverrides {
  std::string host;
  int port = 0;
  std::string vhost;
  std::string user;
  std::string password;
  std::optional<bool> use_tls;
  std::string ca;
  std::string certificate;
  std::string key;
  std::string passphrase;
  bool verify = true;
};

/// Everything that the command line and the settings say.
struct Options {
  Task task = Task::push;
  std::vector<std::string> files;
  std::size_t max_line = 256u << 20;
  std::optional<std::string> rejects;
  bool strict = false;
  std::optional<std::string> advance_from;
  std::optional<std::string> state_file;
  std::string applicant_id;
  common::Progress::Options progress;

  Identity identity;
  Endpoint endpoint;
  bool to_queue = true;
  std::string protocol;  ///< api or amqp
  bool to_directory = false;
  std::string directory;
  std::int64_t retention_days = 0;
  bool validate = false;
  double queue_threshold = 0;  ///< megabytes
  bool run_and_terminate = false;
  std::chrono::seconds period{0};
  std::chrono::seconds overlap{0};
  std::chrono::seconds retry_budget{0};
  std::chrono::seconds request_timeout{300};
  BrokerOverrides broker;
};

/// Reads the settings and checks them together; throws Failure(usage or settings) naming every fault.
Options read_options(const common::Arguments& arguments, const common::Environment& environment, common::Log& log);

}  // namespace push_opencti
