// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/graph/graph_error.hpp"

#include "common/console/printable.hpp"
#include "common/json/json_tree.hpp"

namespace fetch_incidents {
namespace {

constexpr std::size_t most_shown = 500;

// innerError may nest; the request-id of any level will do, the innermost first.
std::string_view inner_request_id(common::Json error) {
  std::string_view found;
  for (common::Json inner = error; inner;) {
    if (const std::string_view id = inner["request-id"].text(); !id.empty()) found = id;
    inner = inner["innerError"] ? inner["innerError"] : inner["innererror"];
  }
  return found;
}

}  // namespace

GraphError read_graph_error(const common::HttpResponse& response) {
  common::JsonTree json;
  // A body that is cut off is shown as it is, see below.
  static_cast<void>(json.parse_copy(response.body));
  const common::Json told = json.root()["error"];
  GraphError error;
  const std::string_view header = response.header("request-id");
  error.request_id = common::excerpt(header.empty() ? inner_request_id(told) : header);
  if (response.status == 0) {
    error.text = response.error;
    return error;
  }
  error.text = "HTTP status " + std::to_string(response.status);
  if (told.is(common::JsonKind::object)) {
    if (const auto code = told["code"].text(); !code.empty()) error.text += ", " + common::excerpt(code);
    if (const auto message = told["message"].text(); !message.empty())
      error.text += ": " + common::excerpt(message, most_shown);
  } else if (const std::string body = common::excerpt(response.body); !body.empty() && response.status >= 300) {
    // The body of a 2xx answer is a part of the incidents and explains nothing.
    error.text += ": " + body;
  }
  if (!error.request_id.empty()) error.text += " (request-id " + error.request_id + ")";
  return error;
}

}  // namespace fetch_incidents
