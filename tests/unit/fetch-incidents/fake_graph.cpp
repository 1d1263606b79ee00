// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/fetch-incidents/fake_graph.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "common/http/http_url.hpp"
#include "common/json/json_text.hpp"
#include "common/json/json_writer.hpp"
#include "common/program/failure.hpp"
#include "tools/fetch-incidents/fetch.hpp"
#include "tools/fetch-incidents/graph/incident.hpp"

namespace fetch_incidents_test {
namespace {

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Graph writes as many fraction digits as a time needs.
std::string graph_text(std::int64_t ticks) {
  std::string text = common::full_text({ticks});
  text.pop_back();
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text + "Z";
}

struct Condition {
  std::string op;
  std::int64_t limit;
  bool holds(std::int64_t at) const {
    return op == "ge" ? at >= limit : op == "gt" ? at > limit : op == "lt" ? at < limit : false;
  }
};

std::vector<Condition> conditions_of(const std::string& filter) {
  static const std::string field = "lastUpdateDateTime ";
  std::vector<Condition> conditions;
  for (auto found = filter.find(field); found != std::string::npos; found = filter.find(field, found + 1)) {
    const auto begin = found + field.size() + 3;
    const auto text = filter.substr(begin, filter.find(' ', begin) - begin);
    conditions.push_back({filter.substr(found + field.size(), 2), common::parse_instant(text)->ticks});
  }
  return conditions;
}

std::string incident_text(const std::string& id, const std::string& update, bool expanded) {
  std::string text = "{\"id\":\"" + id + "\", \"lastUpdateDateTime\" : \"" + update + "\"";
  if (expanded) text += ",\"alerts\":[{\"id\":\"alert of " + id + "\"}]";
  return text + "}";
}

}  // namespace

std::string parameter(const std::string& url, const std::string& name) {
  const auto query = url.find('?');
  for (auto at = query; at != std::string::npos; at = url.find('&', at + 1)) {
    if (url.compare(at + 1, name.size() + 1, name + "=") != 0) continue;
    const auto begin = at + name.size() + 2;
    return decoded(url.substr(begin, url.find('&', begin) - begin));
  }
  return {};
}

std::int64_t ticks(const char* text) { return common::parse_instant(text)->ticks; }

void FakeGraph::put(const std::string& id, std::int64_t at) { incidents[id] = {at, graph_text(at)}; }

std::vector<FakeGraph::Row> FakeGraph::select(const std::string& url) const {
  std::vector<Row> rows;
  const std::vector<Condition> conditions = conditions_of(parameter(url, "$filter"));
  for (const auto& [id, listed] : incidents) {
    const std::int64_t at = listed.ticks;
    const bool kept =
        std::all_of(conditions.begin(), conditions.end(), [at](const Condition& c) { return c.holds(at); });
    if (kept) rows.emplace_back(id, listed);
  }
  const bool ordered = !parameter(url, "$orderby").empty() && !orderby_ignored;
  if (ordered) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.second.ticks < b.second.ticks; });
  } else if (!ordered_by_id) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.second.ticks > b.second.ticks; });
  }
  return rows;
}

std::string FakeGraph::next_link(const std::vector<Row>& rows, std::size_t skip, std::size_t top,
                                 const std::string& url) {
  if (no_next_link || skip + top >= rows.size()) return {};
  const std::string base = url.substr(0, std::min(url.find("&$skip"), url.size()));
  if (!by_token) return base + "&$skip=" + std::to_string(skip + top);
  const std::string token = "t" + std::to_string(snapshots_.size());
  snapshots_[token] = {rows.begin() + static_cast<std::ptrdiff_t>(skip + top), rows.end()};
  return base + "&$skiptoken=" + token;
}

std::string FakeGraph::page_of(const std::vector<Row>& rows, std::size_t skip, std::size_t top, const std::string& next,
                               const std::string& url) {
  const bool expanded = !parameter(url, "$expand").empty();
  std::string body = "{\"@odata.context\":\"x\",";
  if (counts && !parameter(url, "$count").empty()) body += "\"@odata.count\":" + std::to_string(rows.size()) + ",";
  if (!next.empty()) {
    body += "\"@odata.nextLink\":";
    common::append_json_string(body, next);
    body += ",";
  }
  body += "\"value\":[";
  for (std::size_t i = skip; i < std::min(rows.size(), skip + top); ++i) {
    if (i > skip) body += ",\n ";
    if (expanded && broken.contains(rows[i].first)) failed_ = true;
    body += incident_text(rows[i].first, rows[i].second.text, expanded);
  }
  return body + "]}";
}

std::string FakeGraph::page(const std::string& url) {
  const std::size_t top = std::stoul(parameter(url, "$top"));
  const std::string empties = parameter(url, "$empty");
  const int empty_before = empties.empty() ? 0 : std::stoi(empties);
  if (empty_before < empty_pages && parameter(url, "$skip").empty() && parameter(url, "$skiptoken").empty()) {
    const std::string base = url.substr(0, std::min(url.find("&$empty"), url.size()));
    return page_of({}, 0, 0, base + "&$empty=" + std::to_string(empty_before + 1), url);
  }
  const std::string token = parameter(url, "$skiptoken");
  const std::vector<Row> rows = token.empty() ? select(url) : snapshots_[token];
  const std::string skip_text = parameter(url, "$skip");
  const std::size_t skip = skip_text.empty() ? 0 : std::stoul(skip_text);
  const std::string next = next_link(rows, skip, top, url);
  return page_of(rows, skip, top, next, url);
}

common::HttpResponse FakeGraph::answer(const common::HttpRequest& request) {
  common::HttpResponse response = compose(request);
  if (request.body_buffer == nullptr) return response;
  // As the HTTP client does: the body comes into the memory that was offered for it.
  std::string body = std::move(*request.body_buffer);
  body.assign(response.body);
  response.body = std::move(body);
  return response;
}

common::HttpResponse FakeGraph::compose(const common::HttpRequest& request) {
  urls.push_back(request.url);
  if (on_request) {
    common::HttpResponse ordered = on_request(request.url, static_cast<int>(urls.size()));
    if (ordered.status != 0 || !ordered.error.empty()) return ordered;
  }
  common::HttpResponse response;
  response.status = 200;
  const std::string path = request.url.substr(0, request.url.find('?'));
  const bool single = path.size() > address.size();
  failed_ = false;
  if (single) {
    const std::string id = decoded(path.substr(address.size() + 1));
    if (!incidents.contains(id))
      return {.status = 404, .body = R"({"error":{"code":"NotFound","message":"no such incident"}})"};
    failed_ = broken.contains(id);
    response.body = "{\"@odata.context\":\"x\"," + incident_text(id, incidents[id].text, true).substr(1);
  } else {
    if (orderby_refused && !parameter(request.url, "$orderby").empty()) {
      return {.status = 400, .body = R"({"error":{"code":"BadRequest","message":"$orderby is not supported"}})"};
    }
    const bool expanded = !parameter(request.url, "$expand").empty();
    if (expanded && std::stoul(parameter(request.url, "$top")) > most_expanded) failed_ = true;
    response.body = page(request.url);
  }
  if (failed_) {
    return {.status = 500,
            .headers = {{"request-id", "request-of-failure"}},
            .body = R"({"error":{"code":"InternalServerError","message":"it went wrong"}})"};
  }
  if (!single && after_page) after_page();
  return response;
}

RunResult run_fetch(FakeGraph& graph, const RunOptions& options, FakeClock* clock) {
  using namespace fetch_incidents;
  FakeClock own_clock;
  FakeClock& time = clock != nullptr ? *clock : own_clock;
  RunSettings settings;
  settings.collection = FakeGraph::address;
  settings.origin = *common::parse_url(FakeGraph::address);
  settings.start.from = bound_at(*common::parse_instant(options.since));
  if (!options.until.empty()) settings.until = common::parse_instant(options.until);
  settings.start.delivered = options.delivered;
  settings.ids = options.ids;
  settings.top = options.top;
  settings.max_rate = options.max_rate;
  settings.retry_budget = options.retry_budget;

  int token_pipe[2];
  int log_pipe[2];
  if (::pipe(token_pipe) != 0 || ::pipe(log_pipe) != 0) throw std::runtime_error("no pipe");
  common::write_all(token_pipe[1], options.token_input, "pipe");
  ::close(token_pipe[1]);
  common::Log log("test", log_pipe[1]);
  RunResult result;
  std::thread log_reader([&] {
    char bytes[4096];
    for (ssize_t count; (count = ::read(log_pipe[0], bytes, sizeof bytes)) > 0;) {
      result.log.append(bytes, static_cast<std::size_t>(count));
    }
  });
  {
    std::optional<std::string> failed_file;
    if (!options.failed_file.empty()) failed_file = options.failed_file;
    common::Rejects failed(failed_file, false, log);
    TokenSource tokens({.fd = token_pipe[0]}, time, log);
    Context context{.send = [&graph](const common::HttpRequest& request) { return graph.answer(request); },
                    .tokens = tokens,
                    .clock = time,
                    .stop = nullptr,
                    .failed = failed,
                    .log = log};
    BatchQueue queue;
    std::thread fetching([&] {
      std::exception_ptr cause;
      try {
        result.missing = fetch(settings, context, queue).missing;
      } catch (...) {
        cause = std::current_exception();
      }
      queue.close(cause);
    });
    try {
      common::Progress none({.wish = common::Progress::Wish::no}, time, log);
      while (auto batch = queue.take(none, {})) {
        for (const Incident& incident : *batch) {
          result.written.emplace_back(incident.id, incident.last_update);
          common::append_minified(result.lines.emplace_back(), incident.text);
        }
      }
    } catch (const common::Failure& failure) {
      result.status = static_cast<int>(failure.status());
      result.message = failure.what();
    }
    fetching.join();
  }
  ::close(log_pipe[1]);
  log_reader.join();
  ::close(log_pipe[0]);
  ::close(token_pipe[0]);
  return result;
}

}  // namespace fetch_incidents_test
