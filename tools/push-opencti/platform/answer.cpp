// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/answer.hpp"

#include <array>
#include <utility>

#include "common/console/printable.hpp"
#include "common/http/http_retry.hpp"
#include "common/json/json_tree.hpp"

namespace push_opencti {

using common::Json;
using common::JsonKind;

struct AnswerDocument {
  common::JsonTree tree;
  Json data;  // in the tree
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
    // A starting platform refuses a good token for a moment, until its user is in the cache.
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

// For an answer that comes from a proxy or another service, mostly an HTML page: quotes its beginning.
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
  // Another try would be as large. The request may have been carried out.
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

std::string_view text_of(Json value) { return value.is(JsonKind::string) ? value.text() : std::string_view{}; }

Answer read_error(Json error) {
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

namespace {

Answer read(const common::HttpResponse& response) {
  if (response.status != 200) {
    // An error status with a GraphQL body (a dead work named in a header, for one) is read as any other status.
    return read_status(response);
  }
  const auto document = std::make_shared<AnswerDocument>();
  if (!document->tree.parse_copy(response.body).empty()) {
    return make_foreign(AnswerKind::again_briefly, "HTTP status 200",
                        "the answer is not JSON" + std::string(check_address), response.body);
  }
  const Json root = document->tree.root();
  const Json errors = root["errors"];
  if (errors.is(JsonKind::array) && !errors.empty()) return read_error(*errors.begin());
  document->data = root["data"];
  if (!document->data.is(JsonKind::object)) {
    return make(AnswerKind::again_briefly, "HTTP status 200",
                "the answer holds neither data nor errors" + std::string(check_address));
  }
  return {.kind = AnswerKind::ok, .code = {}, .message = {}, .document = document};
}

}  // namespace

Answer read_answer(const common::HttpResponse& response) {
  Answer answer = read(response);
  answer.answered = response.status != 0;
  return answer;
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

// The member `path` of the answer's data; missing when it is absent or null.
Json find(const Answer& answer, std::string_view path) {
  Json found = answer.document ? answer.document->data : Json{};
  for (std::size_t dot = 0; dot != std::string_view::npos;) {
    dot = path.find('.');
    found = found[path.substr(0, dot)];
    if (dot != std::string_view::npos) path.remove_prefix(dot + 1);
  }
  return found.is(JsonKind::null) ? Json{} : found;
}

}  // namespace

std::string field(const Answer& answer, std::string_view path) {
  const Json found = find(answer, path);
  const bool holds_others = found.is(JsonKind::object) || found.is(JsonKind::array);
  return std::string(holds_others ? found.raw() : found.text());
}

bool is_true(const Answer& answer, std::string_view path) {
  const Json found = find(answer, path);
  return found.is(JsonKind::boolean) && found.text() == "true";
}

std::vector<std::string> names_in(const Answer& answer, std::string_view path) {
  std::vector<std::string> names;
  for (const Json element : find(answer, path)) names.emplace_back(text_of(element["name"]));
  return names;
}

std::vector<std::string> node_ids(const Answer& answer, std::string_view path) {
  std::vector<std::string> ids;
  for (const Json edge : find(answer, path)["edges"]) {
    const Json node = edge["node"];
    ids.emplace_back(text_of(node["standard_id"]));
    for (const Json id : node["x_opencti_stix_ids"]) ids.emplace_back(text_of(id));
  }
  return ids;
}

bool has_field(const Answer& answer, std::string_view path) { return static_cast<bool>(find(answer, path)); }

}  // namespace push_opencti
