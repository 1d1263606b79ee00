// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/check.hpp"

#include <algorithm>
#include <array>

#include "common/console/printable.hpp"
#include "common/http/http_check.hpp"
#include "tools/push-opencti/amqp/broker.hpp"
#include "tools/push-opencti/directory_sink.hpp"
#include "tools/push-opencti/state/state_text.hpp"

namespace push_opencti {

namespace {

using common::CheckReport;
using common::ExitStatus;
using common::Failure;

constexpr std::chrono::seconds answer_limit{30};
constexpr double megabyte = 1e6;

constexpr std::string_view token_step = "OpenCTI token";
constexpr std::string_view version_step = "OpenCTI version";
constexpr std::string_view rights_step = "OpenCTI rights";
constexpr std::string_view connector_step = "OpenCTI connector";
constexpr std::string_view queue_step = "OpenCTI queue";
constexpr std::string_view broker_step = "RabbitMQ";
constexpr std::string_view directory_step = "directory";

// The capabilities of the role Connector that matter here. The platform tests for a part of a capability's name.
// Workers create objects in the name of the connector's user, so a missing right only shows in the work's errors.
struct Right {
  std::string_view capability;
  bool indispensable;
  std::string_view use;
};
constexpr std::array rights = {
    Right{"CONNECTORAPI", true, "register and push"},
    Right{"KNOWLEDGE_KNUPDATE", true, "let workers create what is imported"},
    Right{"SETTINGS_SETMARKINGS", false, "let workers create markings"},
    Right{"SETTINGS_SETLABELS", false, "let workers create labels"},
    Right{"SETTINGS_SETVOCABULARIES", false, "let workers create vocabulary"},
    Right{"MODULES", false, "see the queue's size for CONNECTOR_QUEUE_THRESHOLD"},
};

// Reports the Failure that `try_it` throws as the step's; false when there was one.
template <typename Try>
bool succeeds(CheckReport& report, std::string_view step, const Try& try_it) {
  try {
    try_it();
    return true;
  } catch (const Failure& failure) {
    if (*failure.what() == '\0') throw;
    report.failed(step, failure);
    return false;
  }
}

bool has(const std::vector<std::string>& capabilities, std::string_view wanted) {
  return std::any_of(capabilities.begin(), capabilities.end(), [wanted](const std::string& name) {
    return name == "BYPASS" || name.find(wanted) != std::string::npos;
  });
}

bool check_connection(CheckReport& report, const Options& options, Context& context) {
  common::HttpOptions http;
  http.verify_tls = options.platform.endpoint.verify_tls;
  http.ca = options.platform.endpoint.ca;
  http.stop = &context.stop;
  common::use_short_timeouts(http);
  common::Log silent(context.log.tool(), -1);  // the other client reports faults of the settings
  common::HttpClient client(http, silent);
  const auto send = [&client](const common::HttpRequest& request) { return client.send(request); };
  return common::check_peer(report, send, context.clock, "OpenCTI", options.platform.endpoint.url);
}

bool check_token_and_version(CheckReport& report, GraphqlClient& client) {
  const Answer about = client.ask(operations::about, GraphqlClient::Variables{});
  if (!about.ok()) {
    const bool refused = exit_status(about) == ExitStatus::refused;
    succeeds(report, refused ? token_step : version_step, [&about] { fail(operations::about, about); });
    return false;
  }
  report.ok(token_step, "accepted");
  return succeeds(report, version_step, [&] { report.ok(version_step, to_text(read_version(about))); });
}

void check_rights(CheckReport& report, GraphqlClient& client) {
  const Answer me = client.ask(operations::me, GraphqlClient::Variables{});
  if (!me.ok()) {
    report.warning(rights_step, "the platform does not tell what its user may do: " + reason_of(me));
    return;
  }
  const std::vector<std::string> capabilities = names_in(me, "me.capabilities");
  std::string missing;
  bool indispensable = false;
  for (const Right& right : rights) {
    if (has(capabilities, right.capability)) continue;
    missing.append(missing.empty() ? "" : ", ").append(right.capability).append(" (to ").append(right.use).append(")");
    indispensable = indispensable || right.indispensable;
  }
  const std::string user = "user '" + field(me, "me.name") + "' ";
  if (missing.empty()) {
    report.ok(rights_step, user + "has what a connector needs");
  } else if (indispensable) {
    report.failed(rights_step, ExitStatus::refused,
                  user + "lacks " + missing + "; give the user the role Connector in OpenCTI");
  } else {
    report.warning(rights_step, user + "lacks " + missing + "; the role Connector has them");
  }
}

std::string told_state(const Registration& registration) {
  const auto watermark = parse_stored_state(comparable_state(registration.state), {}).watermark();
  return watermark ? "everything up to " + common::seconds_text(*watermark) + " was imported"
                   : "nothing was imported yet";
}

void check_queue(CheckReport& report, const Options& options, GraphqlClient& client) {
  std::optional<Queue> queue;
  if (!succeeds(report, queue_step, [&] { queue = read_queue(client, options.platform.identity.id); })) return;
  if (!queue)
    return report.warning(queue_step,
                          "the platform does not tell its size, so CONNECTOR_QUEUE_THRESHOLD cannot be kept");
  const double size = queue->bytes / megabyte;
  const std::string text = common::counted(static_cast<std::uint64_t>(queue->messages), "message") + ", " +
                           std::to_string(static_cast<long>(size)) + " MB";
  if (size <= options.platform.queue_threshold) return report.ok(queue_step, text);
  report.failed(
      queue_step, ExitStatus::stopped_early,
      text + ", more than CONNECTOR_QUEUE_THRESHOLD: runs are skipped until the platform's workers have caught up");
}

// One try within `answer_limit`, since somebody is waiting for the result.
void check_broker(CheckReport& report, const Options& options, const Broker& named, common::Log& log) {
  succeeds(report, broker_step, [&] {
    const Broker broker = choose_broker(named, options.broker);
    try {
      open_broker(named, options.broker, answer_limit, log);
    } catch (const BrokerFault& fault) {
      const bool refused = fault.kind() == BrokerFault::Kind::refused;
      throw Failure(refused ? ExitStatus::refused : ExitStatus::unavailable,
                    std::string(fault.what()).append(advice_for(fault.kind())));
    }
    report.ok(broker_step, "took the user's name and password at " + broker.host);
  });
}

// Registering is what every run does first; it changes neither state nor works.
void check_connector(CheckReport& report, const Options& options, GraphqlClient& client, common::Log& log) {
  Registration registration;
  const bool registered = succeeds(report, connector_step, [&] {
    registration = register_connector(client, options.platform.identity);
    report.ok(connector_step, "registered as '" + options.platform.identity.name + "'; " + told_state(registration));
  });
  if (!registered) return;
  check_queue(report, options, client);
  if (options.platform.protocol == "amqp") check_broker(report, options, registration.broker, log);
}

void check_platform(CheckReport& report, const Options& options, Context& context) {
  if (!check_connection(report, options, context)) {
    return report.skipped(connector_step, "OpenCTI cannot be reached");
  }
  GraphqlClient client(context.connect(answer_limit, &context.stop), context.clock, context.log,
                       {std::chrono::seconds{0}, 0});
  if (!check_token_and_version(report, client)) {
    return report.skipped(connector_step, "see the step before");
  }
  check_rights(report, client);
  check_connector(report, options, client, context.log);
}

}  // namespace

ExitStatus check(const Options& options, Context& context) {
  CheckReport report(context.log);
  if (options.to_queue) check_platform(report, options, context);
  if (options.to_directory) {
    succeeds(report, directory_step, [&] {
      DirectorySink::Options directory;
      directory.directory = options.directory;
      const DirectorySink sink(std::move(directory), options.platform.identity, context.clock, context.log);
      report.ok(directory_step, options.directory + " can be written to");
    });
  }
  return report.status();
}

}  // namespace push_opencti
