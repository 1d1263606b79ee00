// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-token/token_answer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/console/printable.hpp"
#include "common/http/http_retry.hpp"
#include "common/json/json_tree.hpp"

namespace fetch_token {
namespace {

struct Hint {
  std::string_view code;
  std::string_view text;
};

/// What to do about the codes of set-up mistakes (Microsoft Entra error reference). Microsoft says that the numbers may
/// change, so nothing but these hints depends on them.
constexpr std::array hints = {
    Hint{"7000215",
         "SENTINEL_INCIDENTS_CLIENT_SECRET is wrong; often the secret's id was copied in place of its value"},
    Hint{"7000222",
         "the client secret has expired; make a new one for the application and set SENTINEL_INCIDENTS_CLIENT_SECRET"},
    Hint{"7000218", "no secret arrived; check SENTINEL_INCIDENTS_CLIENT_SECRET"},
    Hint{"700016",
         "there is no such application in this tenant; check SENTINEL_INCIDENTS_CLIENT_ID and "
         "SENTINEL_INCIDENTS_TENANT_ID"},
    Hint{"90002",
         "there is no such tenant; check SENTINEL_INCIDENTS_TENANT_ID, and SENTINEL_INCIDENTS_LOGIN_URL for a national "
         "cloud"},
    Hint{"900023", "the tenant must be an id or a domain name; check SENTINEL_INCIDENTS_TENANT_ID"},
    Hint{"700027", "the client assertion's signature was not accepted"},
    Hint{"50027", "the client assertion is not valid; check this machine's clock"},
    Hint{"70011", "the scope is not valid; check SENTINEL_INCIDENTS_API_BASE_URL"},
    Hint{"1002012", "the scope is not valid; check SENTINEL_INCIDENTS_API_BASE_URL"},
    Hint{"500011",
         "this tenant does not know the API; check SENTINEL_INCIDENTS_API_BASE_URL, it must belong to the same cloud"},
    Hint{"53003", "a conditional access policy blocks the application"},
    Hint{"70021", "no federated credential of the application matches"},
    Hint{"700213", "no federated credential of the application matches"},
};

/// Codes of transient faults.
constexpr std::array<std::string_view, 2> transient_codes = {"50196", "90033"};

constexpr std::string_view check_address = "; check that SENTINEL_INCIDENTS_LOGIN_URL is the login service";

constexpr std::size_t most_shown = 500;

/// The digits after "AADSTS", or "".
std::string_view aadsts_code(std::string_view text) {
  constexpr std::string_view prefix = "AADSTS";
  const auto at = text.find(prefix);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + prefix.size());
  return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
}

/// The status, the kind of error, what the service says, and the ids that only its support can use.
std::string told(const common::HttpResponse& response, std::string_view error, std::string_view description) {
  std::string text = "HTTP status " + std::to_string(response.status);
  if (!error.empty()) text += ", " + common::excerpt(error);
  const auto end = std::min(description.find("Trace ID:"), description.size());
  if (!description.empty()) text += ": " + common::excerpt(description.substr(0, end), most_shown);
  const std::string ids = common::excerpt(description.substr(end));
  return ids.empty() ? text : text + " (" + ids + ")";
}

/// Tokens are sent in a header, so only visible ASCII is accepted.
bool is_token_text(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

struct Members {
  TokenAnswer answer;
  std::string error;
  std::string description;
};

// Some services write expires_in as a string.
Members members_of(common::Json json) {
  Members found;
  found.answer.value = json["access_token"].text();
  found.answer.type = json["token_type"].text();
  found.answer.lifetime_seconds = std::max<std::int64_t>(json["expires_in"].integer().value_or(0), 0);
  found.error = json["error"].text();
  found.description = json["error_description"].text();
  return found;
}

void describe_refusal(const common::HttpResponse& response, Members& found) {
  TokenAnswer& answer = found.answer;
  answer.value.clear();
  answer.from_service = !found.error.empty();
  const std::string_view code = aadsts_code(found.description);
  answer.transient = common::is_transient(response) || found.error == "temporarily_unavailable" ||
                     std::find(transient_codes.begin(), transient_codes.end(), code) != transient_codes.end();
  answer.refusal = told(response, found.error, found.description);
  if (const std::string body = common::excerpt(response.body); !answer.from_service && !body.empty())
    answer.refusal += ": " + body;
  if (const auto hint = hint_for(found.description); !hint.empty()) {
    answer.details = std::exchange(answer.refusal, std::string(hint).append(" (AADSTS").append(code).append(")"));
  }
}

}  // namespace

std::string_view hint_for(std::string_view text) {
  const std::string_view code = aadsts_code(text);
  for (const Hint& hint : hints) {
    if (hint.code == code) return hint.text;
  }
  return {};
}

TokenAnswer read_token_answer(const common::HttpResponse& response) {
  Members found;
  if (response.status == 0) {
    found.answer.refusal = response.error;
    found.answer.transient = common::is_transient(response);
    return found.answer;
  }
  common::JsonTree json;
  const bool whole = json.parse_copy(response.body).empty();
  found = members_of(json.root());
  if (response.status != 200) {
    describe_refusal(response, found);
  } else if (!whole) {
    found.answer = {};
    found.answer.refusal = "the answer is not a whole JSON object" + std::string(check_address);
    found.answer.transient = true;
  } else if (!is_token_text(found.answer.value)) {
    found.answer = {};
    found.answer.refusal = "the answer holds no access_token" + std::string(check_address);
  }
  return found.answer;
}

}  // namespace fetch_token
