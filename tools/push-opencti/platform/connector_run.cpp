// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/connector_run.hpp"

#include <algorithm>
#include <utility>

namespace push_opencti {

namespace {

StateClaim::Stored stored_state(const Answer& answer, const std::string& path) {
  if (!has_field(answer, path)) return {};
  return field(answer, path);
}

StateClaim::Stored registered_state(const Answer& answer) {
  return stored_state(answer, "registerConnector.connector_state");
}

StateClaim::Stored pinged_state(const Answer& answer) { return stored_state(answer, "pingConnector.connector_state"); }

}  // namespace

ConnectorRun::ConnectorRun(Setup setup, common::Log& log)
    : identity_(setup.identity),
      log_(log),
      work_(setup.work, setup.identity, setup.start, log),
      figures_(std::move(setup.figures)),
      claim_(std::move(setup.claimed_state), log, std::move(setup.propose_mark)) {}

void ConnectorRun::open(GraphqlClient& client) {
  bool registered = false;
  const Answer pinged = client.ask_anew(operations::ping, [&](int) {
    // Both again at each try: a ping repeated alone after a lost answer could undo a reset that came in between.
    const Answer answer = client.ask(operations::register_connector, register_body(identity_));
    if (!answer.ok()) fail(operations::register_connector, answer);
    const std::lock_guard lock(mutex_);
    if (std::exchange(registered, true)) {
      claim_.compare_opening(registered_state(answer));
    } else {
      registration_ = read_registration(answer);
      claim_.compare_first(registered_state(answer));
    }
    return ping_body(identity_.id, claim_.text_to_send({}), figures_);
  });
  if (!pinged.ok()) fail(operations::ping, pinged);
  const std::lock_guard lock(mutex_);
  claim_.compare_opening(pinged_state(pinged));
}

Answer ConnectorRun::ping(GraphqlClient& client, const std::optional<std::string>& state) {
  Answer registered = client.ask_once(operations::register_connector, register_body(identity_));
  if (!registered.ok()) return registered;
  std::string body;
  std::string sent;
  {
    const std::lock_guard lock(mutex_);
    registration_ = read_registration(registered);
    claim_.compare_registered(registered_state(registered));
    sent = claim_.text_to_send(state);
    body = ping_body(identity_.id, sent, figures_);
  }
  Answer pinged = client.ask_once(operations::ping, body);
  if (!pinged.ok()) return pinged;
  const std::lock_guard lock(mutex_);
  claim_.compare_pinged(pinged_state(pinged), sent);
  return pinged;
}

Answer ConnectorRun::store(GraphqlClient& client, common::Clock& clock, std::chrono::seconds budget,
                           const std::optional<std::string>& state) {
  // Both requests again each time, as in open().
  const auto end = clock.steady() + budget;
  std::chrono::milliseconds wait{1000};
  for (;;) {
    Answer answer = ping(client, state);
    const bool transient = answer.kind == AnswerKind::again || answer.kind == AnswerKind::again_briefly ||
                           answer.kind == AnswerKind::connector_unknown;
    if (!transient || clock.steady() + wait > end) return answer;
    log_.warning_of_kind("retry state", "the state could not be stored yet: " + reason_of(answer));
    if (!clock.sleep(wait)) return answer;
    wait = std::min(wait * 2, std::chrono::milliseconds{60'000});
  }
}

void ConnectorRun::register_again(GraphqlClient& client) {
  const Answer answer = client.ask(operations::register_connector, register_body(identity_));
  if (!answer.ok()) fail(operations::register_connector, answer);
  {
    const std::lock_guard lock(mutex_);
    registration_ = read_registration(answer);
    claim_.compare_registered(registered_state(answer));
  }
  replace_work_if_gone(client);
}

void ConnectorRun::open_work(GraphqlClient& client) { work_.open(client, disturbances()); }

void ConnectorRun::replace_work_if_gone(GraphqlClient& client) {
  work_.replace_if_gone(client, disturbances(), [this] { give_up_claim(work_is_gone); });
}

void ConnectorRun::give_up_claim(const std::string& cause) {
  const std::lock_guard lock(mutex_);
  claim_.give_up(cause);
}

void ConnectorRun::note_disturbance(const std::string& cause) {
  const std::lock_guard lock(mutex_);
  claim_.give_up_disturbed(cause);
}

bool ConnectorRun::holds_claim() const {
  const std::lock_guard lock(mutex_);
  return claim_.holds();
}

bool ConnectorRun::mark_is_stored() const {
  const std::lock_guard lock(mutex_);
  return claim_.mark_is_stored();
}

bool ConnectorRun::lost_claim() const {
  const std::lock_guard lock(mutex_);
  return claim_.lost();
}

bool ConnectorRun::lost_some() const {
  const std::lock_guard lock(mutex_);
  return claim_.lost_some();
}

std::string ConnectorRun::state() const {
  const std::lock_guard lock(mutex_);
  return claim_.state();
}

std::uint64_t ConnectorRun::disturbances() const {
  const std::lock_guard lock(mutex_);
  return claim_.disturbances();
}

Registration ConnectorRun::registration() const {
  const std::lock_guard lock(mutex_);
  return registration_;
}

void ConnectorRun::set_figures(const std::function<void(RunFigures&)>& change) {
  const std::lock_guard lock(mutex_);
  change(figures_);
}

}  // namespace push_opencti
