// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/ledger_sink.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/json/json_writer.hpp"

namespace push_opencti {

namespace {

constexpr std::size_t parser_padding = 64;  // bytes that BundleParser reads beyond the end

}  // namespace

LedgerSink::LedgerSink(std::unique_ptr<QueueSink> inner, std::unique_ptr<Ledger> ledger,
                       std::function<std::uint64_t()> disturbances, std::int64_t own)
    : ForwardingSink(std::move(inner)),
      ledger_(std::move(ledger)),
      disturbances_(std::move(disturbances)),
      disturbances_at_start_(disturbances_()),
      own_(own) {}

void LedgerSink::take(std::shared_ptr<const Bundle> bundle) {
  if (disturbances_() != disturbances_at_start_) {
    ledger_->abandon(
        "the connector, its state or its work at OpenCTI was changed by somebody else while this run used it");
  }
  std::vector<ToSend> sent = ledger_->select(*bundle);
  if (sent.empty() && !bundle->objects.empty()) {
    Outcome& outcome = unchanged_.emplace_back();
    outcome.number = bundle->number;
    outcome.kind = Outcome::Kind::unchanged;
    outcome.held = bundle->objects.size();
    return;
  }
  inner_->prepare();
  const std::uint64_t number = bundle->number;
  std::shared_ptr<const Bundle> to_send = reduced(*bundle, sent);
  if (!to_send) to_send = bundle;
  on_their_way_[number] = {std::move(bundle), std::move(sent)};
  inner_->take(std::move(to_send));
}

// Nothing where the bundle goes as it is.
std::shared_ptr<const Bundle> LedgerSink::reduced(const Bundle& bundle, const std::vector<ToSend>& sent) {
  const bool all_members = std::all_of(sent.begin(), sent.end(), [](const ToSend& one) { return one.omitted == 0; });
  if (sent.size() == bundle.objects.size() && all_members) return nullptr;
  std::string text;
  common::JsonWriter json(text);
  json.begin_object().member("type", "bundle").member("id", bundle.id).key("objects").begin_array();
  for (const ToSend& one : sent) {
    const std::string_view object = bundle.objects[one.index].text;
    if (one.omitted == 0) {
      json.raw(object);
    } else {
      json.raw(without_refs(object, one.omitted));
    }
  }
  json.end_array().end_object();
  const std::size_t size = text.size();
  text.append(parser_padding, '\0');
  auto small = std::make_shared<Bundle>();
  std::string reason;
  if (!parser_.parse({text.data(), size}, *small, reason)) return nullptr;
  small->incident = bundle.incident;  // also without its case, for the order of bundles
  small->last_update = bundle.last_update;
  small->where = bundle.where;
  small->number = bundle.number;
  return small;
}

std::vector<Outcome> LedgerSink::collect(std::chrono::milliseconds wait) {
  std::vector<Outcome> outcomes = inner_->collect(unchanged_.empty() ? wait : std::chrono::milliseconds{0});
  if (!outcomes.empty()) note(outcomes);
  std::move(unchanged_.begin(), unchanged_.end(), std::back_inserter(outcomes));
  unchanged_.clear();
  return outcomes;
}

void LedgerSink::note(std::vector<Outcome>& outcomes) {
  std::vector<Ledger::Acknowledged> acknowledged;
  for (Outcome& outcome : outcomes) {
    const OnItsWay& way = on_their_way_.at(outcome.number);
    outcome.held = way.bundle->objects.size() - way.sent.size();
    if (outcome.kind == Outcome::Kind::sent && !outcome.work_id.empty()) {
      acknowledged.push_back({way.bundle.get(), &way.sent, outcome.work_id, outcome.messages, outcome.unanswered,
                              outcome.unanswered_work});
    } else {
      ledger_->give_up(*way.bundle, way.sent);
    }
  }
  ledger_->record(acknowledged, own_);
  for (const Outcome& outcome : outcomes) on_their_way_.erase(outcome.number);
}

}  // namespace push_opencti
