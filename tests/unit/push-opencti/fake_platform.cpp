// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/push-opencti/fake_platform.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "common/json/json_writer.hpp"

namespace push_opencti::testing {

namespace {

constexpr std::array<std::string_view, 14> fields = {
    "about",       "registerConnector", "pingConnector",     "connector_queue_details",
    "workAdd",     "toProcessed",       "addExpectations",   "reportExpectation",
    "isWorkAlive", "addDraftContext",   "draftWorkspaceAdd", "stixBundlePush",
    "indicators",  "caseIncident"};

std::string field_of(std::string_view query) {
  for (const std::string_view field : fields) {
    if (query.find(field) != std::string_view::npos) return std::string(field);
  }
  return "unknown";
}

std::string json_text(std::string_view text) {
  std::string out;
  common::append_json_string(out, text);
  return out;
}

}  // namespace

common::Instant FakeClock::now() const {
  return *common::parse_instant("2030-01-01T00:00:00Z") + std::chrono::duration_cast<std::chrono::seconds>(slept());
}
std::chrono::steady_clock::time_point FakeClock::steady() const {
  return std::chrono::steady_clock::time_point{} + slept();
}
bool FakeClock::sleep(std::chrono::milliseconds span) {
  advance(span);
  return true;
}
void FakeClock::advance(std::chrono::milliseconds span) {
  const std::lock_guard lock(mutex_);
  passed_ += span;
}
std::chrono::milliseconds FakeClock::slept() const {
  const std::lock_guard lock(mutex_);
  return passed_;
}

class FakeTransport : public Transport {
 public:
  explicit FakeTransport(FakePlatform& platform) : platform_(platform) {}
  common::HttpResponse post(std::string_view body, bool) override { return platform_.answer(body); }

 private:
  FakePlatform& platform_;
};

Connect FakePlatform::connect() {
  return [this](std::chrono::milliseconds, common::StopSignal*) { return std::make_unique<FakeTransport>(*this); };
}

void FakePlatform::answer_next(const std::string& field, common::HttpResponse response) {
  const std::lock_guard lock(mutex_);
  scripted_[field].push_back(std::move(response));
}

void FakePlatform::lose_next_answer(const std::string& field) {
  const std::lock_guard lock(mutex_);
  ++lost_[field];
}

void FakePlatform::press_refresh() {
  const std::lock_guard lock(mutex_);
  state_ = "";
  reset_ = true;
}

void FakePlatform::delete_connector() {
  const std::lock_guard lock(mutex_);
  exists_ = false;
  state_.reset();
  works_.clear();
}

void FakePlatform::set_state(std::optional<std::string> state) {
  const std::lock_guard lock(mutex_);
  state_ = std::move(state);
}

std::optional<std::string> FakePlatform::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::vector<std::string> FakePlatform::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

std::size_t FakePlatform::count(const std::string& field) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count(asked_.begin(), asked_.end(), field));
}

std::string FakePlatform::last_variable(const std::string& field, const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return last_.at(field).at(name);
}

std::vector<FakePlatform::Push> FakePlatform::pushes() const {
  const std::lock_guard lock(mutex_);
  return pushes_;
}

std::map<std::string, FakePlatform::WorkRecord> FakePlatform::works() const {
  const std::lock_guard lock(mutex_);
  return works_;
}

common::HttpResponse FakePlatform::answer(std::string_view body) {
  simdjson::dom::parser parser;
  const simdjson::dom::element root = parser.parse(body.data(), body.size());
  const std::string_view query = root["query"];
  const std::string field = field_of(query);
  std::map<std::string, std::string> variables;
  const simdjson::dom::object given = root["variables"];
  for (const auto& [key, value] : given) {
    std::string_view text;
    variables[std::string(key)] =
        value.get_string().get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(value);
  }
  if (hook_) hook_(field);
  const std::lock_guard lock(mutex_);
  asked_.push_back(field);
  last_[field] = variables;
  if (body.size() > most_body) return http_status(500, R"({"status":"error","error":"request entity too large"})");
  if (auto& scripted = scripted_[field]; !scripted.empty()) {
    common::HttpResponse response = std::move(scripted.front());
    scripted.pop_front();
    return response;
  }
  const std::string text = carry_out(field, variables);
  if (lost_[field] > 0) {
    --lost_[field];
    return {.error = "connection closed"};
  }
  return http_status(200, text);
}

std::string FakePlatform::carry_out(const std::string& field, const std::map<std::string, std::string>& variables) {
  const std::string state = state_ ? json_text(*state_) : "null";
  if (field == "about") return R"({"data":{"about":{"version":)" + json_text(version_) + "}}}";
  if (field == "registerConnector") {
    exists_ = true;
    return R"({"data":{"registerConnector":{"id":"c","connector_state":)" + state +
           R"(,"connector_user_id":"user-1","config":{"connection":{"host":"rabbit","vhost":"/","use_ssl":false,"port":5672,"user":"guest","pass":"guest"},"push":"push_c","push_routing":"push_routing_c","push_exchange":"amqp.worker.exchange"}}}})";
  }
  if (field == "pingConnector") {
    if (!exists_) return graphql_error("FUNCTIONAL_ERROR", "No connector found with the specified ID").body;
    // The first ping after a reset is ignored but for the flag.
    if (!reset_) state_ = variables.at("state");
    reset_ = false;
    return R"({"data":{"pingConnector":{"id":"c","connector_state":)" + (state_ ? json_text(*state_) : "null") + "}}}";
  }
  if (field == "connector_queue_details") {
    if (!tells_queue) return graphql_error("FORBIDDEN_ACCESS", "You are not allowed to do this.").body;
    return R"({"data":{"connector":{"id":"c","connector_queue_details":{"messages_number":)" +
           std::to_string(queue_messages) + R"(,"messages_size":)" + std::to_string(queue_bytes) + "}}}}";
  }
  if (field == "workAdd") {
    const std::string id = "work_" + std::to_string(next_work_++);
    works_[id].multi_part = variables.contains("isMultiPartWork");
    return R"({"data":{"workAdd":{"id":)" + json_text(id) + "}}}";
  }
  if (field == "indicators")
    return R"({"data":{"indicators":{"edges":[],"pageInfo":{"hasNextPage":false,"endCursor":null}}}})";
  if (field == "caseIncident") return R"({"data":{"caseIncident":null}})";
  if (field == "draftWorkspaceAdd") return R"({"data":{"draftWorkspaceAdd":{"id":"draft-1"}}})";
  if (field == "isWorkAlive")
    return std::string(R"({"data":{"isWorkAlive":)") + (works_.contains(variables.at("id")) ? "true}}" : "false}}");
  if (field == "stixBundlePush") return push(variables);
  WorkRecord& work = works_[variables.at("id")];
  if (field == "addExpectations") work.expected += std::stoi(variables.at("expectations"));
  if (field == "reportExpectation") ++work.reported;
  if (field == "toProcessed") {
    work.closed = true;
    work.in_error = variables.at("inError") == "true";
    work.message = variables.at("message");
  }
  return R"({"data":{"workEdit":{")" + field + R"(":"x"}}})";
}

std::string FakePlatform::push(const std::map<std::string, std::string>& variables) {
  const std::string& bundle = variables.at("bundle");
  if (!exists_ || (!poison.empty() && bundle.find(poison) != std::string::npos))
    return graphql_error("UNSUPPORTED_ERROR", "Invalid bundle").body;
  pushes_.push_back({bundle, variables.contains("work_id") ? variables.at("work_id") : ""});
  return R"({"data":{"stixBundlePush":true}})";
}

common::HttpResponse graphql_error(const std::string& code, const std::string& message) {
  return http_status(200, R"({"errors":[{"message":)" + json_text(message) + R"(,"extensions":{"code":)" +
                              json_text(code) + R"(},"name":)" + json_text(code) + R"(}],"data":null})");
}

common::HttpResponse http_status(long status, const std::string& body, common::HttpHeaders headers) {
  return {.status = status, .headers = std::move(headers), .body = body};
}

std::string bundle_line(int incident, const std::string& last_update, const std::string& extra) {
  const std::string number = std::to_string(incident);
  const std::string uuid =
      std::string(8 - std::min<std::size_t>(8, number.size()), '0') + number + "-0000-4000-8000-000000000000";
  return R"({"type":"bundle","id":"bundle--)" + uuid +
         R"(","objects":[{"type":"identity","id":"identity--11111111-1111-5111-8111-111111111111","name":"Microsoft Sentinel"},)"
         R"({"type":"marking-definition","id":"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed","name":"TLP:RED"},)"
         R"({"type":"ipv4-addr","id":"ipv4-addr--)" +
         uuid + R"(","value":"10.0.0.)" + number +
         R"(","object_marking_refs":["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"]},)" +
         R"({"type":"case-incident","id":"case-incident--)" + uuid + R"(","name":"Case )" + number + extra +
         R"(","created_by_ref":"identity--11111111-1111-5111-8111-111111111111","external_references":[{"source_name":"x","external_id":")" +
         number + R"("}],"object_refs":["ipv4-addr--)" + uuid + R"("],"x_graph_last_update":")" + last_update +
         R"("}]})";
}

std::shared_ptr<const Bundle> bundle_of(const std::string& line, std::uint64_t number) {
  auto bundle = std::make_shared<Bundle>();
  std::string padded = line;
  padded.resize(line.size() + 64, '\0');
  std::string reason;
  if (!BundleParser().parse({padded.data(), line.size()}, *bundle, reason)) throw std::runtime_error(reason);
  bundle->number = number;
  bundle->where = "line " + std::to_string(number + 1);
  return bundle;
}

}  // namespace push_opencti::testing
