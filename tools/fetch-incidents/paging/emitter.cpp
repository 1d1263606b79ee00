// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/paging/emitter.hpp"

#include "common/json/json_writer.hpp"
#include "common/program/failure.hpp"

namespace fetch_incidents {

bool Emitter::take(Incident incident) {
  reading_.asked_at = graph_.first_asked_at();
  if (incident.fate == Fate::moved) return false;
  if (!written_.is_new(incident)) {
    written_.admit(incident);
    return false;
  }
  if (incident.fate == Fate::failed) keep_failed(incident);
  written_.admit(incident);
  if (incident.fate == Fate::whole) {
    reading_.note_written(incident.at);
    batch_.push_back(std::move(incident));
  }
  return true;
}

void Emitter::keep_failed(const Incident& incident) {
  if (!failed_.kept()) {
    commit();
    throw common::Failure(common::ExitStatus::stopped_early,
                          "incident " + incident.id + " cannot be fetched: " + incident.error +
                              "; with --failed FILE it is noted there and the others go on");
  }
  std::string line;
  common::JsonWriter json(line);
  json.begin_object().member("id", incident.id).key("lastUpdateDateTime");
  if (incident.last_update.empty()) {
    json.null();
  } else {
    json.text(incident.last_update);
  }
  json.member("error", log_.mask(incident.error)).key("request_id");
  if (incident.request_id.empty()) {
    json.null();
  } else {
    json.text(log_.mask(incident.request_id));
  }
  json.end_object();
  ++missing_;
  // Each of Graph's messages has a new request id, so the message cannot be the kind.
  failed_.add(line, "incident " + incident.id, incident.error, "an incident that cannot be fetched");
  failed_.sync();
}

Reading Emitter::reading() const {
  Reading reading = reading_;
  reading.asked_at = graph_.first_asked_at();
  return reading;
}

void Emitter::commit() {
  if (batch_.empty()) return;
  queue_.put(std::move(batch_));
  batch_ = {};
}

}  // namespace fetch_incidents
