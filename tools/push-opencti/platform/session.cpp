// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/session.hpp"

#include <utility>

#include "tools/push-opencti/state/state_text.hpp"

namespace push_opencti {

namespace {

std::optional<std::string> stored_state(const Answer& answer, const std::string& path) {
  if (!has_field(answer, path)) return {};
  return field(answer, path);
}

// The different ways of holding no state are told apart: after a ping of this run the platform holds "null", after a
// reset "", in a connector made anew nothing. Else a reset while there is no state, which empties the queue as well,
// would pass unseen.
bool is_same(const std::optional<std::string>& one, const std::optional<std::string>& other) {
  const std::string small = comparable_state(one.value_or(""));
  return small == comparable_state(other.value_or("")) && (!small.empty() || one == other);
}

}  // namespace

Session::Session(Identity identity, RunFigures figures, std::optional<std::string> claimed_state, common::Log& log)
    : identity_(std::move(identity)),
      log_(log),
      figures_(std::move(figures)),
      claimed_state_(std::move(claimed_state)) {}

void Session::open(GraphqlClient& client) {
  bool registered = false;
  const Answer pinged = client.ask_anew(operations::ping, [&] {
    // Both again each time: a ping repeated alone after a lost answer could undo a reset that came in between.
    const Answer answer = client.ask(operations::register_connector, register_body(identity_));
    if (!answer.ok()) fail(operations::register_connector, answer);
    const std::lock_guard lock(mutex_);
    if (std::exchange(registered, true)) {
      note_opening_state(stored_state(answer, "registerConnector.connector_state"));
    } else {
      note_first_registration(answer);
    }
    return ping_body(identity_.id, text_to_keep(), figures_);
  });
  if (!pinged.ok()) fail(operations::ping, pinged);
  const std::lock_guard lock(mutex_);
  note_opening_state(stored_state(pinged, "pingConnector.connector_state"));
}

void Session::note_first_registration(const Answer& answer) {
  registration_ = read_registration(answer);
  expected_ = stored_state(answer, "registerConnector.connector_state");
  opened_ = true;
  claim_ = claimed_state_.has_value();
  if (claim_ && comparable_state(*claimed_state_) != comparable_state(expected_.value_or(""))) {
    claim_ = false;
    log_.warning(
        "the platform's state is not the one that this run started from (the refresh button was pressed, or another "
        "process moved it): everything is pushed, but the state is left alone");
  }
}

// Nothing was pushed yet, so that of several ways to hold no state each will do.
void Session::note_opening_state(const Stored& found) {
  if (comparable_state(found.value_or("")) != comparable_state(expected_.value_or(""))) {
    note_foreign_state(found, "was reset while this run registered");
  }
  expected_ = found;
}

// The platform's own connectors write the text "null" while they have no state.
std::string Session::text_to_keep() const {
  return comparable_state(expected_.value_or("")).empty() ? "null" : *expected_;
}

void Session::note_registration(const Answer& answer) {
  registration_ = read_registration(answer);
  const Stored found = stored_state(answer, "registerConnector.connector_state");
  if (!is_ours(found)) {
    note_foreign_state(found,
                       "was changed by somebody else (the refresh button, a deleted connector, or a second process "
                       "with the same CONNECTOR_ID)");
    note_emptied_queue(found);
    return;
  }
  expected_ = found;
  maybe_stored_.reset();
}

bool Session::is_ours(const Stored& found) const {
  return is_same(found, expected_) || (maybe_stored_ && is_same(found, maybe_stored_));
}

void Session::note_foreign_state(const Stored& found, const std::string& cause) {
  expected_ = found;
  maybe_stored_.reset();
  ++disturbances_;
  if (!claim_) {
    log_.debug("the platform's state " + cause);
    return;
  }
  claim_ = false;
  log_.warning("the platform's state " + cause + ": the rest is pushed, but the state is left alone");
}

void Session::give_up_claim(const std::string& cause) {
  const std::lock_guard lock(mutex_);
  if (claim_) log_.warning(cause + ": the rest is pushed, but the state is left alone");
  claim_ = false;
  note_loss(cause);
}

// The next run of those that move the state sends again by itself.
void Session::note_loss(const std::string& cause) {
  if (claimed_state_ || std::exchange(lost_some_, true)) return;
  log_.warning(cause + ": push all of it again");
}

// A reset and the deletion of a connector take its queue with them; a second process leaves a state of some kind.
void Session::note_emptied_queue(const Stored& found) {
  if (!found || found->empty())
    note_loss("the connector was reset or deleted at the platform, and with it perhaps what was pushed before");
}

void Session::note_disturbance(const std::string& cause) {
  give_up_claim(cause);
  const std::lock_guard lock(mutex_);
  ++disturbances_;
}

Answer Session::ping(GraphqlClient& client, const std::optional<std::string>& state) {
  Answer registered = client.ask_once(operations::register_connector, register_body(identity_));
  if (!registered.ok()) return registered;
  std::string body;
  std::string sent;
  {
    const std::lock_guard lock(mutex_);
    note_registration(registered);
    sent = claim_ && state ? *state : text_to_keep();
    if (sent != expected_) maybe_stored_ = sent;
    body = ping_body(identity_.id, sent, figures_);
  }
  Answer pinged = client.ask_once(operations::ping, body);
  if (!pinged.ok()) return pinged;
  const Stored found = stored_state(pinged, "pingConnector.connector_state");
  const std::lock_guard lock(mutex_);
  if (is_same(found, sent)) {
    expected_ = found;
    maybe_stored_.reset();
  } else {
    note_foreign_state(found, "was reset");
    note_emptied_queue(found);
  }
  return pinged;
}

Answer Session::store(GraphqlClient& client, common::Clock& clock, std::chrono::seconds patience,
                      const std::optional<std::string>& state) {
  // Both requests again each time: a ping repeated alone after a lost answer could undo a reset that came in between.
  const auto end = clock.steady() + patience;
  std::chrono::milliseconds wait{1000};
  for (;;) {
    Answer answer = ping(client, state);
    const bool transient = answer.meaning == AnswerKind::again || answer.meaning == AnswerKind::again_briefly ||
                           answer.meaning == AnswerKind::connector_unknown;
    if (!transient || clock.steady() + wait > end) return answer;
    log_.warning_of_kind("retry state", "the state could not be stored yet: " + reason_of(answer));
    if (!clock.sleep(wait)) return answer;
    wait = std::min(wait * 2, std::chrono::milliseconds{60'000});
  }
}

void Session::register_again(GraphqlClient& client) {
  const Answer answer = client.ask(operations::register_connector, register_body(identity_));
  if (!answer.ok()) fail(operations::register_connector, answer);
  const std::lock_guard lock(mutex_);
  note_registration(answer);
}

bool Session::holds_claim() const {
  const std::lock_guard lock(mutex_);
  return claim_;
}

bool Session::lost_claim() const {
  const std::lock_guard lock(mutex_);
  return opened_ && claimed_state_.has_value() && !claim_;
}

bool Session::lost_some() const {
  const std::lock_guard lock(mutex_);
  return lost_some_;
}

std::string Session::state() const {
  const std::lock_guard lock(mutex_);
  return comparable_state(expected_.value_or(""));
}

std::uint64_t Session::disturbances() const {
  const std::lock_guard lock(mutex_);
  return disturbances_;
}

Registration Session::registration() const {
  const std::lock_guard lock(mutex_);
  return registration_;
}

void Session::set_figures(const std::function<void(RunFigures&)>& change) {
  const std::lock_guard lock(mutex_);
  change(figures_);
}

}  // namespace push_opencti
