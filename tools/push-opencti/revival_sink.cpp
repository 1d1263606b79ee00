// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/revival_sink.hpp"

#include <string>

#include "common/json/json_tree.hpp"
#include "common/json/json_writer.hpp"

namespace push_opencti {

namespace {

using common::Json;

// As long as the platform itself gives an indicator that somebody makes valid again there.
constexpr std::chrono::hours valid_again_for{24 * 90};

bool is_revoked(Json indicator) { return indicator["revoked"].text() == "true"; }

bool is_valid_for_ever(Json indicator) {
  return !is_revoked(indicator) && !indicator["valid_until"] && indicator["x_opencti_score"].text() != "0";
}

// The indicator, valid until then.
std::string valid_until(Json indicator, const std::string& until) {
  std::string out;
  common::JsonWriter json(out);
  json.begin_object();
  for (const Json member : indicator) {
    if (member.key() != "revoked") json.key(member.key()).raw(member.raw());
  }
  json.member("revoked", false).member("valid_until", until).end_object();
  return out;
}

bool belongs_to_every_bundle(const ObjectText& object) {
  return object.type == "identity" || object.type == "marking-definition";
}

}  // namespace

RevivalSink::RevivalSink(std::unique_ptr<QueueSink> inner, HeldObjects& held, common::Clock& clock, common::Log& log)
    : ForwardingSink(std::move(inner)), held_(held), clock_(clock), log_(log) {}

void RevivalSink::take(std::shared_ptr<const Bundle> bundle) {
  std::shared_ptr<const Bundle> second = second_bundle(*bundle);
  if (second) first_outcomes_.emplace(bundle->number, std::nullopt);
  inner_->take(std::move(bundle));
  // Of the same key, so it reaches the platform after the first.
  if (second) inner_->take(std::move(second));
}

std::vector<Outcome> RevivalSink::collect(std::chrono::milliseconds wait) {
  std::vector<Outcome> outcomes;
  for (Outcome& outcome : inner_->collect(wait)) {
    const auto first = first_outcomes_.find(outcome.number);
    if (first == first_outcomes_.end()) {
      outcomes.push_back(std::move(outcome));
    } else if (!first->second) {
      first->second = std::move(outcome);
    } else {
      if (outcome.kind != Outcome::Kind::sent) {
        log_.warning_of_kind("revoked indicators", "indicators stay revoked at the platform: " + outcome.reason);
      }
      first->second->messages += outcome.messages;
      first->second->unanswered += outcome.unanswered;
      first->second->was_repeated = first->second->was_repeated || outcome.was_repeated;
      outcomes.push_back(std::move(*first->second));
      first_outcomes_.erase(first);
    }
  }
  return outcomes;
}

// The indicators of the bundle that are to be brought back, with author and markings; none where there are none.
std::shared_ptr<const Bundle> RevivalSink::second_bundle(const Bundle& bundle) {
  common::JsonTree tree;
  std::vector<std::string> revived;
  for (const ObjectText& object : bundle.objects) {
    if (object.type != "indicator") continue;
    const bool may_be_revoked = object.text.find("\"revoked\"") != std::string_view::npos;
    if (!may_be_revoked && !held_.is_taken_back(object.id)) continue;
    if (!tree.parse_copy(object.text).empty()) continue;
    if (is_revoked(tree.root())) {
      held_.note_taken_back(object.id);
    } else if (is_valid_for_ever(tree.root()) && held_.is_taken_back(object.id)) {
      revived.push_back(valid_until(tree.root(), common::seconds_text(clock_.now() + valid_again_for)));
      held_.note_brought_back(object.id);
    }
  }
  if (revived.empty()) return {};
  log_.info(bundle.where + ": the platform holds indicators of this bundle as revoked; they are made valid again");

  std::vector<ObjectText> objects;
  for (const ObjectText& object : bundle.objects) {
    if (belongs_to_every_bundle(object)) objects.push_back(object);
  }
  for (const std::string& indicator : revived) objects.push_back({{}, "indicator", indicator});
  std::string text = bundle_text(bundle.id, objects);
  const std::size_t size = text.size();
  text.append(common::JsonTree::padding, '\0');
  auto second = std::make_shared<Bundle>();
  std::string reason;
  if (!parser_.parse({text.data(), size}, *second, reason)) return {};
  second->incident = bundle.incident;
  second->where = bundle.where;
  second->number = bundle.number;
  return second;
}

}  // namespace push_opencti
