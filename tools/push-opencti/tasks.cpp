// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/tasks.hpp"

#include "common/console/printable.hpp"
#include "common/records/record_reader.hpp"
#include "common/records/record_writer.hpp"
#include "common/records/rejects.hpp"
#include "tools/push-opencti/ledger/print_ledger.hpp"
#include "tools/push-opencti/settlement.hpp"
#include "tools/push-opencti/state/state_file.hpp"
#include "tools/push-opencti/state/state_text.hpp"

namespace push_opencti {

namespace {

constexpr std::chrono::seconds keep_alive_interval{120};
constexpr std::chrono::seconds keep_alive_limit{10};

common::ExitStatus stopped_by(const common::StopSignal& stop) {
  return static_cast<common::ExitStatus>(128 + stop.received());
}

std::string stored_state(const Options& options, Context& context) {
  if (!options.to_queue) return read_state_file(*options.state_file);
  GraphqlClient client(context.connect(options.platform.request_timeout, &context.stop), context.clock, context.log,
                       {options.platform.retry_budget, 0});
  ask_version(client);
  return register_connector(client, options.platform.identity).state;
}

}  // namespace

common::ExitStatus dry_run(const Options& options, Context& context) {
  common::RecordWriter receipts;
  common::Rejects rejects({}, options.strict, context.log);
  common::RecordReader reader({.files = options.files,
                               .max_line = options.max_line,
                               .before_blocking = [&receipts] { receipts.flush(); },
                               .stop = &context.stop,
                               .what = "bundles from map-stix"});
  BundleParser parser;
  std::uint64_t bundles = 0;
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;
  common::Record record;
  common::ReadResult result;
  while ((result = reader.next(record)) == common::ReadResult::record) {
    if (context.stop.received() != 0) break;
    Bundle bundle;
    std::string reason = "longer than --max-line allows";
    if (record.oversize || !parser.parse(record.text, bundle, reason)) {
      rejects.add(record, reason, &reader);
      continue;
    }
    ++bundles;
    objects += bundle.object_count;
    bytes += bundle.body_size;
    receipts.write(receipt(bundle, "dry-run", ""));
  }
  receipts.flush();
  context.log.summarise();
  context.log.info("would push " + common::counted(bundles, "bundle") + " with " + common::counted(objects, "object") +
                   ", " + common::counted(bytes, "byte") + "; " + common::counted(rejects.count(), "line") +
                   " would be rejected");
  if (context.stop.received() != 0) return stopped_by(context.stop);
  return rejects.count() > 0 ? common::ExitStatus::rejected : common::ExitStatus::done;
}

common::ExitStatus print_state(const Options& options, Context& context) {
  const std::string state = comparable_state(stored_state(options, context));
  parse_stored_state(state, options.to_queue ? std::nullopt : options.state_file);
  common::RecordWriter out;
  out.write(state.empty() ? "{}" : state);
  out.flush();
  return common::ExitStatus::done;
}

common::ExitStatus print_ledger(const Options& options) {
  common::RecordWriter out;
  print_ledger_file(*options.ledger, out);
  out.flush();
  return common::ExitStatus::done;
}

common::ExitStatus keep_alive(const Options& options, Context& context) {
  GraphqlClient client(context.connect(keep_alive_limit, &context.stop), context.clock, context.log,
                       {options.platform.retry_budget, 0});
  const std::string body = register_body(options.platform.identity);
  do {
    Answer answer = client.ask_once(operations::register_connector, body);
    // A starting platform refuses a good token for a moment, so a few tries are made before the token counts as
    // refused.
    if (answer.kind == AnswerKind::again_briefly) answer = client.ask(operations::register_connector, body);
    if (exit_status(answer) == common::ExitStatus::refused) fail(operations::register_connector, answer);
    if (!answer.ok() && answer.kind != AnswerKind::cancelled) {
      context.log.warning_of_kind("keep-alive",
                                  "registering failed, trying again in two minutes: " + reason_of(answer));
    }
  } while (context.clock.sleep(keep_alive_interval));
  return stopped_by(context.stop);
}

}  // namespace push_opencti
