// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-token/options.hpp"

#include <algorithm>
#include <array>

#include "common/console/summary.hpp"
#include "common/http/http_library.hpp"
#include "common/http/http_url.hpp"
#include "common/settings/graph_address.hpp"

namespace fetch_token {
namespace {

constexpr std::array uses = {
    common::SettingUse{"SENTINEL_INCIDENTS_TENANT_ID", true},
    common::SettingUse{"SENTINEL_INCIDENTS_CLIENT_ID", true},
    common::SettingUse{"SENTINEL_INCIDENTS_CLIENT_SECRET", true},
    common::SettingUse{"SENTINEL_INCIDENTS_LOGIN_URL"},
    common::SettingUse{"SENTINEL_INCIDENTS_API_BASE_URL"},
    common::SettingUse{"SENTINEL_INCIDENTS_RETRY_BUDGET", false, "retry-budget", "DURATION"},
    common::SettingUse{"HTTPS_CA_CERTIFICATES"},
};

/// Names that stand for many tenants. An application can only sign in to one.
constexpr std::array<std::string_view, 3> shared_tenants = {"common", "organizations", "consumers"};

/// The address without a slash at its end. A fault where secrets would travel over it unencrypted.
std::string address(common::Settings& settings, std::string_view variable) {
  std::string text = settings.text(variable);
  if (std::string fault = common::secret_address_fault(text); !fault.empty())
    settings.fault(variable, std::move(fault));
  while (text.ends_with('/')) text.pop_back();
  return text;
}

}  // namespace

const common::Usage& usage() {
  static const common::Usage text = {
      .tool = "fetch-token",
      .summary = "Takes an access token for Microsoft Graph and writes it as one record.",
      .options = common::with_setting_options(
          {{"check", "", "try the way to the login service, one line a step, in place of writing a token"},
           {"follow", "", "write a fresh record before each expiry, until the reader goes away"},
           common::summary_option},
          uses),
      .notes =
          "The credentials come from the environment or config.yml: SENTINEL_INCIDENTS_TENANT_ID, _CLIENT_ID and\n"
          "_CLIENT_SECRET (or _CLIENT_SECRET_FILE). See fetch-token(1).",
      .libraries = {common::http_library_version},
  };
  return text;
}

RunSettings read_settings(const common::Arguments& arguments, const common::Environment& environment,
                          common::Log& log) {
  common::Settings settings = common::Settings::load(arguments, uses, environment, log);
  const std::string& tenant = settings.text("SENTINEL_INCIDENTS_TENANT_ID");
  if (std::find(shared_tenants.begin(), shared_tenants.end(), tenant) != shared_tenants.end()) {
    settings.fault("SENTINEL_INCIDENTS_TENANT_ID",
                   "must name one tenant, by its id or domain; an application cannot sign in to '" + tenant + "'");
  }
  RunSettings run;
  run.credentials = {.tenant = tenant,
                     .client_id = settings.text("SENTINEL_INCIDENTS_CLIENT_ID"),
                     .client_secret = settings.text("SENTINEL_INCIDENTS_CLIENT_SECRET"),
                     .login_url = address(settings, "SENTINEL_INCIDENTS_LOGIN_URL"),
                     .api_origin = common::url_origin(address(settings, "SENTINEL_INCIDENTS_API_BASE_URL"))};
  // As it travels in the form: a proxy that refuses the request may quote that.
  log.add_secret(common::url_encode(run.credentials.client_secret));
  settings.require_valid(arguments);
  run.retry_budget = settings.duration("SENTINEL_INCIDENTS_RETRY_BUDGET");
  run.http.ca = settings.text("HTTPS_CA_CERTIFICATES");
  run.http.total_timeout = std::chrono::seconds(60);
  run.http.max_body = 1u << 20;
  return run;
}

}  // namespace fetch_token
