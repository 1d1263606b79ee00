// SPDX-License-Identifier: Apache-2.0
// sequential-push: the plain way to push bundles, for scripts/bench to compare with: one bundle a request, and the next
// request when the last is answered. Reads bundles, one a line, from standard input; OPENCTI_URL, OPENCTI_TOKEN and
// CONNECTOR_ID as usual.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "common/http/http.hpp"
#include "common/json/json_writer.hpp"

namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string body_of(const std::string& bundle, const std::string& connector) {
  std::string body;
  common::JsonWriter json(body);
  json.begin_object();
  json.member("query",
              "mutation Push($connectorId: String!, $bundle: String!) { stixBundlePush(connectorId: $connectorId, "
              "bundle: $bundle) }");
  json.key("variables")
      .begin_object()
      .member("connectorId", connector)
      .member("bundle", bundle)
      .end_object()
      .end_object();
  return body;
}

}  // namespace

int main() {
  common::Log log("sequential-push");
  common::HttpClient client({}, log);
  common::HttpRequest request{.method = "POST", .url = setting("OPENCTI_URL") + "/graphql"};
  request.headers = {{"Authorization", "Bearer " + setting("OPENCTI_TOKEN")}, {"Content-Type", "application/json"}};
  const std::string connector = setting("CONNECTOR_ID");
  for (std::string line; std::getline(std::cin, line);) {
    const std::string body = body_of(line, connector);
    request.body = body;
    const common::HttpResponse response = client.send(request);
    if (response.status != 200 || response.body.find("\"stixBundlePush\":true") == std::string::npos) {
      std::fprintf(stderr, "sequential-push: HTTP %ld %s %s\n", response.status, response.error.c_str(),
                   response.body.substr(0, 200).c_str());
      return 1;
    }
  }
  return 0;
}
