// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/range_start.hpp"

#include <algorithm>

#include "tools/fetch-incidents/small_file.hpp"

namespace fetch_incidents {
namespace {

using common::Instant;

/// Clocks differ by that much without anybody noticing.
constexpr std::chrono::seconds usual_skew{60};

/// The state has no room for longer lists than a few thousand marks. From this length on it may have been cut: then
/// more of the overlap comes again at each run than the list can tell.
constexpr std::size_t long_list = 1'000;

bool is_later(Instant at, Instant now) { return at > now + usual_skew; }

std::string in_future(const std::string& what, Instant at, Instant now, const std::string& advice) {
  return what + " (" + common::seconds_text(at) + ") lies in the future: this machine's clock says " +
         common::seconds_text(now) + "; " + advice;
}

RangeStart start_at(Instant at, const std::string& what, Instant now) {
  RangeStart start{.from = bound_at(at)};
  if (is_later(at, now)) start.warning = in_future(what, at, now, "nothing is imported until then; correct the date");
  return start;
}

RangeStart start_of_state(const StartQuestion& question, Instant watermark) {
  RangeStart start{.watermark = watermark};
  Instant reached = std::min(watermark, question.now);
  if (question.state->is_ours()) start.delivered = question.state->delivered;
  if (const auto& reading = question.last_reading;
      start.delivered.size() >= long_list && reading && reading->covers(watermark))
    reached = std::max(reached, std::min(*reading->asked_at, question.now));
  start.from = bound_at(reached - question.overlap);
  if (is_later(watermark, question.now)) {
    start.warning = in_future("the stored state", watermark, question.now,
                              "reading goes on from now less the overlap. Check the clock, and fetch what may be "
                              "missing with --since and a date before the state went wrong");
  }
  return start;
}

}  // namespace

RangeStart range_start(const StartQuestion& question) {
  if (question.since) return start_at(*question.since, "--since", question.now);
  const auto watermark = question.state ? question.state->watermark() : std::nullopt;
  if (watermark) return start_of_state(question, *watermark);
  return start_at(question.import_start, "SENTINEL_INCIDENTS_IMPORT_START_DATE", question.now);
}

std::optional<common::State> read_state(const std::string& path, std::string& reason) {
  const std::optional<std::string> text = read_small_file(path, reason);
  if (!text) return {};
  if (text->empty()) {
    reason = "it is empty; push-opencti --print-state writes {} for a connector without a state";
    return {};
  }
  return common::State::parse(*text, reason);
}

}  // namespace fetch_incidents
