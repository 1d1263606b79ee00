// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/faults.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace stand_in {

namespace {

/// A misspelt member would make a test pass for want of its fault, so they are checked.
constexpr std::array<std::string_view, 25> known_members = {
    "service", "match",      "match_body", "skip",      "times", "status",   "headers",     "body",      "fill",
    "depth",   "html",       "drop",       "truncate",  "hang",  "redirect", "latency_ms",  "next_link", "order",
    "warning", "empty_page", "count_off",  "processed", "error", "note",     "content_type"};

constexpr std::array<std::pair<std::string_view, std::array<std::string_view, 4>>, 4> known_values = {
    {{"service", {"login", "graph", "opencti", "opencti"}},
     {"drop", {"before-headers", "reset", "after-headers", "after-answer"}},
     {"truncate", {"length", "chunked", "stall", "stall"}},
     {"order", {"reversed", "rotated", "rotated", "rotated"}}}};

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '%' && at + 2 < text.size();
    if (escape && hex_value(text[at + 1]) >= 0 && hex_value(text[at + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
      at += 2;
    } else {
      out += text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

/// What "match" is looked for in: the request line, as sent and decoded, and the head of a body, where a
/// GraphQL document or a form stands. The whole of a body can be megabytes of bundle, so that is left to
/// "match_body".
std::string subject_of(const Request& request) {
  static constexpr std::size_t body_head = 2000;
  return request.method + ' ' + request.target + '\n' + percent_decoded(request.target) + '\n' +
         request.body.substr(0, body_head);
}

/// A body as hostile peers send it: a page with one very long text, or with very deep nesting.
std::string hostile_body(const Json& fault) {
  const auto fill = static_cast<std::size_t>(fault.number("fill"));
  const auto depth = static_cast<std::size_t>(fault.number("depth"));
  return "{\"value\":[" + (fill > 0 ? "{\"id\":\"" + std::string(fill, 'x') + "\"}" : "") + std::string(depth, '[') +
         std::string(depth, ']') + "]}";
}

}  // namespace

void Faults::add(const Json& fault) {
  if (fault.is_array()) {
    for (const Json& one : fault.array()) add(one);
    return;
  }
  if (!fault.is_object()) throw std::runtime_error("a fault is an object");
  for (const auto& [key, value] : fault.object()) {
    if (std::find(known_members.begin(), known_members.end(), key) == known_members.end()) {
      throw std::runtime_error("a fault has no member \"" + key + "\"");
    }
  }
  for (const auto& [member, values] : known_values) {
    const std::string value = fault.text(member);
    if (!value.empty() && std::find(values.begin(), values.end(), value) == values.end()) {
      throw std::runtime_error("a fault's " + std::string(member) + " is not \"" + value + "\"");
    }
  }
  const std::lock_guard lock(mutex_);
  rules_.push_back({fault});
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
}

std::optional<Json> Faults::take(const Request& request) {
  if (request.service == "control") return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (rules_.empty()) return std::nullopt;
  const std::string subject = subject_of(request);
  for (Rule& rule : rules_) {
    const std::string service = rule.fault.text("service");
    if (!service.empty() && service != request.service) continue;
    if (subject.find(rule.fault.text("match")) == std::string::npos) continue;
    const std::string in_body = rule.fault.text("match_body");
    if (!in_body.empty() && request.body.find(in_body) == std::string::npos) continue;
    if (rule.matched++ < rule.fault.number("skip", 0)) continue;
    const std::int64_t times = rule.fault.number("times", 1);
    if (times != 0 && rule.applied >= times) continue;
    ++rule.applied;
    return rule.fault;
  }
  return std::nullopt;
}

void Faults::wait_for_release() {
  std::unique_lock lock(mutex_);
  const std::int64_t entered = generation_;
  ++hanging_;
  released_.wait(lock, [&] { return generation_ != entered; });
  --hanging_;
}

void Faults::release() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  released_.notify_all();
}

std::int64_t Faults::hanging() const {
  const std::lock_guard lock(mutex_);
  return hanging_;
}

bool replaces_answer(const Json& fault) {
  return fault.find("status") != nullptr || fault.find("redirect") != nullptr || fault.flag("html") ||
         fault.find("body") != nullptr || fault.find("fill") != nullptr || fault.find("depth") != nullptr;
}

Reply prescribed_reply(const Json& fault) {
  Reply reply;
  reply.status = static_cast<int>(fault.number("status", 200));
  if (fault.find("fill") != nullptr || fault.find("depth") != nullptr) reply.body = hostile_body(fault);
  if (const Json* body = fault.find("body")) reply.body = body->is_string() ? body->string() : body->dump();
  if (fault.flag("html")) {
    reply.content_type = "text/html";
    if (reply.body.empty()) {
      const std::string status = std::to_string(reply.status);
      reply.body = "<html><head><title>" + status + "</title></head><body><center><h1>" + status +
                   "</h1></center><hr><center>a proxy in front</center></body></html>\r\n";
    }
  }
  reply.content_type = fault.text("content_type", reply.content_type);
  if (const std::string location = fault.text("redirect"); !location.empty()) {
    if (fault.find("status") == nullptr) reply.status = 302;
    reply.headers.emplace_back("Location", location);
  }
  return reply;
}

void add_ordered_headers(const Json& fault, Reply& reply) {
  const Json* headers = fault.find("headers");
  if (headers == nullptr || !headers->is_object()) return;
  for (const auto& [name, value] : headers->object()) {
    reply.headers.emplace_back(name, value.is_string() ? value.string() : value.dump());
  }
}

}  // namespace stand_in
