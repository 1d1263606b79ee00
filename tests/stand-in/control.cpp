// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/control.hpp"

#include <charconv>
#include <limits>
#include <stdexcept>

namespace stand_in {

namespace {

std::int64_t number_of(const Request& request, std::string_view name) {
  const std::string_view text = request.parameter(name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) {
    throw std::runtime_error("?" + std::string(name) + "=NUMBER is missing");
  }
  return number;
}

std::string connector_of(const Request& request) { return std::string(request.parameter("connector")); }

Json done() { return Json().set("ok", true); }

struct Route {
  std::string_view method;
  std::string_view path;
  Json (*act)(Control::Parts& parts, const Request& request);
};

constexpr Route routes[] = {
    {"GET", "/counts", [](Control::Parts& p, const Request&) { return p.recorder.counts(); }},
    {"GET", "/state",
     [](Control::Parts& p, const Request& r) {
       Json state = p.platform.state(connector_of(r));
       p.recorder.state(state);
       return state;
     }},
    {"GET", "/hanging", [](Control::Parts& p, const Request&) { return Json().set("hanging", p.faults.hanging()); }},
    {"POST", "/fault",
     [](Control::Parts& p, const Request& r) {
       p.faults.add(Json::parse(r.body));
       return done();
     }},
    {"POST", "/clear-faults",
     [](Control::Parts& p, const Request&) {
       p.faults.clear();
       return done();
     }},
    {"POST", "/release",
     [](Control::Parts& p, const Request&) {
       p.faults.release();
       return done();
     }},
    {"POST", "/mutate",
     [](Control::Parts& p, const Request& r) {
       p.graph.mutate(Json::parse(r.body));
       return done();
     }},
    {"POST", "/graph",
     [](Control::Parts& p, const Request& r) {
       p.graph.configure(Json::parse(r.body));
       return done();
     }},
    {"POST", "/expires-in",
     [](Control::Parts& p, const Request& r) {
       p.login.expires_in = number_of(r, "seconds");
       return done();
     }},
    {"POST", "/revoke",
     [](Control::Parts& p, const Request&) {
       p.tokens.revoke_all();
       return done();
     }},
    {"POST", "/clock",
     [](Control::Parts& p, const Request& r) {
       static constexpr std::int64_t manager_period = 60;
       const std::int64_t seconds = number_of(r, "advance");
       p.clock.advance(seconds);
       if (seconds >= manager_period) p.platform.close_old_works();
       return done();
     }},
    {"POST", "/reset", [](Control::Parts& p, const Request& r) { return p.platform.reset_state(connector_of(r)); }},
    {"POST", "/delete",
     [](Control::Parts& p, const Request& r) {
       p.platform.delete_connector(connector_of(r));
       return done();
     }},
    {"POST", "/queue",
     [](Control::Parts& p, const Request& r) {
       p.platform.set_queue_figures(connector_of(r), number_of(r, "messages"), number_of(r, "bytes"));
       return done();
     }},
    {"POST", "/message",
     [](Control::Parts& p, const Request& r) {
       p.platform.deliver_message(connector_of(r), Json::parse(r.body));
       return done();
     }},
    {"POST", "/close-old-works",
     [](Control::Parts& p, const Request&) {
       p.platform.close_old_works();
       return done();
     }},
    {"POST", "/delete-work",
     [](Control::Parts& p, const Request& r) {
       p.platform.delete_work(std::string(r.parameter("work")));
       return done();
     }},
    {"GET", "/objects", [](Control::Parts& p, const Request&) { return p.platform.kept_objects(); }},
    {"POST", "/import-error",
     [](Control::Parts& p, const Request& r) {
       p.platform.order_import_error(Json::parse(r.body));
       return done();
     }},
    {"POST", "/delete-object",
     [](Control::Parts& p, const Request& r) {
       p.platform.remove_object(std::string(r.parameter("id")));
       return done();
     }},
    {"POST", "/backup",
     [](Control::Parts& p, const Request&) {
       p.platform.take_backup();
       return done();
     }},
    {"POST", "/restore",
     [](Control::Parts& p, const Request&) {
       p.platform.restore_backup();
       return done();
     }},
    {"POST", "/worker",
     [](Control::Parts& p, const Request& r) {
       const bool all = r.parameter("messages") == "all";
       const std::int64_t wanted = all ? std::numeric_limits<std::int64_t>::max() : number_of(r, "messages");
       return Json().set("consumed", p.platform.run_worker(wanted));
     }},
};

}  // namespace

void Control::apply_scenario(const Json& scenario) {
  if (!scenario.is_object()) throw std::runtime_error("a scenario is an object");
  for (const auto& [key, value] : scenario.object()) {
    if (key == "faults") {
      parts_.faults.add(value);
    } else if (key == "mutations") {
      parts_.graph.mutate(value);
    } else if (key == "graph") {
      parts_.graph.configure(value);
    } else {
      throw std::runtime_error("a scenario has no member \"" + key + "\"");
    }
  }
}

/// The incidents of Graph beside what reached the platform; "missing" names those whose last version did not.
Json Control::ledger() const {
  Json ledger = parts_.platform.ledger();
  Json incidents = parts_.graph.ledger();
  Json missing = Json::Array{};
  const Json& acknowledged = *ledger.find("acknowledged");
  for (const auto& [id, update] : incidents.object()) {
    if (acknowledged.text(id) != update.string()) missing.push(id);
  }
  return ledger.set("incidents", std::move(incidents)).set("missing", std::move(missing));
}

Reply Control::answer(const Request& request) {
  try {
    if (request.method == "GET" && request.path == "/ledger") return json_reply(ledger());
    for (const Route& route : routes) {
      if (request.method == route.method && request.path == route.path) {
        return json_reply(route.act(parts_, request));
      }
    }
    return json_reply(Json().set("error", "there is no " + request.method + " " + request.path), 404);
  } catch (const std::runtime_error& error) {
    return json_reply(Json().set("error", error.what()), 400);
  }
}

}  // namespace stand_in
