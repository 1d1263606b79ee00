// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/push_figures.hpp"

#include <string_view>

#include "common/console/summary.hpp"
#include "common/json/json_writer.hpp"
#include "common/records/state.hpp"

namespace push_opencti {

namespace {

std::string watermark_of(const std::string& state) {
  std::string reason;
  const auto read = common::State::parse(state.empty() ? "{}" : state, reason);
  const auto watermark = read ? read->watermark() : std::nullopt;
  return watermark ? "\"" + common::seconds_text(*watermark) + "\"" : "null";
}

}  // namespace

std::string push_figures(const Settlement::Counts& counts, const SettleCounts& ledger, std::uint64_t requests,
                         const std::string& state_from, const std::string& state_to, double seconds) {
  std::string text;
  common::JsonWriter json(text);
  const auto count = [&json](std::string_view name, std::uint64_t number) {
    json.member(name, static_cast<std::int64_t>(number));
  };
  json.begin_object();
  count("bundles", counts.bundles);
  count("objects", counts.objects);
  count("rejected", counts.rejected);
  count("requests", requests);
  count("unchanged", counts.unchanged);
  count("held", counts.held);
  count("refused", ledger.refused);
  count("unknown", ledger.unknown);
  count("repeated", ledger.repeated);
  json.key("watermark_from").raw(watermark_of(state_from));
  json.key("watermark_to").raw(watermark_of(state_to));
  json.key("seconds").raw(common::decimal(seconds)).end_object();
  return text;
}

}  // namespace push_opencti
