// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/graph.hpp"

#include <algorithm>

namespace stand_in {

namespace {

constexpr std::string_view needed_role = "SecurityIncident.Read.All";
constexpr std::string_view list_path = "/v1.0/security/incidents";

/// An answer that a quirk takes the place of.
struct ServerFault {
  std::string message;
};

}  // namespace

void Graph::load(std::istream& lines, std::size_t copies, std::ostream& complaints) {
  const std::lock_guard lock(mutex_);
  incidents_.load(lines, copies, complaints);
}

void Graph::configure(const Json& settings) {
  const std::lock_guard lock(mutex_);
  quirks_.set(settings);
}

void Graph::mutate(const Json& mutation) {
  const std::lock_guard lock(mutex_);
  mutations_.order(mutation);
}

void Graph::start_random_mutations(std::uint64_t seed, std::int64_t limit) {
  const std::lock_guard lock(mutex_);
  mutations_.start_random(seed, limit);
}

Json Graph::ledger() const {
  const std::lock_guard lock(mutex_);
  return incidents_.ledger();
}

Reply Graph::answer(const Request& request) {
  static constexpr std::string_view scheme = "Bearer ";
  const std::string_view authorization = request.header("authorization");
  Reply reply;
  if (authorization.empty()) {
    reply = error(request, 401, "InvalidAuthenticationToken", "Access token is empty.");
  } else if (authorization.substr(0, scheme.size()) != scheme || !tokens_.valid(authorization.substr(scheme.size()))) {
    reply = error(request, 401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.");
  } else if (!tokens_.grants(authorization.substr(scheme.size()), needed_role)) {
    reply = error(request, 403, "Forbidden",
                  "Missing application roles. API required application roles: " + std::string(needed_role));
  } else if (request.method != "GET") {
    reply = error(request, 405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.");
  } else {
    const std::lock_guard lock(mutex_);
    reply = answer_locked(request);
  }
  if (reply.status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"\"");
  finish(request, reply);
  return reply;
}

Reply Graph::answer_locked(const Request& request) {
  const std::string_view path = request.path;
  try {
    if (path == list_path) return list(request);
    if (path.substr(0, list_path.size()) == list_path && path.size() > list_path.size() &&
        path[list_path.size()] == '/') {
      const std::string_view below = path.substr(list_path.size() + 1);
      const std::size_t slash = std::min(below.find('/'), below.size());
      return single(request, below.substr(0, slash), below.substr(slash));
    }
    return error(request, 404, "ResourceNotFound", "Resource not found for the segment.");
  } catch (const QueryError& refusal) {
    return error(request, 400, "BadRequest", refusal.what());
  } catch (const ServerFault& fault) {
    return error(request, 500, "InternalServerError", fault.message);
  }
}

Reply Graph::list(const Request& request) {
  const GraphQuery query = parse_query(request.parameters);
  refuse_by_quirk(query);
  Page page = quirks_.snapshot_paging || !query.skip_token.empty() ? read_snapshot_page(query, request)
                                                                   : read_page(query, request);
  apply_page_fault(request, page);
  Reply reply;
  reply.body = render(page, query);
  if (const Json* warning = request.fault.find("warning")) {
    reply.status = 206;
    reply.headers.emplace_back("Warning",
                               warning->is_string() ? warning->string() : "199 - \"Microsoft/Sentinel/504/10000\"");
  }
  mutations_.page_served();
  return reply;
}

void Graph::refuse_by_quirk(const GraphQuery& query) const {
  if (query.order_by && quirks_.orderby_refused) {
    throw QueryError("The $orderby expression is not supported.");
  }
  const std::size_t top = query.top.value_or(quirks_.page_size);
  if (query.expand_alerts && quirks_.expand_limit && top > *quirks_.expand_limit) {
    throw ServerFault{"An error has occurred while alerts were expanded."};
  }
}

Reply Graph::single(const Request& request, std::string_view id, std::string_view below) {
  const GraphQuery query = parse_query(request.parameters);
  const Incident* incident = incidents_.find(id);
  if (incident == nullptr || (!below.empty() && below != "/alerts")) {
    return error(request, 404, "NotFound", "Incident with id '" + std::string(id) + "' was not found.");
  }
  const bool alerts_wanted = query.expand_alerts || !below.empty();
  if (alerts_wanted && quirks_.failing_incidents.count(id) > 0) {
    throw ServerFault{"An error has occurred while the incident was read."};
  }
  Reply reply;
  if (!below.empty()) {
    reply.body = render_alerts_page(*incident, query.skip, quirks_, url_);
    return reply;
  }
  std::string text;
  render_incident(text, *incident, query.expand_alerts, quirks_, url_);
  const std::string context = query.expand_alerts ? "(alerts())/$entity" : "/$entity";
  reply.body = "{\"@odata.context\":" + quoted(url_ + "/v1.0/$metadata#security/incidents" + context) +
               (text == "{}" ? "" : ",") + text.substr(1);
  return reply;
}

std::string Graph::render(const Page& page, const GraphQuery& query) const {
  std::string body = "{\"@odata.context\":" +
                     quoted(url_ + "/v1.0/$metadata#security/incidents" + (query.expand_alerts ? "(alerts())" : ""));
  if (page.count) body += ",\"@odata.count\":" + std::to_string(*page.count);
  if (!page.next_link.empty()) body += ",\"@odata.nextLink\":" + quoted(page.next_link);
  body += ",\"value\":[";
  const char* separator = "";
  for (const Incident& incident : page.incidents) {
    if (query.expand_alerts && quirks_.failing_incidents.count(incident.id()) > 0) {
      throw ServerFault{"An error has occurred while an incident of the page was read."};
    }
    body += separator;
    render_incident(body, incident, query.expand_alerts, quirks_, url_);
    separator = ",";
  }
  body += "]}";
  return body;
}

Reply Graph::error(const Request& request, int status, std::string_view code, std::string_view message) const {
  const std::string date = format_instant(clock_.now(), 0);
  Json inner;
  inner.set("date", std::string_view(date).substr(0, 19))
      .set("request-id", random_guid())
      .set("client-request-id", request.header("client-request-id"));
  Json body;
  body.set("code", code).set("message", message).set("innerError", std::move(inner));
  Reply reply;
  reply.status = status;
  reply.body = Json().set("error", std::move(body)).dump();
  return reply;
}

void Graph::finish(const Request& request, Reply& reply) const {
  reply.content_type =
      "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
  reply.headers.emplace_back("OData-Version", "4.0");
  reply.headers.emplace_back("request-id", random_guid());
  if (const auto id = request.header("client-request-id"); !id.empty()) {
    reply.headers.emplace_back("client-request-id", id);
  }
  reply.headers.emplace_back("x-ms-ags-diagnostic",
                             R"({"ServerInfo":{"DataCenter":"Stand-in","Slice":"E","Ring":"1"}})");
  if (request.header("prefer").find("include-unknown-enum-members") == std::string_view::npos) {
    const std::lock_guard lock(mutex_);
    reply.body = with_unknown_values(reply.body, quirks_.evolvable_values);
  } else {
    reply.headers.emplace_back("Preference-Applied", "include-unknown-enum-members");
  }
}

}  // namespace stand_in
