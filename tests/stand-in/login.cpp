// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/login.hpp"

#include "tests/stand-in/base64.hpp"

namespace stand_in {

/// One way to say no: HTTP status, OAuth error, AADSTS number, text.
struct Login::Refusal {
  int status;
  std::string error;
  int code;
  std::string text;
};

namespace {

struct Credentials {
  std::string client_id;
  std::string secret;
};

/// From the form, or from HTTP Basic, which RFC 6749 allows in its place.
Credentials credentials_of(const Request& request) {
  static constexpr std::string_view basic = "Basic ";
  const std::string_view header = request.header("authorization");
  if (header.substr(0, basic.size()) == basic) {
    const std::string pair = base64_decoded(header.substr(basic.size()));
    const std::size_t colon = pair.find(':');
    if (colon != std::string::npos) return {pair.substr(0, colon), pair.substr(colon + 1)};
  }
  return {std::string(request.parameter("client_id")), std::string(request.parameter("client_secret"))};
}

/// The tenant of `/{tenant}/oauth2/v2.0/token`; empty for any other path.
std::string_view tenant_of(std::string_view path) {
  static constexpr std::string_view tail = "/oauth2/v2.0/token";
  if (path.size() <= tail.size() + 1 || path.front() != '/') return {};
  if (path.substr(path.size() - tail.size()) != tail) return {};
  const std::string_view tenant = path.substr(1, path.size() - tail.size() - 1);
  return tenant.find('/') == std::string_view::npos ? tenant : std::string_view{};
}

}  // namespace

Reply Login::refused(const Refusal& refusal) const {
  const std::string trace = random_guid();
  const std::string correlation = random_guid();
  std::string moment = format_instant(clock_.now(), 0);
  moment[10] = ' ';
  Json body;
  body.set("error", refusal.error)
      .set("error_description", "AADSTS" + std::to_string(refusal.code) + ": " + refusal.text + "\r\nTrace ID: " +
                                    trace + "\r\nCorrelation ID: " + correlation + "\r\nTimestamp: " + moment)
      .set("error_codes", Json().push(refusal.code))
      .set("timestamp", moment)
      .set("trace_id", trace)
      .set("correlation_id", correlation)
      .set("error_uri", "https://login.microsoftonline.com/error?code=" + std::to_string(refusal.code));
  Reply reply;
  reply.status = refusal.status;
  reply.content_type = "application/json; charset=utf-8";
  reply.headers = {{"Cache-Control", "no-store, no-cache"}, {"Pragma", "no-cache"}, {"x-ms-request-id", trace}};
  reply.body = body.dump();
  return reply;
}

Reply Login::answer(const Request& request) const {
  const std::string_view tenant = tenant_of(request.path);
  if (tenant.empty()) {
    Reply reply;
    reply.status = 404;
    return reply;
  }
  if (request.method != "POST") {
    return refused({405, "invalid_request", 900561,
                    "The endpoint only accepts POST requests. Received a " + request.method + " request."});
  }
  const std::string_view type = request.header("content-type");
  if (type.substr(0, 33) != "application/x-www-form-urlencoded") {
    return refused(
        {400, "invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'."});
  }
  if (tenant != settings_.tenant) {
    return refused({400, "invalid_request", 90002,
                    "Tenant '" + std::string(tenant) +
                        "' not found. Check that the tenant "
                        "ID and the cloud are the right ones, and that the tenant has active subscriptions."});
  }
  if (request.parameter("grant_type") != "client_credentials") {
    return refused(
        {400, "unsupported_grant_type", 70003,
         "The app requested an unsupported grant type '" + std::string(request.parameter("grant_type")) + "'."});
  }
  const Credentials credentials = credentials_of(request);
  if (credentials.client_id != settings_.client_id) {
    return refused({400, "unauthorized_client", 700016,
                    "Application with identifier '" + credentials.client_id + "' was not found in the directory '" +
                        std::string(tenant) + "'."});
  }
  if (request.parameter("scope") != settings_.scope) {
    return refused({400, "invalid_scope", 1002012,
                    "The provided value for scope " + std::string(request.parameter("scope")) +
                        " is not valid. Client credential flows must have a scope value with /.default suffixed to the "
                        "resource identifier (application ID URI)."});
  }
  if (credentials.secret.empty()) {
    return refused({401, "invalid_client", 7000218,
                    "The request body must contain the following parameter: "
                    "'client_assertion' or 'client_secret'."});
  }
  if (credentials.secret != settings_.client_secret) {
    return refused({401, "invalid_client", 7000215,
                    "Invalid client secret provided. The value to send is the secret's "
                    "value, not its ID, for the app '" +
                        settings_.client_id + "'."});
  }
  Json body;
  body.set("token_type", "Bearer")
      .set("expires_in", settings_.expires_in.load())
      .set("ext_expires_in", settings_.expires_in.load())
      .set("access_token", tokens_.issue(settings_.expires_in.load()));
  Reply reply;
  reply.content_type = "application/json; charset=utf-8";
  reply.headers = {{"Cache-Control", "no-store, no-cache"}, {"Pragma", "no-cache"}};
  reply.body = body.dump();
  return reply;
}

}  // namespace stand_in
