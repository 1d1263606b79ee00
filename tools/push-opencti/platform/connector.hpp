// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/push-opencti/platform/graphql_client.hpp"

namespace push_opencti {

/// What the connector tells the platform about itself.
struct Identity {
  std::string id;
  std::string name;
  std::string type;
  std::string scope;  ///< as configured, comma separated
};

/// How to reach the connector's push queue, as the platform says.
struct Broker {
  std::string host;
  int port = 0;
  std::string vhost;
  std::string user;
  std::string password;
  bool use_tls = false;
  std::string exchange;
  std::string routing_key;
};

/// What the platform answers to a registration.
struct Registration {
  std::string state;    ///< as stored, "" for none
  std::string user_id;  ///< the connector's user: the applicant of what is pushed
  Broker broker;
};

/// The figures that the platform shows of a connector, sent with each ping.
struct RunFigures {
  bool run_and_terminate = false;
  bool buffering = false;
  double queue_threshold = 0;  ///< megabytes
  double queue_size = 0;       ///< megabytes
  std::string next_run;        ///< RFC 3339, "" for none
  std::string last_run;        ///< likewise
};

/// The connector's queue at the platform.
struct Queue {
  double messages = 0;
  double bytes = 0;
};

/// The request bodies.
std::string register_body(const Identity& identity);
std::string ping_body(const std::string& connector_id, const std::string& state, const RunFigures& figures);

/// What an ok answer to register_connector holds.
Registration read_registration(const Answer& answer);

/// The version that an ok answer to `about` names; throws Failure as ask_version() does.
PlatformVersion read_version(const Answer& answer);
/// The platform's version; throws Failure when it cannot be had, or is older than what is supported.
PlatformVersion ask_version(GraphqlClient& client);
/// Throws Failure when the platform refuses.
Registration register_connector(GraphqlClient& client, const Identity& identity);
/// Nothing when the platform does not tell (the right MODULES is missing). Throws Failure when it cannot be asked, so
/// that an unknown queue is not taken for an empty one.
std::optional<Queue> read_queue(GraphqlClient& client, const std::string& connector_id);

}  // namespace push_opencti
