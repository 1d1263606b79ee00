// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/api/api_delivery.hpp"

#include <algorithm>
#include <deque>

#include "tools/push-opencti/bundle/merge_bundles.hpp"

namespace push_opencti {

namespace {

constexpr std::size_t smallest_limit = 4096;  // below this a smaller request will not help

void lower(std::atomic<std::size_t>& limit, std::size_t to) {
  std::size_t now = limit;
  while (to < now && !limit.compare_exchange_weak(now, to)) {
  }
}

}  // namespace

Outcome ApiDelivery::verdict(const Bundle& bundle, Outcome::Kind kind) const {
  return {bundle.number, kind, {}, run_.work.id()};
}

Delivery ApiDelivery::deliver(const Batch& batch) {
  Delivery delivery;
  doubted_connector_ = false;
  try {
    deliver_part(batch, delivery);
  } catch (const common::Failure& failure) {
    delivery.failure = failure;
  } catch (const std::exception& error) {
    delivery.failure =
        common::Failure(common::ExitStatus::internal,
                        std::string("a defect in this tool, while pushing: ") + error.what() + "; please report it");
  }
  return delivery;
}

Answer ApiDelivery::push(const std::string& bundle) {
  const Operation& operation = operations::push_bundle(run_.version);
  const std::string work_id = run_.work.id();
  std::string body;
  body.reserve(json_string_size(bundle) + 512);
  common::JsonWriter json(body);
  json.begin_object().member("query", operation.text).key("variables").begin_object();
  json.member("connectorId", run_.session.identity().id);
  if (has_feature(run_.version, Feature::push_names_work)) json.member("work_id", work_id);
  json.member("bundle", bundle).end_object().end_object();
  ++run_.requests;
  Answer answer = client_.ask(operation, body);
  if (answer.ok() && field(answer, "stixBundlePush") != "true") {
    return {AnswerKind::final_fault, "no acknowledgement", "the platform did not say that it has the bundle", {}};
  }
  return answer;
}

// "Invalid bundle" also means that the connector was deleted: register again and repeat before doubting the bundle.
Answer ApiDelivery::push_with_reregistration(const std::string& bundle) {
  Answer answer = push(bundle);
  if (answer.meaning != AnswerKind::invalid_bundle || doubted_connector_) return answer;
  doubted_connector_ = true;
  run_.log.warning("OpenCTI refuses a push (" + answer.message + "); registering again before blaming the bundle");
  run_.session.register_again(client_);
  run_.work.replace_if_gone(client_, run_.session.disturbances(), [this] { run_.session.give_up_claim(work_is_gone); });
  return push(bundle);
}

void ApiDelivery::deliver_part(std::span<const std::shared_ptr<const Bundle>> part, Delivery& delivery) {
  const Bundle& first = *part.front();
  if (part.size() == 1 && first.text.size() > run_.bundle_limit) {
    deliver_in_pieces(first, run_.bundle_limit, delivery);
    return;
  }
  std::string text;
  if (part.size() == 1) {
    text = at_least_two_objects(first.text);
  } else {
    std::vector<std::string_view> texts;
    for (const auto& bundle : part) texts.push_back(bundle->text);
    text = at_least_two_objects(merge_bundles(texts));
  }
  const Answer answer = push_with_reregistration(text);
  if (answer.ok()) {
    run_.refused_in_a_row = 0;
    for (const auto& bundle : part) delivery.outcomes.push_back(verdict(*bundle, Outcome::Kind::sent));
    return;
  }
  const bool smaller = answer.meaning == AnswerKind::too_large || answer.meaning == AnswerKind::invalid_bundle;
  if (smaller && part.size() > 1) {
    if (answer.meaning == AnswerKind::too_large)
      lower(run_.body_limit, std::max(smallest_limit, json_string_size(text) / 2));
    const std::size_t half = part.size() / 2;
    deliver_part(part.first(half), delivery);
    deliver_part(part.subspan(half), delivery);
    return;
  }
  if (answer.meaning == AnswerKind::too_large) {
    lower(run_.body_limit, std::max(smallest_limit, json_string_size(text) / 2));
    const std::size_t limit = text.size() / 2;
    text = {};
    deliver_in_pieces(first, limit, delivery);
    return;
  }
  if (answer.meaning == AnswerKind::invalid_bundle) {
    refuse(first, Outcome::Kind::refused, "refused by the platform", reason_of(answer), delivery);
    return;
  }
  fail(operations::push_bundle(run_.version), answer);
}

void ApiDelivery::refuse(const Bundle& bundle, Outcome::Kind kind, std::string_view kind_of_reason,
                         const std::string& reason, Delivery& delivery) {
  Outcome refusal = verdict(bundle, kind);
  refusal.kind_of_reason = kind_of_reason;
  refusal.reason = std::string(kind_of_reason) + ": " + reason;
  delivery.outcomes.push_back(std::move(refusal));
  if (kind != Outcome::Kind::refused) return;
  const int in_a_row = ++run_.refused_in_a_row;
  if (in_a_row >= most_refused_in_a_row)
    throw common::Failure(common::ExitStatus::unavailable, refused_too_often(in_a_row, reason));
}

void ApiDelivery::deliver_in_pieces(const Bundle& bundle, std::size_t limit, Delivery& delivery) {
  const BundleSplitter cut(bundle.text, bundle.id);
  std::deque<Piece> pieces;
  for (const Piece piece : cut.pieces(limit)) pieces.push_back(piece);
  run_.log.info(bundle.where + ": " + bundle.id + " is too large for one request and is cut into " +
                std::to_string(pieces.size()));
  std::string refused;
  std::size_t taken = 0;
  while (!pieces.empty()) {
    const Piece piece = pieces.front();
    pieces.pop_front();
    std::string text = at_least_two_objects(cut.text(piece));
    // An object that no message of the platform can hold is not tried.
    const bool hopeless = cut.is_single(piece) && text.size() > SizeLimits{}.bundle;
    const Answer answer = hopeless
                              ? Answer{AnswerKind::too_large, "too large", "larger than the platform's queue takes", {}}
                              : push_with_reregistration(text);
    if (answer.ok()) {
      run_.refused_in_a_row = 0;
      ++taken;
      continue;
    }
    if (answer.meaning == AnswerKind::too_large && !cut.is_single(piece)) {
      std::vector<Piece> smaller = cut.pieces(piece, text.size() / 2);
      // Companions alone may fill half the size: then by count.
      if (smaller.size() < 2) {
        const std::size_t middle = piece.first + (piece.last - piece.first) / 2;
        smaller = {{piece.first, middle}, {middle, piece.last}};
      }
      pieces.insert(pieces.begin(), smaller.begin(), smaller.end());
      continue;
    }
    if (answer.meaning != AnswerKind::too_large && answer.meaning != AnswerKind::invalid_bundle) {
      fail(operations::push_bundle(run_.version), answer);
    }
    if (!refused.empty()) refused += ", ";
    refused.append(cut.last_id(piece)).append(" (").append(reason_of(answer)).append(")");
  }
  if (refused.empty()) {
    delivery.outcomes.push_back(verdict(bundle, Outcome::Kind::sent));
  } else {
    refuse(bundle, taken > 0 ? Outcome::Kind::partly_refused : Outcome::Kind::refused, "not taken by the platform",
           refused, delivery);
  }
}

}  // namespace push_opencti
