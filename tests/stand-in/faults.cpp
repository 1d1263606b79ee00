#include "tests/stand-in/faults.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

namespace stand_in {

namespace {

/// A misspelt member would make a test pass for want of its fault, so they are checked.
constexpr std::array<std::string_view, 22> known_members = {
    "service", "match",    "match_body", "skip",      "times",         "status",     "headers",    "body",
    "html",    "drop",     "truncate",   "hang",      "latency_ms",    "redirect",   "next_link",  "empty_page",
    "order",   "warning",  "error",      "processed", "content_type",  "note"};

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

/// What "match" is looked for in: the request line, as sent and decoded, and the head of a body, where a GraphQL
/// document or a form stands. The whole of a body can be megabytes of bundle, so that is left to "match_body".
std::string subject_of(const Request& request) {
  static constexpr std::size_t body_head = 2000;
  return request.method + ' ' + request.target + '\n' + percent_decoded(request.target) + '\n' +
         request.body.substr(0, body_head);
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
  const std::lock_guard lock(mutex_);
  rules_.push_back({fault});
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
}

std::optional<Json> Faults::take(const Request& request) {
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

}  // namespace stand_in
