// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/graph/graph_error.hpp"

#include "common/console/printable.hpp"
#include "common/json/json_cursor.hpp"

namespace fetch_incidents {
namespace {

constexpr std::size_t most_shown = 500;

struct Members {
  std::string code;
  std::string message;
  std::string request_id;
  bool found = false;
};

std::string text_of(common::JsonCursor& json) { return common::json_string(json.value()).value_or(""); }

/// innerError may nest; the request-id of any level will do.
void read_inner(common::JsonCursor& json, Members& members) {
  json.members([&](std::string_view name) {
    if ((name == "innerError" || name == "innererror") && json.peek() == '{') return read_inner(json, members);
    if (name == "request-id") {
      members.request_id = text_of(json);
    } else {
      json.value();
    }
  });
}

void read_error(common::JsonCursor& json, Members& members) {
  members.found = true;
  json.members([&](std::string_view name) {
    if (name == "code") {
      members.code = text_of(json);
    } else if (name == "message") {
      members.message = text_of(json);
    } else if ((name == "innerError" || name == "innererror") && json.peek() == '{') {
      read_inner(json, members);
    } else {
      json.value();
    }
  });
}

Members read_body(std::string_view body) {
  Members members;
  try {
    common::JsonCursor json(body);
    json.members([&](std::string_view name) {
      if (name == "error" && json.peek() == '{') return read_error(json, members);
      json.value();
    });
  } catch (const common::JsonFault&) {
    // What was read up to the fault is still worth showing.
  }
  return members;
}

}  // namespace

GraphError read_graph_error(const common::HttpResponse& response) {
  const Members members = read_body(response.body);
  GraphError error;
  error.request_id =
      common::excerpt(response.header("request-id").empty() ? members.request_id : response.header("request-id"));
  if (response.status == 0) {
    error.text = response.error;
    return error;
  }
  error.text = "HTTP status " + std::to_string(response.status);
  if (members.found) {
    if (!members.code.empty()) error.text += ", " + common::excerpt(members.code);
    if (!members.message.empty()) error.text += ": " + common::excerpt(members.message, most_shown);
  } else if (const std::string body = common::excerpt(response.body); !body.empty() && response.status >= 300) {
    // What came with a success, a part of the incidents, explains nothing.
    error.text += ": " + body;
  }
  if (!error.request_id.empty()) error.text += " (request-id " + error.request_id + ")";
  return error;
}

}  // namespace fetch_incidents
