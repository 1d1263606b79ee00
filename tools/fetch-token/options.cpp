// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-token/options.hpp"
#include "common/http/http_url.hpp"

#include <algorithm>
#include <array>

namespace fetch_token {
namespace {

constexpr std::array uses = {
    common::SettingUse{"SENTINEL_INCIDENTS_TENANT_ID", true},
    common::SettingUse{"SENTINEL_INCIDENTS_CLIENT_ID", true},
    common::SettingUse{"SENTINEL_INCIDENTS_CLIENT_SECRET", true},
    common::SettingUse{"SENTINEL_INCIDENTS_LOGIN_URL"},
    common::SettingUse{"SENTINEL_INCIDENTS_API_BASE_URL"},
    common::SettingUse{"SENTINEL_INCIDENTS_RETRY_BUDGET", false, "retry-budget"},
    common::SettingUse{"HTTPS_CA_CERTIFICATES"},
};

/// Tenants of everyone, for which no application can sign in by itself.
constexpr std::array<std::string_view, 3> shared_tenants = {"common", "organizations", "consumers"};

/// The address without a slash at its end. A fault when secrets would travel over it in the clear.
std::string address(common::Settings& settings, std::string_view variable) {
  std::string text = settings.text(variable);
  if (const std::string fault = common::secret_address_fault(text); !fault.empty()) {
    settings.fault(common::Settings::names(variable) + " " + fault);
  }
  while (text.ends_with('/')) text.pop_back();
  return text;
}

}  // namespace

RunSettings read_settings(const common::Arguments& arguments, const common::Environment& environment,
                          common::Log& log) {
  common::Settings settings = common::Settings::load(arguments, uses, environment, log);
  const std::string& tenant = settings.text("SENTINEL_INCIDENTS_TENANT_ID");
  if (std::find(shared_tenants.begin(), shared_tenants.end(), tenant) != shared_tenants.end()) {
    settings.fault(common::Settings::names("SENTINEL_INCIDENTS_TENANT_ID") +
                   " must name one tenant, by its id or domain; an application cannot sign in to '" + tenant + "'");
  }
  RunSettings run;
  run.credentials = {.tenant = tenant,
                     .client_id = settings.text("SENTINEL_INCIDENTS_CLIENT_ID"),
                     .client_secret = settings.text("SENTINEL_INCIDENTS_CLIENT_SECRET"),
                     .login_url = address(settings, "SENTINEL_INCIDENTS_LOGIN_URL"),
                     .api_base_url = address(settings, "SENTINEL_INCIDENTS_API_BASE_URL")};
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
