// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/answer.hpp"

#include <simdjson.h>

#include <array>
#include <optional>
#include <utility>

#include "common/console/printable.hpp"
#include "common/http/http_retry.hpp"

namespace push_opencti {

struct AnswerDocument {
  simdjson::dom::parser parser;  // holds what `data` points to
  simdjson::dom::object data;
};

namespace {

struct ErrorRow {
  std::string_view code;
  std::string_view message_part;  // "" for any message
  AnswerKind kind;
};

// The first row that fits decides. Codes as in the platform's list of errors; what is not here is final.
constexpr std::array error_table = {
    ErrorRow{"UNSUPPORTED_ERROR", "Invalid bundle", AnswerKind::invalid_bundle},
    ErrorRow{"FUNCTIONAL_ERROR", "No connector found", AnswerKind::connector_unknown},
    ErrorRow{"LOCK_ERROR", "", AnswerKind::again},
    ErrorRow{"DATABASE_ERROR", "", AnswerKind::again},
    ErrorRow{"COMPLEX_SEARCH_ERROR", "", AnswerKind::again},
    ErrorRow{"FILESYSTEM_ERROR", "", AnswerKind::again},
    ErrorRow{"CLIENT_ABORT_ERROR", "", AnswerKind::again},
    ErrorRow{"UNKNOWN_ERROR", "", AnswerKind::again},
    ErrorRow{"INTERNAL_SERVER_ERROR", "", AnswerKind::again},
    // While a platform starts, a good token is refused for a moment because its user is not in the cache yet.
    ErrorRow{"AUTH_REQUIRED", "", AnswerKind::again_briefly},
    ErrorRow{"AUTH_FAILURE", "", AnswerKind::refused},
    ErrorRow{"OTP_REQUIRED", "", AnswerKind::refused},
    ErrorRow{"OTP_REQUIRED_ACTIVATION", "", AnswerKind::refused},
    ErrorRow{"PASSWORD_CHANGE_REQUIRED", "", AnswerKind::refused},
    ErrorRow{"LTS_REQUIRED_ACTIVATION", "", AnswerKind::refused},
    ErrorRow{"FORBIDDEN_ACCESS", "", AnswerKind::refused},
    ErrorRow{"ACCESS_REQUIRED", "", AnswerKind::refused},
    ErrorRow{"IP_FORBIDDEN", "", AnswerKind::refused},
};

constexpr std::string_view check_address =
    "; check that OPENCTI_URL is OpenCTI's address, and whether a proxy stands in between";

constexpr std::size_t most_shown = 300;

Answer make(AnswerKind kind, std::string_view code, std::string_view message) {
  return {kind, common::excerpt(code), common::excerpt(message, most_shown)};
}

// What a proxy or another service says instead of OpenCTI; mostly a page for people.
Answer make_foreign(AnswerKind kind, std::string_view code, std::string_view message, std::string_view body) {
  std::string text(message);
  if (const std::string quoted = common::excerpt(body); !quoted.empty())
    text.append(text.empty() ? "" : ": ").append(quoted);
  return make(kind, code, text);
}

bool is_redirect(long status) { return status >= 300 && status < 400; }

Answer read_status(const common::HttpResponse& response) {
  const std::string code = "HTTP status " + std::to_string(response.status);
  if (response.cancelled) return make(AnswerKind::cancelled, "", "given up, since the tool was asked to stop");
  if (response.tls_failure) return make(AnswerKind::final_fault, "TLS", response.error);
  // Asked again it would be as large; what it answers may have been done.
  if (response.too_large) return make(AnswerKind::final_fault, "too long", response.error + std::string(check_address));
  if (response.status == 0) return make(AnswerKind::again, "no answer", response.error);
  if (response.status == 413) return make(AnswerKind::too_large, code, "larger than the platform or a proxy takes");
  // The platform's own limit does not answer 413: its error handler turns body-parser's error into a 500.
  if (response.status == 500 && response.body.find("request entity too large") != std::string::npos) {
    return make(AnswerKind::too_large, code, "larger than the platform takes");
  }
  if (response.status == 407)
    return make(AnswerKind::refused, code, "the proxy requires authentication: put user and password into https_proxy");
  if (response.status == 401 || response.status == 403) {
    return make_foreign(AnswerKind::refused, code, "refused by the platform or a proxy", response.body);
  }
  if (is_redirect(response.status)) {
    return make_foreign(AnswerKind::wrong_address, code,
                        "a redirect, which is not followed, so that the token goes nowhere else",
                        response.header("location"));
  }
  if (response.status == 404 || response.status == 405)
    return make_foreign(AnswerKind::wrong_address, code, "", response.body);
  // 408: a proxy lost patience with the request.
  if (common::is_transient(response) || response.status == 408)
    return make_foreign(AnswerKind::again, code, "", response.body);
  return make_foreign(AnswerKind::final_fault, code, "", response.body);
}

std::string_view text_of(simdjson::simdjson_result<simdjson::dom::element> element) {
  std::string_view text;
  if (element.get_string().get(text) != simdjson::SUCCESS) return {};
  return text;
}

Answer read_error(const simdjson::dom::element& error) {
  std::string code(text_of(error["extensions"]["code"]));
  if (code.empty()) code = text_of(error["name"]);
  const std::string message(text_of(error["message"]));
  for (const ErrorRow& row : error_table) {
    if (row.code == code && message.find(row.message_part) != std::string::npos) {
      return make(row.kind, code, message);
    }
  }
  return make(AnswerKind::final_fault, code.empty() ? "unnamed error" : std::string_view(code), message);
}

}  // namespace

Answer read_answer(const common::HttpResponse& response) {
  if (response.status != 200) {
    // An error status with a GraphQL body (a dead work named in a header, for one) is read as any other status.
    return read_status(response);
  }
  auto document = std::make_shared<AnswerDocument>();
  simdjson::dom::element root;
  if (document->parser.parse(response.body).get(root) != simdjson::SUCCESS || !root.is_object()) {
    return make_foreign(AnswerKind::again_briefly, "HTTP status 200",
                        "the answer is not JSON" + std::string(check_address), response.body);
  }
  simdjson::dom::array errors;
  if (root["errors"].get_array().get(errors) == simdjson::SUCCESS && errors.size() > 0) return read_error(errors.at(0));
  if (root["data"].get_object().get(document->data) != simdjson::SUCCESS) {
    return make(AnswerKind::again_briefly, "HTTP status 200",
                "the answer holds neither data nor errors" + std::string(check_address));
  }
  return {.kind = AnswerKind::ok, .code = {}, .message = {}, .document = std::move(document)};
}

std::string reason_of(const Answer& answer) {
  return answer.code + (answer.code.empty() || answer.message.empty() ? "" : ": ") + answer.message;
}

common::ExitStatus exit_status(const Answer& answer) {
  switch (answer.kind) {
    case AnswerKind::ok: return common::ExitStatus::done;
    case AnswerKind::refused: return common::ExitStatus::refused;
    case AnswerKind::wrong_address: return common::ExitStatus::settings;
    case AnswerKind::again_briefly:
      return answer.code == "AUTH_REQUIRED" ? common::ExitStatus::refused : common::ExitStatus::unavailable;
    case AnswerKind::asked_to_wait:
    case AnswerKind::cancelled: return common::ExitStatus::stopped_early;
    default: return common::ExitStatus::unavailable;
  }
}

namespace {

// The member `path` of the answer's data; nothing when it is absent or null.
std::optional<simdjson::dom::element> find(const Answer& answer, std::string_view path) {
  if (!answer.document) return {};
  simdjson::dom::object parent = answer.document->data;
  for (;;) {
    const std::size_t dot = path.find('.');
    simdjson::dom::element found;
    if (parent[path.substr(0, dot)].get(found) != simdjson::SUCCESS || found.is_null()) return {};
    if (dot == std::string_view::npos) return found;
    if (found.get_object().get(parent) != simdjson::SUCCESS) return {};
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string field(const Answer& answer, std::string_view path) {
  const auto found = find(answer, path);
  if (!found) return {};
  std::string_view text;
  if (found->get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(*found);
}

bool is_true(const Answer& answer, std::string_view path) {
  const auto found = find(answer, path);
  bool value = false;
  return found && found->get_bool().get(value) == simdjson::SUCCESS && value;
}

std::vector<std::string> names_in(const Answer& answer, std::string_view path) {
  std::vector<std::string> names;
  simdjson::dom::array array;
  const auto found = find(answer, path);
  if (!found || found->get_array().get(array) != simdjson::SUCCESS) return names;
  for (const simdjson::dom::element element : array) names.emplace_back(text_of(element["name"]));
  return names;
}

bool has_field(const Answer& answer, std::string_view path) { return find(answer, path).has_value(); }

}  // namespace push_opencti
