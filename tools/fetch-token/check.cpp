// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-token/check.hpp"

#include "common/http/http_check.hpp"

namespace fetch_token {

common::ExitStatus check(RunSettings settings, common::Clock& clock, common::Log& log) {
  common::use_short_timeouts(settings.http);
  common::HttpClient client(settings.http, log);
  const auto send = [&client](const common::HttpRequest& request) { return client.send(request); };
  common::CheckReport report(log);
  if (!common::check_peer(report, send, clock, "login", settings.credentials.login_url)) {
    report.skipped("login token", "the login service cannot be reached");
    return report.status();
  }
  try {
    const auto at_once = [](std::chrono::milliseconds) { return false; };
    const Token token = take_token(settings.credentials, send, clock, std::chrono::seconds{0}, at_once, log);
    report.ok("login token", "given to application " + settings.credentials.client_id + ", good for " +
                                 std::to_string(token.lifetime.count() / 60) + " min");
  } catch (const common::Failure& failure) {
    if (*failure.what() == '\0') throw;
    report.failed("login token", failure);
  }
  return report.status();
}

}  // namespace fetch_token
