// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/recorder.hpp"

#include <simdjson.h>
#include <array>
#include <filesystem>
#include <stdexcept>

namespace stand_in {

namespace {

/// Request headers worth knowing in a test and free of secrets.
constexpr std::array<std::string_view, 12> recorded_headers = {
    "accept",           "accept-encoding", "content-type",      "content-length",
    "prefer",           "user-agent",      "client-request-id", "return-client-request-id",
    "opencti-draft-id", "opencti-work-id", "retry-after",       "te"};

std::ofstream open_file(const std::string& folder, const char* name) {
  if (folder.empty()) return {};
  const std::string path = folder + "/" + name;
  std::ofstream file(path, std::ios::app);
  if (!file) throw std::runtime_error("cannot write " + path);
  return file;
}

Json shortened(const Json& variables) {
  const Json* bundle = variables.find("bundle");
  if (bundle == nullptr || !bundle->is_string()) return variables;
  Json copy = variables;
  copy.set("bundle", "(a bundle of " + std::to_string(bundle->string().size()) + " bytes)");
  return copy;
}

}  // namespace

Recorder::Recorder(const std::string& folder, const Clock& clock) : folder_(folder), clock_(clock) {
  if (!folder.empty()) std::filesystem::create_directories(folder);
  requests_ = open_file(folder, "requests.ndjson");
  operations_ = open_file(folder, "operations.ndjson");
  bundles_ = open_file(folder, "bundles.ndjson");
}

void Recorder::write_line(std::ofstream& file, std::string_view line) { file << line << '\n' << std::flush; }

void Recorder::request(const Request& request, const Reply& reply) {
  if (request.service == "control") return;
  const std::lock_guard lock(mutex_);
  ++counts_[request.service][reply.label.empty() ? request.path : reply.label];
  ++requests_seen_;
  if (!recording()) return;
  Json headers = Json::Object{};
  for (const std::string_view name : recorded_headers) {
    if (const auto value = request.header(name); !value.empty()) headers.set(name, value);
  }
  headers.set("authorization", !request.header("authorization").empty());
  Json line;
  line.set("n", requests_seen_)
      .set("at", format_instant(clock_.now(), 7))
      .set("service", request.service)
      .set("method", request.method)
      .set("target", request.target)
      .set("label", reply.label)
      .set("status", reply.status)
      .set("body_bytes", request.body.size())
      .set("answer_bytes", reply.body.size())
      .set("connection", request.connection)
      .set("headers", std::move(headers));
  if (!request.tls.empty()) line.set("tls", request.tls);
  if (!request.fault.is_null()) line.set("fault", request.fault);
  write_line(requests_, line.dump());
}

void Recorder::operation(std::string_view query, const Json& variables, std::string_view schema) {
  if (!recording()) return;
  Json line;
  line.set("query", query).set("variables", shortened(variables)).set("platform", schema);
  const std::lock_guard lock(mutex_);
  write_line(operations_, line.dump());
}

void Recorder::bundle(std::string_view bundle) {
  if (!recording()) return;
  std::string line(bundle);
  if (line.find('\n') != std::string::npos) {
    simdjson::dom::parser parser;
    line = simdjson::minify(simdjson::dom::element(parser.parse(line)));
  }
  const std::lock_guard lock(mutex_);
  write_line(bundles_, line);
}

void Recorder::state(const Json& state) {
  if (!recording()) return;
  const std::lock_guard lock(mutex_);
  std::ofstream(folder_ + "/state.json") << state.dump() << '\n';
}

Json Recorder::counts() const {
  const std::lock_guard lock(mutex_);
  Json all = Json::Object{};
  for (const auto& [service, labels] : counts_) {
    Json of_service = Json::Object{};
    for (const auto& [label, count] : labels) of_service.set(label, count);
    all.set(service, std::move(of_service));
  }
  return all;
}

}  // namespace stand_in
