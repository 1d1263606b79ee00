// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/pending_check.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "tools/push-opencti/platform/connector.hpp"

namespace push_opencti {

namespace {

constexpr std::chrono::seconds second_look{6};  // RabbitMQ counts anew every 5 s

// The number of objects that workers have processed; nothing where the platform does not tell, or the work is gone.
std::optional<std::int64_t> processed(GraphqlClient& client, const std::string& work, common::Log& log) {
  const Answer answer =
      client.ask(operations::read_work, [&work](common::JsonWriter& json) { json.member("id", work); });
  const std::string text = field(answer, "work.tracking.import_processed_number");
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) return number;
  log.debug("the platform does not tell how far " + work + " is: " + (answer.ok() ? "no number" : reason_of(answer)));
  return {};
}

// Drops the works that are ingested, or of which nothing is known. Returns what was processed of the others.
std::vector<std::int64_t> drop_ingested(GraphqlClient& client, std::vector<PendingWorks::Entry>& works,
                                        common::Log& log) {
  std::vector<std::int64_t> progress;
  std::erase_if(works, [&](const PendingWorks::Entry& work) {
    const std::optional<std::int64_t> count = processed(client, work.id, log);
    if (!count || *count >= work.objects) return true;
    progress.push_back(*count);
    return false;
  });
  return progress;
}

bool is_queue_empty(GraphqlClient& client, const std::string& connector_id) {
  const std::optional<Queue> queue = read_queue(client, connector_id);
  return queue && queue->messages <= 0;
}

}  // namespace

PendingReport check_pending(GraphqlClient& client, const std::string& connector_id, PendingWorks pending,
                            common::Clock& clock, common::Log& log) {
  PendingReport report{std::move(pending)};
  std::vector<PendingWorks::Entry>& works = report.pending.works;
  const std::vector<std::int64_t> before = drop_ingested(client, works, log);
  if (works.empty() || !is_queue_empty(client, connector_id)) return report;
  if (!clock.sleep(second_look)) return report;
  const std::vector<std::int64_t> now = drop_ingested(client, works, log);
  report.lost = !works.empty() && now == before && is_queue_empty(client, connector_id);
  return report;
}

}  // namespace push_opencti
