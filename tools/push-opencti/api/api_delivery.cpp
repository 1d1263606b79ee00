// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/api/api_delivery.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "tools/push-opencti/bundle/bundle_splitter.hpp"
#include "tools/push-opencti/bundle/merge_bundles.hpp"
#include "tools/push-opencti/threads.hpp"

namespace push_opencti {

namespace {

constexpr std::size_t smallest_limit = 4096;  // below this a smaller request will not help
constexpr std::size_t least_objects = 2;      // of a request, see bundle_text()

void lower(std::atomic<std::size_t>& limit, std::size_t to) {
  std::size_t now = limit;
  while (to < now && !limit.compare_exchange_weak(now, to)) {
  }
}

// How many objects the request has that was made of these.
std::int64_t objects_pushed(std::span<const std::shared_ptr<const Bundle>> part) {
  std::unordered_set<std::string_view> ids;
  for (const auto& bundle : part) {
    for (const ObjectText& object : bundle->objects) ids.insert(object.id);
  }
  const std::size_t count = part.size() == 1 ? part.front()->objects.size() : ids.size();
  return static_cast<std::int64_t>(std::max(least_objects, count));
}

}  // namespace

Outcome ApiDelivery::outcome(const Bundle& bundle, Outcome::Kind kind) const {
  return {bundle.number, kind, {}, run_.connector.work().id()};
}

Delivery ApiDelivery::deliver(const Batch& batch) {
  Delivery delivery;
  doubted_connector_ = false;
  try {
    deliver_part(batch, delivery);
  } catch (...) {
    delivery.failure = current_failure("pushing");
  }
  return delivery;
}

// `alone`: a repeated push may go under a work of its own, since it is the whole of what its outcome tells of.
ApiDelivery::Pushed ApiDelivery::push(const std::string& bundle, bool alone) {
  const Operation& operation = operations::push_bundle(run_.version);
  Pushed pushed;
  pushed.first_work = pushed.work = run_.connector.work().id();
  ++run_.requests;
  pushed.answer = client_.ask_anew(operation, [&](int unanswered) {
    if (unanswered > pushed.unanswered && alone) pushed.work = run_.connector.work().open_for_repeat(client_);
    pushed.unanswered = unanswered;
    std::string body;
    body.reserve(json_string_size(bundle) + 512);
    common::JsonWriter json(body);
    json.begin_object().member("query", operation.text).key("variables").begin_object();
    json.member("connectorId", run_.connector.identity().id);
    if (has_feature(run_.version, Feature::push_names_work)) json.member("work_id", pushed.work);
    json.member("bundle", bundle).end_object().end_object();
    return body;
  });
  if (pushed.answer.ok() && !is_true(pushed.answer, "stixBundlePush")) {
    pushed.answer = {AnswerKind::final_fault, "no acknowledgement", "the platform did not say that it has the bundle"};
  }
  return pushed;
}

// "Invalid bundle" also means that the connector was deleted: register again and repeat before doubting the bundle.
ApiDelivery::Pushed ApiDelivery::push_with_reregistration(const std::string& bundle, bool alone) {
  Pushed pushed = push(bundle, alone);
  if (pushed.answer.kind != AnswerKind::invalid_bundle || doubted_connector_) return pushed;
  doubted_connector_ = true;
  run_.log.warning("OpenCTI refuses a push (" + pushed.answer.message +
                   "); registering again before blaming the bundle");
  run_.connector.register_again(client_);
  return push(bundle, alone);
}

void ApiDelivery::note_sent(std::span<const std::shared_ptr<const Bundle>> part, const Pushed& pushed,
                            Delivery& delivery) const {
  const std::size_t first = delivery.outcomes.size();
  for (const auto& bundle : part) {
    delivery.outcomes.push_back({bundle->number, Outcome::Kind::sent, {}, pushed.work});
    delivery.outcomes.back().was_repeated = pushed.unanswered > 0;
  }
  Outcome& outcome = delivery.outcomes[first];
  outcome.messages = objects_pushed(part);
  outcome.unanswered = outcome.messages * pushed.unanswered;
  outcome.unanswered_work = pushed.first_work;
}

void ApiDelivery::deliver_part(std::span<const std::shared_ptr<const Bundle>> part, Delivery& delivery) {
  const Bundle& first = *part.front();
  if (part.size() == 1 && first.text.size() > run_.bundle_limit) {
    deliver_in_pieces(first, run_.bundle_limit, delivery);
    return;
  }
  std::string text = merge_bundles(part);
  const Pushed pushed = push_with_reregistration(text, true);
  const Answer& answer = pushed.answer;
  if (answer.ok()) {
    run_.refused_in_a_row = 0;
    note_sent(part, pushed, delivery);
    return;
  }
  const bool smaller = answer.kind == AnswerKind::too_large || answer.kind == AnswerKind::invalid_bundle;
  if (smaller && part.size() > 1) {
    if (answer.kind == AnswerKind::too_large)
      lower(run_.body_limit, std::max(smallest_limit, json_string_size(text) / 2));
    const std::size_t half = part.size() / 2;
    deliver_part(part.first(half), delivery);
    deliver_part(part.subspan(half), delivery);
    return;
  }
  if (answer.kind == AnswerKind::too_large) {
    lower(run_.body_limit, std::max(smallest_limit, json_string_size(text) / 2));
    const std::size_t limit = text.size() / 2;
    text = {};
    deliver_in_pieces(first, limit, delivery);
    return;
  }
  if (answer.kind == AnswerKind::invalid_bundle) {
    refuse(first, Outcome::Kind::refused, "refused by the platform", reason_of(answer), delivery);
    return;
  }
  fail(operations::push_bundle(run_.version), answer);
}

void ApiDelivery::refuse(const Bundle& bundle, Outcome::Kind kind, std::string_view kind_of_reason,
                         const std::string& reason, Delivery& delivery) {
  Outcome refusal = outcome(bundle, kind);
  refusal.kind_of_reason = kind_of_reason;
  refusal.reason = std::string(kind_of_reason) + ": " + reason;
  delivery.outcomes.push_back(std::move(refusal));
  if (kind != Outcome::Kind::refused) return;
  const int in_a_row = ++run_.refused_in_a_row;
  if (in_a_row >= most_refused_in_a_row)
    throw common::Failure(common::ExitStatus::unavailable, refused_too_often(in_a_row, reason));
}

void ApiDelivery::deliver_in_pieces(const Bundle& bundle, std::size_t limit, Delivery& delivery) {
  BundleSplitter splitter(bundle, limit);
  run_.log.info(bundle.where + ": " + bundle.id + " is too large for one request and is cut into " +
                std::to_string(splitter.left()));
  std::string refused;
  Outcome sent = outcome(bundle, Outcome::Kind::sent);
  std::size_t taken = 0;
  while (const auto piece = splitter.next()) {
    const std::string text = splitter.text(*piece);
    // What no message of the platform's RabbitMQ can hold is not tried.
    const bool hopeless = text.size() > SizeLimits{}.bundle;
    const Pushed pushed =
        hopeless ? Pushed{{AnswerKind::too_large, "too large", "larger than the platform's queue takes"}, {}}
                 : push_with_reregistration(text, false);
    const Answer& answer = pushed.answer;
    if (answer.ok()) {
      run_.refused_in_a_row = 0;
      ++taken;
      const std::size_t objects = splitter.companions() + piece->objects.size();
      const auto messages = static_cast<std::int64_t>(std::max(least_objects, objects));
      sent.messages += messages;
      sent.unanswered += messages * pushed.unanswered;
      sent.unanswered_work = pushed.first_work;
      sent.was_repeated = sent.was_repeated || pushed.unanswered > 0;
      continue;
    }
    if (answer.kind == AnswerKind::too_large && splitter.cut_further(*piece)) continue;
    if (answer.kind != AnswerKind::too_large && answer.kind != AnswerKind::invalid_bundle) {
      fail(operations::push_bundle(run_.version), answer);
    }
    if (!refused.empty()) refused += ", ";
    refused.append(piece->last_id()).append(" (").append(reason_of(answer)).append(")");
  }
  if (refused.empty()) {
    delivery.outcomes.push_back(std::move(sent));
  } else {
    refuse(bundle, taken > 0 ? Outcome::Kind::partly_refused : Outcome::Kind::refused, "not taken by the platform",
           refused, delivery);
  }
}

}  // namespace push_opencti
