// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/options.hpp"

#include <array>
#include <charconv>

#include "common/console/summary.hpp"
#include "common/http/http_library.hpp"
#include "common/http/http_url.hpp"
#include "common/program/failure.hpp"
#include "common/settings/setting_values.hpp"
#include "tools/push-opencti/amqp/amqp_library.hpp"

namespace push_opencti {

namespace {

[[noreturn]] void wrong_usage(const std::string& message) { throw common::Failure(common::ExitStatus::usage, message); }

std::chrono::seconds parse_seconds(const std::string& text) {
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > 3600) {
    wrong_usage("--request-timeout takes seconds, 1 to 3600, not '" + text + "'");
  }
  return std::chrono::seconds(number);
}

Task task_of(const common::Arguments& arguments) {
  struct Row {
    std::string_view option;
    Task task;
  };
  constexpr std::array rows = {Row{"dry-run", Task::dry_run}, Row{"print-state", Task::print_state},
                               Row{"print-ledger", Task::print_ledger}, Row{"keep-alive", Task::keep_alive},
                               Row{"check", Task::check}};
  Task task = Task::push;
  for (const Row& row : rows) {
    if (!arguments.has(row.option)) continue;
    if (task != Task::push)
      wrong_usage("--check, --dry-run, --keep-alive, --print-ledger and --print-state exclude one another");
    task = row.task;
  }
  if (task != Task::push && task != Task::dry_run && !arguments.files().empty()) {
    wrong_usage("--check, --keep-alive, --print-ledger and --print-state read no input, so no file may be named");
  }
  return task;
}

// Queue and directory decide what else is needed, so they are looked up first.
struct Targets {
  bool queue = true;
  bool directory = false;
};

Targets targets_of(const common::Arguments& arguments, const common::Environment& environment, common::Log& log) {
  constexpr std::array uses = {common::SettingUse{"CONNECTOR_SEND_TO_QUEUE"},
                               common::SettingUse{"CONNECTOR_SEND_TO_DIRECTORY"}};
  const common::Settings settings = common::Settings::load(arguments, uses, environment, log);
  return {settings.boolean("CONNECTOR_SEND_TO_QUEUE"), settings.boolean("CONNECTOR_SEND_TO_DIRECTORY")};
}

std::vector<common::SettingUse> uses_for(const Targets& targets, Task task) {
  const bool touches = task != Task::dry_run && task != Task::print_ledger;
  const bool platform = targets.queue && touches;
  const bool directory = targets.directory && (task == Task::push || task == Task::check);
  return {
      {"OPENCTI_URL", platform},
      {"OPENCTI_TOKEN", platform},
      {"OPENCTI_SSL_VERIFY"},
      {"OPENCTI_CUSTOM_HEADERS"},
      {"HTTPS_CA_CERTIFICATES"},
      {"CONNECTOR_ID", touches},
      {"CONNECTOR_TYPE"},
      {"CONNECTOR_NAME"},
      {"CONNECTOR_SCOPE"},
      {"CONNECTOR_DURATION_PERIOD"},
      {"CONNECTOR_RUN_AND_TERMINATE"},
      {"CONNECTOR_QUEUE_PROTOCOL"},
      {"CONNECTOR_QUEUE_THRESHOLD"},
      {"CONNECTOR_SEND_TO_QUEUE"},
      {"CONNECTOR_SEND_TO_DIRECTORY"},
      {"CONNECTOR_SEND_TO_DIRECTORY_PATH", directory},
      {"CONNECTOR_SEND_TO_DIRECTORY_RETENTION"},
      {"CONNECTOR_VALIDATE_BEFORE_IMPORT"},
      {"MQ_HOST"},
      {"MQ_PORT"},
      {"MQ_VHOST"},
      {"MQ_USER"},
      {"MQ_PASS"},
      {"MQ_USE_SSL"},
      {"MQ_USE_SSL_CA"},
      {"MQ_USE_SSL_CERT"},
      {"MQ_USE_SSL_KEY"},
      {"MQ_USE_SSL_PASSPHRASE"},
      {"MQ_USE_SSL_REJECT_UNAUTHORIZED"},
      {"SENTINEL_INCIDENTS_APPLICANT_ID", false, "applicant-id", "ID"},
      {"SENTINEL_INCIDENTS_METRICS_FILE"},
      {"SENTINEL_INCIDENTS_OVERLAP"},
      {"SENTINEL_INCIDENTS_RESEND_LOST"},
      {"SENTINEL_INCIDENTS_RETRY_BUDGET", false, "retry-budget", "DURATION"},
      {"SENTINEL_INCIDENTS_SEND", false, "send", "WHAT"},
      {"SENTINEL_INCIDENTS_STATE_DIR"},
  };
}

void check_together(const Options& options, common::Settings& settings) {
  const std::string queue = common::Settings::names("CONNECTOR_SEND_TO_QUEUE");
  const std::string directory = common::Settings::names("CONNECTOR_SEND_TO_DIRECTORY");
  if (!options.to_queue && !options.to_directory) {
    settings.fault(queue + " and " + directory + " are both false: bundles would go nowhere");
  }
  if (options.platform.validate && options.to_queue && options.platform.protocol == "api") {
    settings.fault("CONNECTOR_VALIDATE_BEFORE_IMPORT", "cannot be kept over the API, which knows no drafts: set " +
                                                           common::Settings::names("CONNECTOR_QUEUE_PROTOCOL") +
                                                           " to amqp");
  }
  if (!options.to_queue && options.to_directory && options.applicant_id.empty() &&
      (options.task == Task::push || options.task == Task::check)) {
    settings.fault("SENTINEL_INCIDENTS_APPLICANT_ID",
                   "is missing: without a platform nobody else says in whose name the files are imported, and "
                   "diode-import deletes files without it");
  }
}

void check_state_options(const Options& options) {
  if (options.state_file && options.to_queue) {
    wrong_usage(
        "--state-file is for runs without a platform (CONNECTOR_SEND_TO_QUEUE=false); here the platform keeps the "
        "state");
  }
  if (options.advance_from && options.task != Task::push) wrong_usage("--advance-from belongs to a push");
  const bool needs_file = options.task == Task::print_state || options.advance_from;
  if (needs_file && !options.to_queue && !options.state_file) {
    wrong_usage("without a platform (CONNECTOR_SEND_TO_QUEUE=false) the state needs --state-file FILE");
  }
  if (options.task == Task::print_ledger && !options.ledger) wrong_usage("--print-ledger needs --ledger FILE");
  if (options.refetch && !options.ledger) wrong_usage("--refetch needs --ledger FILE");
  if (options.task == Task::keep_alive && !options.to_queue) {
    wrong_usage("--keep-alive needs a platform, but CONNECTOR_SEND_TO_QUEUE is false");
  }
}

BrokerOverrides read_broker(const common::Settings& settings) {
  BrokerOverrides broker;
  broker.host = settings.text("MQ_HOST");
  broker.port = static_cast<int>(settings.integer("MQ_PORT"));
  broker.vhost = settings.text("MQ_VHOST");
  broker.user = settings.text("MQ_USER");
  broker.password = settings.text("MQ_PASS");
  if (settings.has("MQ_USE_SSL")) broker.use_tls = settings.boolean("MQ_USE_SSL");
  broker.ca = settings.text("MQ_USE_SSL_CA");
  broker.certificate = settings.text("MQ_USE_SSL_CERT");
  broker.key = settings.text("MQ_USE_SSL_KEY");
  broker.passphrase = settings.text("MQ_USE_SSL_PASSPHRASE");
  broker.verify = settings.boolean("MQ_USE_SSL_REJECT_UNAUTHORIZED");
  return broker;
}

void read_platform(const common::Settings& settings, Options& options, common::Log& log) {
  options.platform.endpoint.url = settings.text("OPENCTI_URL");
  options.platform.endpoint.token = settings.text("OPENCTI_TOKEN");
  // Where it is neither true nor false, it names certificates to verify with.
  const std::string& verify = settings.text("OPENCTI_SSL_VERIFY");
  const bool names_certificates = !common::parse_boolean(verify);
  options.platform.endpoint.verify_tls = names_certificates || settings.boolean("OPENCTI_SSL_VERIFY");
  options.platform.endpoint.ca = settings.text("HTTPS_CA_CERTIFICATES");
  if (names_certificates) {
    options.platform.endpoint.ca =
        common::certificates_of(options.platform.endpoint.ca) + "\n" + common::certificates_of(verify);
  }
  options.platform.endpoint.extra_headers = parse_custom_headers(settings.text("OPENCTI_CUSTOM_HEADERS"), log);
}

void warn_of_risks(const Options& options, common::Log& log) {
  if (!options.to_queue || options.task == Task::dry_run || options.task == Task::print_ledger) return;
  const auto url = common::parse_url(options.platform.endpoint.url);
  if (url && url->scheme == "http" && !common::is_loopback(url->host)) {
    log.warning("OPENCTI_URL is plain http: the token and the bundles can be read on the way");
  }
  if (!options.platform.endpoint.verify_tls)
    log.warning("OPENCTI_SSL_VERIFY is false: the platform's certificate is not verified");
}

}  // namespace

const common::Usage& usage() {
  static const common::Usage text{
      .tool = "push-opencti",
      .summary = "Pushes STIX bundles, one a line, to OpenCTI or to a directory, and writes a receipt for each.",
      .options = common::with_setting_options(
          {
              {"advance-from", "FILE", "move the connector's state, which was FILE (from --print-state) at the start"},
              {"check", "", "try the way to the platform, one line a step, and end; moves no state and opens no work"},
              {"dry-run", "", "check the input and say what would be pushed; touches no network and no file"},
              {"keep-alive", "", "keep the connector active at the platform until a signal comes; reads no input"},
              {"ledger", "FILE", "keep in FILE what OpenCTI holds, and send what it does not hold yet"},
              {"max-line", "SIZE", "longest line accepted (default 256M)"},
              common::no_progress_option,
              {"print-ledger", "",
               "print what the ledger says is held, pending and refused, an object a line, and end"},
              {"print-state", "", "print the connector's state ({} for none) and end"},
              common::progress_option,
              {"progress-fd", "N", "draw it on the terminal that descriptor N is, in place of standard error"},
              {"refetch", "FILE", "append to FILE the incidents of which OpenCTI refused or lost something"},
              {"rejects", "FILE", "append refused lines to FILE"},
              {"request-timeout", "SECONDS", "longest wait for one answer (default 300)"},
              {"state-file", "FILE", "where the state is kept when no platform is used"},
              {"strict", "", "stop at the first line refused"},
              common::summary_option,
          },
          uses_for({}, Task::push)),
      .takes_files = true,
      .libraries = {common::http_library_version, amqp_library_version},
  };
  return text;
}

Options read_options(const common::Arguments& arguments, const common::Environment& environment, common::Log& log) {
  Options options;
  options.task = task_of(arguments);
  options.files = arguments.files();
  options.progress = common::Progress::from(arguments);
  if (arguments.has("summary") && options.task != Task::push) wrong_usage("--summary belongs to a push");
  if (const auto size = arguments.get("max-line")) options.max_line = common::parse_size("max-line", *size);
  if (const auto seconds = arguments.get("request-timeout")) options.platform.request_timeout = parse_seconds(*seconds);
  options.rejects = arguments.get("rejects");
  options.strict = arguments.has("strict");
  options.advance_from = arguments.get("advance-from");
  options.state_file = arguments.get("state-file");
  options.ledger = arguments.get("ledger");
  options.refetch = arguments.get("refetch");

  common::Log silent(log.tool(), -1);  // the second reading reports the faults
  const Targets targets = targets_of(arguments, environment, silent);
  common::Settings settings = common::Settings::load(arguments, uses_for(targets, options.task), environment, log);
  options.to_queue = targets.queue;
  options.to_directory = targets.directory;
  options.platform.identity = {settings.text("CONNECTOR_ID"), settings.text("CONNECTOR_NAME"),
                               settings.text("CONNECTOR_TYPE"), settings.text("CONNECTOR_SCOPE")};
  options.platform.protocol = settings.text("CONNECTOR_QUEUE_PROTOCOL");
  options.directory = settings.text("CONNECTOR_SEND_TO_DIRECTORY_PATH");
  options.retention_days = settings.integer("CONNECTOR_SEND_TO_DIRECTORY_RETENTION");
  options.platform.validate = settings.boolean("CONNECTOR_VALIDATE_BEFORE_IMPORT");
  options.platform.queue_threshold = settings.number("CONNECTOR_QUEUE_THRESHOLD");
  options.platform.run_and_terminate = settings.boolean("CONNECTOR_RUN_AND_TERMINATE");
  options.platform.period = settings.duration("CONNECTOR_DURATION_PERIOD");
  options.overlap = settings.duration("SENTINEL_INCIDENTS_OVERLAP");
  options.resend_lost = settings.boolean("SENTINEL_INCIDENTS_RESEND_LOST");
  options.send_all = settings.text("SENTINEL_INCIDENTS_SEND") == "all";
  options.platform.retry_budget = settings.duration("SENTINEL_INCIDENTS_RETRY_BUDGET");
  options.applicant_id = settings.text("SENTINEL_INCIDENTS_APPLICANT_ID");
  options.broker = read_broker(settings);
  read_platform(settings, options, log);

  check_together(options, settings);
  settings.require_valid(arguments);
  check_state_options(options);
  warn_of_risks(options, log);
  return options;
}

}  // namespace push_opencti
