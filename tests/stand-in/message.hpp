// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/stand-in/json.hpp"

namespace stand_in {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// The value of the first field of that name (in any case); nothing where there is none.
std::string_view find_field(const Fields& fields, std::string_view name);

/// A request as the services see it. Parameters are those of the query or of a form, percent-decoded.
struct Request {
  std::string service;
  std::string method;
  std::string target;
  std::string path;
  Fields parameters;
  Fields headers;
  std::string body;
  /// The client's port: requests of one connection have the same.
  int connection = 0;
  /// "new" or "resumed", how the connection's TLS session began; "" without TLS.
  std::string tls;
  /// The fault that a test ordered for this request (see README.md), or null.
  Json fault;

  std::string_view header(std::string_view name) const { return find_field(headers, name); }
  std::string_view parameter(std::string_view name) const { return find_field(parameters, name); }
};

/// An answer. The label says what was asked, for /counts: a path, or the name of a GraphQL field.
struct Reply {
  int status = 200;
  Fields headers;
  std::string content_type = "application/json";
  std::string body;
  std::string label;
};

/// A JSON answer of the control service.
Reply json_reply(const Json& body, int status = 200);

}  // namespace stand_in
