// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/options.hpp"

#include <array>
#include <charconv>

#include "common/console/progress.hpp"
#include "common/console/summary.hpp"
#include "common/http/http_library.hpp"
#include "common/http/http_url.hpp"
#include "common/program/failure.hpp"
#include "common/records/state.hpp"
#include "common/settings/graph_address.hpp"

namespace fetch_incidents {
namespace {

using common::ExitStatus;
using common::Failure;
using common::Settings;

constexpr std::array uses = {
    common::SettingUse{"SENTINEL_INCIDENTS_API_BASE_URL"},
    common::SettingUse{"SENTINEL_INCIDENTS_INCIDENT_PATH"},
    common::SettingUse{"SENTINEL_INCIDENTS_IMPORT_START_DATE"},
    common::SettingUse{"SENTINEL_INCIDENTS_FILTER", false, "filter", "ODATA"},
    common::SettingUse{"SENTINEL_INCIDENTS_OVERLAP", false, "overlap", "DURATION"},
    common::SettingUse{"SENTINEL_INCIDENTS_MAX_RATE", false, "max-rate", "N"},
    common::SettingUse{"SENTINEL_INCIDENTS_RETRY_BUDGET", false, "retry-budget", "DURATION"},
    common::SettingUse{"HTTPS_CA_CERTIFICATES"},
};

constexpr std::size_t largest_page = 50;  // Graph answers 400 beyond it

std::string collection_address(Settings& settings) {
  constexpr std::string_view variable = "SENTINEL_INCIDENTS_API_BASE_URL";
  const std::string& base = settings.text(variable);
  if (std::string fault = common::secret_address_fault(base); !fault.empty())
    settings.fault(variable, std::move(fault));
  if (base.find_first_of("?#") != std::string::npos) settings.fault(variable, "must be an address without a query");
  const bool given = settings.given("SENTINEL_INCIDENTS_INCIDENT_PATH");
  return common::graph_incidents_address(base, given ? settings.text("SENTINEL_INCIDENTS_INCIDENT_PATH") : "");
}

std::optional<common::Instant> instant_option(const common::Arguments& arguments, std::string_view option,
                                              common::Instant now, Settings& settings) {
  const auto text = arguments.get(option);
  if (!text) return {};
  const auto at = common::parse_user_instant(*text, now);
  if (!at) {
    settings.fault("--" + std::string(option) +
                   " must be a date, a time such as 2026-09-01T00:00:00Z, or a duration back from now such as P30D, "
                   "30d or 12h, not '" +
                   *text + "'");
  }
  return at;
}

std::size_t page_size(const common::Arguments& arguments, Settings& settings) {
  const std::string text = arguments.get("top").value_or(std::to_string(largest_page));
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || size < 1 || size > largest_page) {
    settings.fault("--top must be a whole number from 1 to " + std::to_string(largest_page) + ", not '" + text + "'");
  }
  return size;
}

/// The last complete reading, unless it was of other incidents. One that cannot be used costs time, not the run.
std::optional<Reading> last_reading(const RunSettings& run, common::Log& log) {
  if (!run.reading_file) return {};
  std::string reason;
  auto reading = read_reading(*run.reading_file, reason);
  if (!reason.empty())
    log.warning("cannot use " + *run.reading_file + ", so the whole overlap is read again: " + reason);
  if (reading && reading->of != run.what_is_read()) return {};
  return reading;
}

/// Asks range_start() for where the range starts; faults of the files and options go to `settings`.
void choose_range(const common::Arguments& arguments, Settings& settings, common::Instant now, RunSettings& run,
                  common::Log& log) {
  StartQuestion question;
  question.now = now;
  question.since = instant_option(arguments, "since", now, settings);
  run.until = instant_option(arguments, "until", now, settings);
  if (question.since && run.until && *run.until <= *question.since)
    throw Failure(ExitStatus::usage, "--until must be later than --since; with these nothing could be fetched");
  if (const auto path = arguments.get("state")) {
    std::string reason;
    question.state = read_state(*path, reason);
    if (!question.state) settings.fault("the state file " + *path + " cannot be used: " + reason);
    if (!question.since && !run.until) run.reading_file = arguments.get("reading");
  }
  if (settings.has_faults()) return;
  question.last_reading = last_reading(run, log);
  question.import_start = settings.instant("SENTINEL_INCIDENTS_IMPORT_START_DATE");
  question.overlap = settings.duration("SENTINEL_INCIDENTS_OVERLAP");
  run.start = range_start(question);
}

void refuse_contradictions(const common::Arguments& arguments) {
  if (!arguments.has("id")) return;
  for (const std::string_view option : {"since", "until", "state", "reading"}) {
    if (arguments.has(option)) {
      throw Failure(ExitStatus::usage,
                    "--id fetches single incidents; --" + std::string(option) + " has no meaning with it");
    }
  }
  for (const std::string& id : arguments.all("id")) {
    if (id.empty()) throw Failure(ExitStatus::usage, "--id needs an incident id");
  }
}

}  // namespace

const common::Usage& usage() {
  static const common::Usage text = {
      .tool = "fetch-incidents",
      .summary =
          "Reads an access token and writes Microsoft security incidents, one JSON object a line, oldest update first.",
      .options = common::with_setting_options(
          {{"check", "", "try the way to Graph and the token on standard input, one line a step, in place of fetching"},
           {"since", "TIME",
            "incidents last updated at or after this: a date, a time, or how far back (P30D, 30d, 12h)"},
           {"until", "TIME", "incidents last updated before this"},
           {"state", "FILE", "go on from this state, as push-opencti --print-state wrote it"},
           {"reading", "FILE",
            "note complete readings here, so that the overlap need not reach back beyond the last one"},
           {"id", "ID", "only this incident", true},
           {"failed", "FILE", "note incidents that cannot be fetched here, and go on"},
           common::no_progress_option,
           common::progress_option,
           common::summary_option,
           {"token-file", "FILE", "take the token from this file in place of standard input"},
           {"top", "N", "incidents a page (1 to 50; default 50)"}},
          uses),
      .notes =
          "The token comes on standard input: fetch-token's records, what az account get-access-token prints, or the "
          "bare\n"
          "token. See fetch-incidents(1).",
      .libraries = {common::http_library_version},
  };
  return text;
}

std::string RunSettings::what_is_read() const { return collection + (filter.empty() ? "" : " " + filter); }

RunSettings read_settings(const common::Arguments& arguments, const common::Environment& environment,
                          common::Instant now, common::Log& log) {
  refuse_contradictions(arguments);
  Settings settings = Settings::load(arguments, uses, environment, log);
  RunSettings run;
  run.collection = collection_address(settings);
  run.filter = settings.text("SENTINEL_INCIDENTS_FILTER");
  run.filter_name = arguments.has("filter") ? "--filter" : Settings::names("SENTINEL_INCIDENTS_FILTER");
  choose_range(arguments, settings, now, run, log);
  run.top = page_size(arguments, settings);
  settings.require_valid(arguments);
  const auto origin = common::parse_url(run.collection);
  if (!origin) throw Failure(ExitStatus::settings, "the address of Graph's incidents is no URL: " + run.collection);
  run.origin = *origin;
  run.ids = arguments.all("id");
  run.token_file = arguments.get("token-file");
  run.failed_file = arguments.get("failed");
  run.max_rate = settings.integer("SENTINEL_INCIDENTS_MAX_RATE");
  run.retry_budget = settings.duration("SENTINEL_INCIDENTS_RETRY_BUDGET");
  run.http.ca = settings.text("HTTPS_CA_CERTIFICATES");
  return run;
}

}  // namespace fetch_incidents
