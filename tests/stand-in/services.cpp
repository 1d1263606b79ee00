// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/services.hpp"

#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace stand_in {

namespace {

std::ifstream opened(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return file;
}

std::string path_of(const Request& request) { return request.path; }

/// The label of a Graph request: single incidents count together.
std::string graph_label(const Request& request) {
  static constexpr std::string_view list = "/v1.0/security/incidents";
  if (request.path.size() > list.size() && request.path.substr(0, list.size()) == list) {
    return std::string(list) + "/{id}";
  }
  return request.path;
}

// A request that a fault lets hang holds its thread, so there are more than a client has connections.
constexpr std::size_t many_threads = 32;
constexpr std::size_t few_threads = 4;

}  // namespace

Services::Services(const Options& options)
    : recorder_(options.record, clock_),
      tokens_(clock_),
      login_(login_settings_, tokens_, clock_),
      graph_(tokens_, clock_),
      platform_(Version::parse(options.platform_version), options.platform_version, options.broker, clock_),
      opencti_(platform_, recorder_, options.opencti_token),
      control_({clock_, faults_, recorder_, tokens_, login_settings_, graph_, platform_}),
      login_service_("login",
                     {[this](const Request& request) { return login_.answer(request); },
                      [](const Request&) { return std::string("token"); },
                      {}},
                     faults_, recorder_, few_threads, options.tls),
      graph_service_("graph", {[this](const Request& request) { return graph_.answer(request); }, graph_label, {}},
                     faults_, recorder_, many_threads, options.tls),
      opencti_service_("opencti",
                       {[this](const Request& request) { return opencti_.answer(request); },
                        [](const Request& request) { return OpenCti::label(request); },
                        [this](const Request& request) { opencti_.record(request); }},
                       faults_, recorder_, many_threads, options.tls),
      control_service_("control", {[this](const Request& request) { return control_.answer(request); }, path_of, {}},
                       faults_, recorder_, few_threads, {}) {
  login_settings_.tenant = options.tenant;
  login_settings_.client_id = options.client_id;
  login_settings_.client_secret = options.client_secret;
  const std::string graph_url = options.graph_url.empty() ? graph_service_.url() : options.graph_url;
  login_settings_.scope = graph_url + "/.default";
  login_settings_.expires_in = options.expires_in;
  tokens_.set_roles(options.token_roles);
  graph_.set_url(graph_url);
  graph_.configure(Json().set("page_size", options.page_size).set("snapshot_paging", options.snapshot_paging));
  for (const std::string& path : options.incidents) {
    std::ifstream lines = opened(path);
    graph_.load(lines, options.copies, std::cerr);
  }
  platform_.set_null(options.null_platform);
  opencti_.set_broker_hook(options.broker_hook);
  platform_.set_automatic_worker(options.automatic_worker);
  if (options.keep_objects) platform_.keep_objects();
  opencti_.set_proxy_limit(options.proxy_limit);
  opencti_.set_body_limit(options.body_limit);
  opencti_.set_refused_marker(options.refused_marker);
  if (options.identity) graph_service_.leave_uncompressed();
  opencti_.set_capabilities(options.capabilities);
  graph_service_.set_latency(options.latency_ms);
  opencti_service_.set_latency(options.latency_ms);
  if (!options.scenario.empty()) {
    std::ostringstream text;
    text << opened(options.scenario).rdbuf();
    control_.apply_scenario(Json::parse(text.str()));
  }
  if (options.mutate_seed) graph_.start_random_mutations(*options.mutate_seed, options.mutate_count);
}

void Services::start() {
  login_service_.start();
  graph_service_.start();
  opencti_service_.start();
  control_service_.start();
}

std::string Services::addresses() const {
  return "LOGIN_URL=" + login_service_.url() + "\nGRAPH_URL=" + graph_service_.url() +
         "\nOPENCTI_URL=" + opencti_service_.url() + "\nCONTROL_URL=" + control_service_.url() + "\n";
}

}  // namespace stand_in
