// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/ledger/print_ledger.hpp"

#include <map>

#include "common/json/json_writer.hpp"
#include "common/program/failure.hpp"
#include "tools/push-opencti/ledger/ledger_store.hpp"

namespace push_opencti {

namespace {

void print_object(const std::string& object, const HeldObject& held, const std::map<std::int64_t, LedgerWork>& works,
                  common::RecordWriter& out) {
  const auto work = works.find(held.work);
  const bool pending = work != works.end() && work->second.state == WorkState::pending;
  const bool unknown = held.work == no_work || (work != works.end() && !pending);
  std::string line;
  common::JsonWriter json(line);
  json.begin_object().member("object", object);
  json.member("status", pending ? "pending" : unknown ? "unknown" : "held");
  if (pending) json.member("work_id", work->second.id);
  json.end_object();
  out.write(line);
}

void print_refusal(const Refusal& refusal, common::RecordWriter& out) {
  std::string line;
  common::JsonWriter json(line);
  json.begin_object().member("object", refusal.object).member("status", "refused").key("incident");
  if (refusal.incident.empty()) {
    json.null();
  } else {
    json.text(refusal.incident);
  }
  json.member("reason", refusal.reason).end_object();
  out.write(line);
}

}  // namespace

void print_ledger_file(const std::string& path, common::RecordWriter& out) {
  try {
    LedgerStore store(path, Database::Access::read);
    std::map<std::int64_t, LedgerWork> works;
    for (LedgerWork& work : store.works()) works.emplace(work.number, std::move(work));
    store.each_object(
        [&](const std::string& object, const HeldObject& held) { print_object(object, held, works, out); });
    for (const Refusal& refusal : store.refusals()) print_refusal(refusal, out);
  } catch (const DatabaseFault& fault) {
    throw common::Failure(common::ExitStatus::no_input, "cannot read the ledger " + path + ": " + fault.what());
  }
}

}  // namespace push_opencti
