// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/stand-in/http_service.hpp"
#include "tests/stand-in/platform.hpp"

namespace stand_in {

/// The command line, and the secrets that come by environment instead.
struct Options {
  std::string ready_file;
  std::vector<std::string> incidents;
  std::size_t copies = 1;
  std::string platform_version;
  std::string record;
  std::string scenario;
  std::size_t page_size = 50;
  bool snapshot_paging = false;
  std::optional<std::uint64_t> mutate_seed;
  std::int64_t mutate_count = 200;
  bool null_platform = false;
  bool automatic_worker = false;
  bool keep_objects = false;
  std::int64_t latency_ms = 0;
  bool identity = false;
  std::string tenant;
  std::string client_id;
  std::int64_t expires_in = 3599;
  std::vector<std::string> token_roles;
  std::size_t proxy_limit = 0;
  std::size_t body_limit = 52'428'800;
  std::string refused_marker;
  /// What the user of the platform's token may do.
  std::vector<std::string> capabilities;
  Broker broker;
  /// A program that is run with a connector's id at each register and ping; see BrokerHook.
  std::string broker_hook;
  TlsFiles tls;
  /// Graph's address as clients know it, where they come through a proxy; else the service's own.
  std::string graph_url;
  bool exit_with_parent = false;

  /// STAND_IN_CLIENT_SECRET and STAND_IN_OPENCTI_TOKEN, else the defaults of README.md.
  std::string client_secret;
  std::string opencti_token;
};

/// Reads the command line. Nothing where only --help was asked (and has been printed). Throws
/// std::runtime_error with a message for a wrong one.
std::optional<Options> read_options(int argc, char** argv);

}  // namespace stand_in
