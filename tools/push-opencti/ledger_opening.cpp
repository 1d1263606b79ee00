// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/ledger_opening.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "common/console/printable.hpp"
#include "common/json/json_writer.hpp"
#include "common/records/record_writer.hpp"
#include "tools/push-opencti/state/state_text.hpp"

namespace push_opencti {

namespace {

constexpr std::size_t most_works = 100;  // that are asked for in one run

// A work that waits for nothing that will ever come.
struct OpenWork {
  std::string id;
  std::int64_t missing = 0;  // expectations that nothing will meet
  std::int64_t own = 0;      // and those that this tool meets when it closes the work
  bool done = false;         // by what is known now
};

std::int64_t seconds_of(common::Instant now) { return now.ticks / common::ticks_per_second; }

std::vector<OpenWork> learn_works(Ledger& ledger, GraphqlClient& client, Context& context) {
  std::vector<OpenWork> open;
  std::vector<LedgerWork> works = ledger.pending_works();
  if (works.size() > most_works) works.resize(most_works);
  for (LedgerWork& work : works) {
    const Answer answer =
        client.ask(operations::read_work, [&work](common::JsonWriter& json) { json.member("id", work.id); });
    if (answer.kind == AnswerKind::cancelled) return open;
    if (!answer.ok()) {
      context.log.warning("OpenCTI does not tell what has become of the last run's objects, so they are sent again (" +
                          reason_of(answer) + "); the role Connector has the right MODULES that this needs");
      return open;
    }
    WorkReport report = read_work_report(field(answer, "work"));
    const WorkFate fate = fate_of(work, report, seconds_of(context.clock.now()));
    if (report.found && !report.complete) {
      const std::int64_t missing = report.expected - report.processed - work.own;
      open.push_back({work.id, std::max<std::int64_t>(missing, 0), work.own, fate != WorkFate::running});
    }
    ledger.learn(std::move(work), std::move(report), fate);
  }
  return open;
}

// Takes away the expectations that nothing will meet: the platform completes a work whose numbers are equal only.
void close_work(const OpenWork& work, GraphqlClient& client, Context& context) {
  const auto edit = [&](const Operation& operation, const std::function<void(common::JsonWriter&)>& more) {
    const Answer answer = client.ask(operation, [&](common::JsonWriter& json) {
      json.member("id", work.id);
      more(json);
    });
    if (!answer.ok()) context.log.debug("the work " + work.id + " could not be closed: " + reason_of(answer));
    return answer.ok();
  };
  if (work.missing > 0) {
    edit(operations::work_add_expectations, [&](auto& json) { json.member("expectations", -work.missing); });
  }
  const bool closed = edit(operations::work_processed, [](auto& json) {
    json.member("message", "closed by a later run: nothing more comes of it").member("inError", false);
  });
  for (std::int64_t i = 0; closed && i < work.own; ++i) edit(operations::work_report_expectation, [](auto&) {});
}

// Appends lines as fetch-incidents --failed writes them, which a list of incidents to fetch is made of.
void list_incidents(const std::string& path, const std::vector<std::string>& incidents) {
  if (incidents.empty()) return;
  std::string text;
  for (const std::string& incident : incidents) {
    common::JsonWriter json(text);
    json.begin_object().member("id", incident).member("error", "OpenCTI does not have all of it").end_object();
    text += '\n';
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) throw common::Failure(common::ExitStatus::io, "cannot open " + path + ": " + std::strerror(errno));
  try {
    common::write_all(fd, text, path);
  } catch (...) {
    ::close(fd);
    throw;
  }
  const bool durable = ::fsync(fd) == 0 || errno == EINVAL;
  ::close(fd);
  if (!durable) throw common::Failure(common::ExitStatus::io, "cannot make durable " + path);
}

bool can_be_used(const Options& options, const Platform& platform, Context& context) {
  if (!options.ledger) return false;
  const char* reason = nullptr;
  if (options.platform.validate) {
    reason = "what is pushed waits in a draft (CONNECTOR_VALIDATE_BEFORE_IMPORT)";
  } else if (!work_policy(platform.version(), options.platform.protocol, false).own_work) {
    reason = "this version of OpenCTI does not tell what became of a push over its API";
  }
  if (reason != nullptr) context.log.info(std::string("the ledger is not used, since ") + reason + ": all is sent");
  return reason == nullptr;
}

}  // namespace

std::unique_ptr<Ledger> open_with_ledger(const Options& options, Platform& platform, Context& context) {
  if (!can_be_used(options, platform, context)) {
    platform.open();
    return nullptr;
  }
  auto ledger = std::make_unique<Ledger>(
      Ledger::Options{*options.ledger, options.platform.identity.id, PROJECT_VERSION, options.send_all}, context.log);
  GraphqlClient& client = platform.client();
  const std::vector<OpenWork> open = learn_works(*ledger, client, context);
  platform.open([&ledger](std::string_view found) { return ledger->propose(found); });
  if (!platform.connector().mark_is_stored()) {
    ledger->abandon("somebody else wrote the connector's state while this run opened it");
    return ledger;
  }
  const bool trusted = ledger->confirm();
  // Without a state there was a reset, which has emptied the queue.
  const bool was_reset = !trusted && comparable_state(with_ledger_mark(platform.connector().state(), "")).empty();
  for (const OpenWork& work : open) {
    const bool purged = was_reset && !work_needs_hold(platform.version());
    if ((trusted && work.done) || purged) close_work(work, client, context);
  }
  const std::vector<std::string> incidents = ledger->incidents_to_repeat();
  if (options.refetch) list_incidents(*options.refetch, incidents);
  ledger->note_repeats_listed();
  return ledger;
}

}  // namespace push_opencti
