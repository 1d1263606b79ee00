// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/work.hpp"

namespace stand_in {

namespace {

Json moment(const std::optional<Ticks>& time) { return time ? Json(format_instant(*time, 3)) : Json(); }

Json work_message(Ticks now, const std::string& message) {
  return Json().set("timestamp", format_instant(now, 3)).set("message", message);
}

}  // namespace

WorkRules WorkRules::of(const Version& version) {
  const auto since = [&](const char* first) { return version >= Version::parse(first); };
  WorkRules rules{};
  rules.dead_works_lose_messages = since("6.8.7");
  rules.completion_kills = since("6.8.7") && !since("7.260510");
  rules.strict_completion = !since("7.260422");
  rules.own_work_always = !since("6.5.7");
  rules.push_splits = since("7.260818");
  return rules;
}

bool Work::all_processed(const WorkRules& rules) const {
  return rules.strict_completion ? processed == expected : processed >= expected;
}

void Work::complete(Ticks now) {
  status = "complete";
  completed_time = now;
}

void Work::to_received(const std::string& message, Ticks now) {
  if (!received_time) received_time = now;
  status = "progress";
  messages.push(work_message(now, message));
}

void Work::to_processed(const std::string& message, bool in_error, const WorkRules& rules, Ticks now) {
  processed_time = now;
  messages.push(work_message(now, message));
  if (in_error) errors.push(work_message(now, message));
  if (expected == 0 || all_processed(rules)) {
    complete(now);
    if (rules.completion_kills) alive = false;
  } else if (multipart) {
    marked_processed = true;
  }
}

void Work::report(const Json& error, const WorkRules& rules, Ticks now) {
  static constexpr std::size_t errors_kept = 100;
  ++processed;
  last_import = now;
  if (error.is_object() && errors.array().size() < errors_kept) {
    errors.push(work_message(now, error.text("error")).set("source", error.text("source")));
  }
  if (all_processed(rules) && (!multipart || marked_processed)) complete(now);
}

void Work::close_as_old(const WorkRules& rules, Ticks now) {
  complete(now);
  if (rules.completion_kills) alive = false;
}

Json Work::describe() const {
  Json tracking;
  tracking.set("import_expected_number", expected)
      .set("import_last_processed", moment(last_import))
      .set("import_processed_number", processed);
  Json work;
  work.set("id", id)
      .set("name", name)
      .set("timestamp", format_instant(timestamp, 3))
      .set("status", status)
      .set("event_source_id", nullptr)
      .set("received_time", moment(received_time))
      .set("processed_time", moment(processed_time))
      .set("completed_time", moment(completed_time))
      .set("completed_number", status == "complete" ? Json(processed) : Json())
      .set("messages", messages)
      .set("errors", errors)
      .set("tracking", std::move(tracking))
      .set("draft_context", draft_context.empty() ? Json() : Json(draft_context));
  return work;
}

}  // namespace stand_in
