// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/state_claim.hpp"

#include <utility>

#include "tools/push-opencti/state/state_text.hpp"

namespace push_opencti {

namespace {

bool is_none(const StateClaim::Stored& stored) { return comparable_state(stored.value_or("")).empty(); }

// The different ways of holding no state are told apart: after a ping of this run the platform holds "null", after a
// reset "", in a connector made anew nothing. Otherwise a reset while there is no state would pass unseen, and it
// empties the queue as well.
bool is_same(const StateClaim::Stored& one, const StateClaim::Stored& other) {
  const std::string text = comparable_state(one.value_or(""));
  return text == comparable_state(other.value_or("")) && (!text.empty() || one == other);
}

std::string without_mark(std::string_view state) { return comparable_state(with_ledger_mark(state, "")); }

}  // namespace

void StateClaim::compare_first(const Stored& found) {
  expected_ = found;
  opened_ = true;
  holds_ = claimed_.has_value();
  const std::string found_mark = ledger_mark(found.value_or(""));
  mark_ = propose_mark_ ? propose_mark_(found_mark) : "";
  // The marks are compared by the ledger. A push of this connector in between may have moved it.
  if (holds_ && without_mark(*claimed_) != without_mark(state())) {
    holds_ = false;
    log_.warning(
        "the platform's state is not the one that this run started from (the refresh button was pressed, or another "
        "process moved it): everything is pushed, but the state is left alone");
  }
}

void StateClaim::compare_opening(const Stored& found) {
  // Nothing was pushed yet, so the different ways of holding no state mean the same. The ping has written the mark.
  if (without_mark(found.value_or("")) != without_mark(state())) {
    note_foreign_state(found, "was reset while this run registered");
  }
  expected_ = found;
  maybe_stored_.reset();
}

void StateClaim::compare_registered(const Stored& found) {
  if (!is_same(found, expected_) && !(maybe_stored_ && is_same(found, maybe_stored_))) {
    note_foreign_state(found,
                       "was changed by somebody else (the refresh button, a deleted connector, or a second process "
                       "with the same CONNECTOR_ID)");
    note_emptied_queue(found);
    return;
  }
  expected_ = found;
  maybe_stored_.reset();
}

void StateClaim::compare_pinged(const Stored& found, const std::string& sent) {
  if (!is_same(found, sent)) {
    note_foreign_state(found, "was reset");
    note_emptied_queue(found);
    return;
  }
  expected_ = found;
  maybe_stored_.reset();
}

std::string StateClaim::text_to_send(const std::optional<std::string>& state) {
  // The platform's own connectors write the text "null" while they have no state.
  std::string text = holds_ && state ? *state : is_none(expected_) ? "null" : *expected_;
  if (mark_) text = with_ledger_mark(text, *mark_);
  if (text != expected_) maybe_stored_ = text;
  return text;
}

void StateClaim::note_foreign_state(const Stored& found, const std::string& cause) {
  expected_ = found;
  maybe_stored_.reset();
  mark_.reset();
  ++disturbances_;
  if (!holds_) {
    log_.debug("the platform's state " + cause);
    return;
  }
  holds_ = false;
  log_.warning("the platform's state " + cause + ": the rest is pushed, but the state is left alone");
}

void StateClaim::give_up(const std::string& cause) {
  if (holds_) log_.warning(cause + ": the rest is pushed, but the state is left alone");
  holds_ = false;
  note_loss(cause);
}

void StateClaim::give_up_disturbed(const std::string& cause) {
  give_up(cause);
  ++disturbances_;
}

void StateClaim::note_loss(const std::string& cause) {
  // After a run that was to move the state, the next one sends all of it again by itself.
  if (claimed_ || std::exchange(lost_some_, true)) return;
  log_.warning(cause + ": push all of it again");
}

// A reset and the deletion of a connector take its queue with them; a second process leaves a state of some kind.
void StateClaim::note_emptied_queue(const Stored& found) {
  if (!found || found->empty()) {
    note_loss("the connector was reset or deleted at the platform, and with it perhaps what was pushed before");
  }
}

bool StateClaim::mark_is_stored() const { return mark_ && ledger_mark(expected_.value_or("")) == *mark_; }

std::string StateClaim::state() const { return comparable_state(expected_.value_or("")); }

}  // namespace push_opencti
