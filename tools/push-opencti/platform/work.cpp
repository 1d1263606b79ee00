// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/work.hpp"

#include <utility>

namespace push_opencti {

WorkPolicy work_policy(const PlatformVersion& version, std::string_view protocol, bool validate) {
  const bool api = protocol == "api";
  WorkPolicy policy;
  policy.version = version;
  // stixBundlePush of 6.4 cannot name a work: one of our own would stay empty.
  policy.own_work = !api || has_feature(version, Feature::push_names_work);
  // Over the API the platform or its worker counts the objects, and later than they are pushed. At these versions,
  // closing the work while all counted objects are processed makes the worker drop what is still queued. Over AMQP the
  // objects are announced before they are published, so that cannot happen.
  policy.hold = api && policy.own_work && work_needs_hold(version);
  policy.validate = validate;
  return policy;
}

Work::Work(WorkPolicy policy, Identity identity, common::Instant start, common::Log& log)
    : policy_(policy), identity_(std::move(identity)), start_(start), log_(log) {}

std::string Work::id() const {
  const std::lock_guard lock(mutex_);
  return id_;
}

std::string Work::draft_id() const {
  const std::lock_guard lock(mutex_);
  return draft_id_;
}

void Work::open(GraphqlClient& client, std::uint64_t disturbances) {
  const std::lock_guard lock(mutex_);
  if (!policy_.own_work || !id_.empty()) return;
  open_locked(client);
  disturbances_ = disturbances;
}

std::string Work::open_for_repeat(GraphqlClient& client) {
  const std::lock_guard lock(mutex_);
  if (!policy_.own_work || policy_.hold || policy_.validate) return id_;
  for_repeats_.push_back(add_work(client));
  return for_repeats_.back();
}

std::string Work::add_work(GraphqlClient& client) const {
  const Operation& operation = operations::work_add(policy_.version);
  const Answer answer = client.ask(operation, [this](common::JsonWriter& json) {
    json.member("connectorId", identity_.id);
    json.member("friendlyName", identity_.name + " run @ " + common::seconds_text(start_));
    if (has_feature(policy_.version, Feature::multi_part_work)) json.member("isMultiPartWork", true);
  });
  if (!answer.ok()) fail(operation, answer);
  std::string id = field(answer, "workAdd.id");
  if (id.empty())
    throw common::Failure(common::ExitStatus::unavailable, "workAdd: the platform answered without an id");
  return id;
}

void Work::open_locked(GraphqlClient& client) {
  id_ = add_work(client);
  if (policy_.hold) {
    const Answer held = change_expectations(client, id_, 1);
    if (!held.ok()) fail(operations::work_add_expectations, held);
  }
  if (policy_.validate) put_into_draft(client);
}

void Work::put_into_draft(GraphqlClient& client) {
  const Answer added = client.ask(operations::draft_add, [this](common::JsonWriter& json) {
    json.key("input").begin_object().member("name", id_ + ".json").end_object();
  });
  if (!added.ok()) fail(operations::draft_add, added);
  draft_id_ = field(added, "draftWorkspaceAdd.id");
  const Answer bound = client.ask(operations::work_draft_context, [this](common::JsonWriter& json) {
    json.member("id", id_).member("draftContext", draft_id_);
  });
  if (!bound.ok()) fail(operations::work_draft_context, bound);
}

void Work::replace_if_gone(GraphqlClient& client, std::uint64_t disturbances, const std::function<void()>& gone) {
  const std::lock_guard lock(mutex_);
  if (id_.empty() || !has_feature(policy_.version, Feature::worker_checks_work)) return;
  const Answer answer =
      client.ask(operations::work_alive, [this](common::JsonWriter& json) { json.member("id", id_); });
  const bool told = answer.ok() && has_field(answer, "isWorkAlive");
  if (told ? field(answer, "isWorkAlive") != "false" : disturbances == disturbances_) return;
  gone();
  log_.info("opening another work, since the run's work at the platform may be gone");
  // Without the right MODULES the platform does not tell. The work may still be there, and would stay open for ever.
  if (!told) close_locked(client, "replaced by another work", false);
  open_locked(client);
  disturbances_ = disturbances;
}

std::optional<std::string> Work::id_unless_changing() const {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  return lock ? std::optional(id_) : std::nullopt;
}

Work::WorkState Work::state(GraphqlClient& client) const {
  const std::optional<std::string> current = id_unless_changing();
  if (!current) return WorkState::changing;
  if (current->empty() || !has_feature(policy_.version, Feature::worker_checks_work)) return WorkState::kept;
  const Answer answer =
      client.ask_once(operations::work_alive, [&current](common::JsonWriter& json) { json.member("id", *current); });
  if (!answer.ok() || field(answer, "isWorkAlive") != "false") return WorkState::kept;
  const std::optional<std::string> still = id_unless_changing();
  if (!still) return WorkState::changing;
  // A different id means that the work was replaced meanwhile.
  return *current == *still ? WorkState::gone : WorkState::kept;
}

Answer Work::change_expectations(GraphqlClient& client, const std::string& id, std::size_t count) {
  return client.ask(operations::work_add_expectations, [&](common::JsonWriter& json) {
    json.member("id", id).member("expectations", static_cast<std::int64_t>(count));
  });
}

Answer Work::expect(GraphqlClient& client, std::size_t count) { return change_expectations(client, id(), count); }

void Work::report_refused(GraphqlClient& client, const std::string& object, const std::string& reason) {
  const Answer answer = client.ask(operations::work_report_expectation, [&](common::JsonWriter& json) {
    json.member("id", id()).key("error").begin_object().member("error", reason).member("source", object).end_object();
  });
  if (!answer.ok()) log_.warning("the work was not told of a refused object: " + reason_of(answer));
}

void Work::close(GraphqlClient& client, const std::string& message, bool in_error) {
  const std::lock_guard lock(mutex_);
  if (!id_.empty()) close_locked(client, message, in_error);
  for (const std::string& id : std::exchange(for_repeats_, {})) {
    const Answer closed = client.ask(operations::work_processed, [&](common::JsonWriter& json) {
      json.member("id", id).member("message", "a push that was repeated, since its answer was lost");
      json.member("inError", false);
    });
    if (!closed.ok()) log_.warning("the work of a repeated push could not be closed: " + reason_of(closed));
  }
}

void Work::close_locked(GraphqlClient& client, const std::string& message, bool in_error) {
  const std::string id = std::exchange(id_, {});
  const Answer closed = client.ask(operations::work_processed, [&](common::JsonWriter& json) {
    json.member("id", id).member("message", message).member("inError", in_error);
  });
  if (!closed.ok()) {
    // Keep the hold too: the platform may still be closing the work, and the release must not overtake that.
    log_.warning("the work could not be closed: " + reason_of(closed));
    return;
  }
  if (!policy_.hold) return;
  // Release after closing: unlike closing a work with nothing left to count, this never makes the platform forget it.
  const Answer released =
      client.ask(operations::work_report_expectation, [&id](common::JsonWriter& json) { json.member("id", id); });
  if (!released.ok()) log_.warning("the hold on the work could not be released: " + reason_of(released));
}

}  // namespace push_opencti
