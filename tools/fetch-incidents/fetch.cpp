// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/fetch.hpp"

#include <algorithm>

#include "common/console/printable.hpp"
#include "common/program/failure.hpp"
#include "tools/fetch-incidents/paging/keyset.hpp"
#include "tools/fetch-incidents/paging/windows.hpp"

namespace fetch_incidents {
namespace {

/// After three ids in a row failed in all their tries, each further id gets one try, until one succeeds. What failed in
/// an earlier run often fails again, and must not keep new incidents waiting.
constexpr int most_failures_in_a_row = 3;
constexpr Patience single_try{.server_errors = 1, .one_incident = true};

void fetch_range(const RunSettings& settings, Context& context, GraphClient& graph, const IncidentUrls& urls,
                 const Written& written, Emitter& emitter) {
  PageReader pages(graph, urls, written, settings.top, context.log);
  KeysetPaging keyset(pages, emitter, settings.until, context.log);
  const std::optional<Bound> rest = keyset.run(settings.start.from);
  if (!rest) return;
  WindowPaging windows(pages, emitter, settings.until, context.clock, context.log);
  windows.run(*rest);
}

/// Fetches the incidents of --id one by one. Returns how many of them Graph does not know.
std::uint64_t fetch_single(const RunSettings& settings, Context& context, GraphClient& graph, const IncidentUrls& urls,
                           Emitter& emitter) {
  IncidentReader reader(graph, urls);
  std::uint64_t unknown = 0;
  int failures_in_a_row = 0;
  for (const std::string& id : settings.ids) {
    const bool patient = failures_in_a_row < most_failures_in_a_row;
    SingleAnswer answer = reader.read(id, patient ? IncidentReader::usual_patience : single_try);
    failures_in_a_row = answer.incident || answer.gone ? 0 : failures_in_a_row + 1;
    if (answer.gone) {
      ++unknown;
      context.log.error("incident " + id + ": Graph does not know it: " + answer.error);
      continue;
    }
    Incident incident;
    if (answer.incident) {
      incident = std::move(*answer.incident);
    } else {
      incident.id = id;
      incident.fate = Fate::failed;
      incident.error = answer.error;
      incident.request_id = answer.request_id;
    }
    emitter.take(std::move(incident));
    emitter.commit();
  }
  return unknown;
}

/// What a whole reading of the range has covered.
std::optional<Reading> reading_of(const RunSettings& settings, const Emitter& emitter) {
  Reading reading = emitter.reading();
  if (settings.until || !reading.asked_at) return {};
  reading.of = settings.what_is_read();
  // What the state says is delivered need not be delivered again.
  if (const auto watermark = settings.start.watermark) reading.note_written(std::min(*watermark, *reading.asked_at));
  return reading;
}

}  // namespace

Fetched fetch(const RunSettings& settings, Context& context, BatchQueue& queue) {
  RateLimit rate(settings.max_rate, context.clock);
  const IncidentUrls urls(settings.collection, settings.filter, settings.filter_name);
  GraphClient graph({.origin = settings.origin,
                     .listing = urls.listing(),
                     .retry_budget = settings.retry_budget,
                     .stop = context.stop,
                     .before_request = [&queue] { queue.wait_for_room(); }},
                    context.send, context.tokens, rate, context.clock, context.log);
  Written written(settings.start.delivered);
  Emitter emitter(written, graph, context.failed, queue, context.log);
  Fetched fetched;
  if (settings.ids.empty()) {
    fetch_range(settings, context, graph, urls, written, emitter);
    fetched.reading = reading_of(settings, emitter);
  } else {
    fetched.missing = fetch_single(settings, context, graph, urls, emitter);
  }
  if (written.known() > 0) {
    context.log.info(common::counted(written.known(), "incident") + " of the overlap left out, delivered before");
  }
  fetched.missing += emitter.missing();
  return fetched;
}

}  // namespace fetch_incidents
