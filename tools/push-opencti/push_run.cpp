// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/push_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/console/printable.hpp"
#include "tools/push-opencti/platform/heartbeat.hpp"
#include "tools/push-opencti/push_figures.hpp"
#include "tools/push-opencti/state/state_keeper.hpp"

namespace push_opencti {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto batch_wait = 2s;               // a batch that is not full is sent after so long without input
constexpr auto batch_age = 10s;               // and after so long in all, where input trickles in
constexpr auto outcome_poll = 20ms;           // how soon receipts follow outcomes while the run waits for input
constexpr std::size_t most_waiting = 65'536;  // settled bundles that wait for an earlier one

std::optional<std::string> claimed_state(const Options& options) {
  if (!options.advance_from) return {};
  return read_claimed_state(*options.advance_from);
}

// Without a claim the input may be anything, so where it ends is not known.
common::Progress::Options progress_options(const Options& options, common::Instant now) {
  common::Progress::Options progress = options.progress;
  progress.done = "pushed";
  progress.beside_output = true;
  if (options.advance_from) progress.end = now;
  return progress;
}

common::State parse_state(const std::optional<std::string>& state) {
  std::string reason;
  return state ? common::State::parse(*state, reason).value_or(common::State{}) : common::State{};
}

}  // namespace

PushRun::PushRun(const Options& options, Context& context, common::Summary& summary, int output_fd)
    : options_(options),
      context_(context),
      summary_(summary),
      progress_(progress_options(options, context.clock.now()), context.clock, context.log),
      claimed_state_(claimed_state(options)),
      rejects_(options.rejects, options.strict, context.log, options.files),
      receipts_(output_fd),
      watermark_(parse_state(claimed_state_), options.overlap, context.clock.now()),
      settlement_(watermark_, rejects_, receipts_,
                  [this, on_terminal = ::isatty(output_fd) == 1] {
                    if (on_terminal) progress_.erase();
                  }),
      start_(context.clock.steady()) {}

common::ExitStatus PushRun::run() {
  common::RecordReader::Options reading;
  reading.files = options_.files;
  reading.max_line = options_.max_line;
  reading.stop = &context_.stop;
  reading.before_blocking = [this] { settlement_.settle(); };
  reading.what = "bundles from map-stix";
  reader_ = std::make_unique<common::RecordReader>(std::move(reading));
  open();
  if (target_.is_buffering) return common::ExitStatus::stopped_early;

  Heartbeat heartbeat([this] { target_.state->keep(state_to_store()); }, context_.heartbeat_interval);
  try {
    read_all();
  } catch (const common::Failure& failure) {
    note_failure(failure);
  }
  wait_for_outcomes();
  heartbeat.stop();
  finish_run();
  return status();
}

void PushRun::open() {
  target_ = open_target(options_, context_, claimed_state_);
  if (!options_.resend_lost) watermark_.set_pending({});
  if (options_.resend_lost && claimed_state_ && !target_.is_buffering) look_for_lost();
  if (options_.to_directory) open_directory();
}

// Messages that RabbitMQ acknowledged and lost, while no run looked, are sent again: the next run starts from where
// everything was ingested.
void PushRun::look_for_lost() {
  const std::optional<PendingReport> report =
      target_.state->check_pending(PendingWorks::of(parse_state(claimed_state_)));
  if (!report) return;
  watermark_.set_pending(report->pending);
  if (!report->lost) return;
  const std::string where = report->pending.from.empty() ? "the import's start" : report->pending.from;
  if (report->pending.resent) {
    context_.log.warning("OpenCTI has again not ingested all of what was pushed since " + where +
                         ", though the connector's queue is empty. It is not sent again: look at the errors of the "
                         "connector's works in OpenCTI");
    watermark_.forget_pending();
    return;
  }
  context_.log.warning("OpenCTI has not ingested all of what was pushed since " + where +
                       ", and the connector's queue is empty: it was deleted or emptied. The state goes back, so that "
                       "the next run sends it again (SENTINEL_INCIDENTS_RESEND_LOST=false turns this off)");
  watermark_.go_back();
  goes_back_ = true;
}

void PushRun::open_directory() {
  DirectorySink::Options directory;
  directory.directory = options_.directory;
  directory.applicant_id = options_.applicant_id.empty() ? target_.user_id : options_.applicant_id;
  directory.retention_days = options_.retention_days;
  directory.validate = options_.platform.validate;
  if (directory.applicant_id.empty()) {
    throw common::Failure(common::ExitStatus::settings,
                          "OpenCTI does not say who the connector's user is, and diode-import deletes files that name "
                          "none: set SENTINEL_INCIDENTS_APPLICANT_ID or --applicant-id");
  }
  directory_ =
      std::make_unique<DirectorySink>(std::move(directory), options_.platform.identity, context_.clock, context_.log);
  directory_->sweep();
}

void PushRun::read_all() {
  last_input_ = context_.clock.steady();
  common::Record record;
  while (!must_end()) {
    const bool is_idle = settlement_.waiting() == 0;
    const auto before = context_.clock.steady();
    const common::ReadResult result = reader_->next(record, longest_wait());
    if (is_idle) idle_ += context_.clock.steady() - before;
    switch (result) {
      case common::ReadResult::record:
        accept(record);
        last_input_ = context_.clock.steady();
        break;
      case common::ReadResult::end: read_to_end_ = true; return;
      case common::ReadResult::stopped: return;
      case common::ReadResult::timeout: break;
    }
    flush_if_due();
    collect(0ms);
    settlement_.settle(false);
    show_progress();
  }
}

bool PushRun::must_end() const {
  return context_.stop.received() != 0 || settlement_.output_failure() || target_.queue->failure();
}

void PushRun::show_progress() {
  if (progress_.due()) progress_.show(reached());
}

common::Reached PushRun::reached() const {
  const Settlement::Counts& counts = settlement_.counts();
  return {.count = counts.bundles, .date = common::parse_instant(counts.last_update), .share = reader_->share()};
}

// How long reading may wait for input before something else is to be done; nothing for as long as it takes.
std::optional<milliseconds> PushRun::longest_wait() const {
  std::optional<milliseconds> wait = progress_.patience();
  const auto shorten = [&wait](milliseconds other) { wait = std::min(wait.value_or(other), other); };
  if (target_.queue->gathering()) shorten(std::chrono::ceil<milliseconds>(std::max(until_flush(), 0ns)));
  // By what is not settled, not by what the sink holds: an outcome may have come since the last look.
  if (settlement_.waiting() > 0) shorten(target_.queue->busy() ? outcome_poll : milliseconds(batch_wait));
  return wait;
}

std::chrono::steady_clock::duration PushRun::until_flush() const {
  const auto due = std::min(last_input_ + batch_wait, gathering_since_ + batch_age);
  return due - context_.clock.steady();
}

void PushRun::flush_if_due() {
  if (target_.queue->gathering() && until_flush() <= 0ns) target_.queue->flush();
}

void PushRun::accept(const common::Record& record) {
  auto bundle = std::make_shared<Bundle>();
  std::string reason = "longer than --max-line allows";
  if (record.oversize || !parser_.parse(record.text, *bundle, reason)) {
    rejects_.add(record, reason, reader_.get());
    settlement_.add_rejected();
    return;
  }
  bundle->where = record.where();
  if (is_left_out(*bundle)) {
    bundle->number = settlement_.next_number();
    settlement_.add(bundle);
    settlement_.deliver({bundle->number, Outcome::Kind::left_out, {}, {}});
    return;
  }
  warn_of_shared_case(*bundle);
  target_.queue->prepare();
  if (!wait_for_room(*bundle)) return;
  bundle->number = settlement_.next_number();
  settlement_.add(bundle);
  if (directory_) directory_->write(*bundle);
  if (!target_.queue->gathering()) gathering_since_ = context_.clock.steady();
  target_.queue->take(std::move(bundle));
}

// To a platform that never had the case of a merged incident, its bundle would bring one that holds nothing.
bool PushRun::is_left_out(const Bundle& bundle) {
  if (bundle.merged_into.empty() || cases_.knows(bundle.case_id)) return false;
  return !target_.may_hold_case(bundle.case_id);
}

void PushRun::warn_of_shared_case(const Bundle& bundle) {
  const std::optional<std::string> other = cases_.note(bundle);
  if (!other || std::exchange(warned_of_shared_case_, true)) return;
  context_.log.warning("incidents " + common::excerpt(*other) + " and " + common::excerpt(bundle.incident) +
                       " have one case, since they have one name and were created in the same millisecond: OpenCTI "
                       "holds them as one. Further ones of this run are not reported");
}

// False when the run must end before there is room.
bool PushRun::wait_for_room(const Bundle& bundle) {
  QueueSink& queue = *target_.queue;
  // With nothing open in the sink, what waits is doubtful bundles, and they wait for the outcome of this one.
  while (queue.open() > 0 && (!queue.has_room(bundle) || settlement_.waiting() > most_waiting)) {
    queue.flush();
    collect(100ms);
    show_progress();
    if (must_end()) return false;
  }
  return true;
}

// A refused bundle stays doubtful until another one is taken: only then is the platform not at fault.
void PushRun::collect(milliseconds wait) {
  std::vector<Outcome> outcomes = target_.queue->collect(wait);
  for (Outcome& outcome : outcomes) {
    if (options_.resend_lost && outcome.messages > 0 && !outcome.work_id.empty())
      watermark_.note_pushed(outcome.work_id, outcome.messages);
    if (outcome.kind == Outcome::Kind::unchanged) {
      settlement_.deliver(outcome);
      continue;
    }
    if (outcome.kind == Outcome::Kind::refused) {
      doubtful_.push_back(std::move(outcome));
      continue;
    }
    for (const Outcome& doubtful : std::exchange(doubtful_, {})) settlement_.reject(doubtful);
    if (outcome.kind == Outcome::Kind::sent) {
      settlement_.deliver(outcome);
    } else {
      settlement_.reject(outcome);
    }
  }
  if (!outcomes.empty()) settlement_.settle();
}

// Waits for what is on its way, so that what the platform took is known to be taken. After a signal nothing is waited
// for: stop() gives up what is on its way, even where RabbitMQ takes no more.
void PushRun::wait_for_outcomes() {
  QueueSink& queue = *target_.queue;
  try {
    const bool all = !must_end() && (!failure_ || failure_->status() == common::ExitStatus::rejected || read_to_end_);
    if (all) queue.flush();
    while (context_.stop.received() == 0 && (queue.busy() || (all && queue.open() > 0 && !must_end()))) {
      collect(100ms);
      show_progress();
    }
    queue.stop();
    collect(0ms);
    if (const auto failure = queue.failure(); failure && context_.stop.received() == 0) note_failure(*failure);
    if (!failure_ && !must_end()) {
      for (const Outcome& outcome : std::exchange(doubtful_, {})) settlement_.reject(outcome);
    }
    settlement_.settle();
  } catch (const common::Failure& failure) {
    note_failure(failure);
    queue.stop();
  }
}

std::optional<std::string> PushRun::state_to_store() const {
  return claimed_state_ ? watermark_.state() : std::nullopt;
}

void PushRun::finish_run() {
  const QueueSink& queue = *target_.queue;
  try {
    target_.state->finish(state_to_store(), {closing_message(), queue.failure().has_value(), queue.unanswered() == 0});
  } catch (const common::Failure& failure) {
    note_failure(failure);
  }
  progress_.erase();
  tell_summary();
}

std::string PushRun::closing_message() const {
  const Settlement::Counts& counts = settlement_.counts();
  std::string text =
      "pushed " + common::counted(counts.bundles, "bundle") + " with " + common::counted(counts.objects, "object");
  if (const std::uint64_t requests = target_.queue->requests(); requests > 0)
    text += " in " + common::counted(requests, options_.platform.protocol == "api" ? "request" : "message");
  if (counts.held > 0) text += ", " + common::counted(counts.held, "object") + " of them unchanged and not sent";
  return text + ", " + std::to_string(counts.rejected) + " rejected";
}

void PushRun::tell_summary() {
  const std::chrono::duration<double> spent = context_.clock.steady() - start_ - idle_;
  summary_.tell(closing_message(), push_figures(settlement_.counts(), target_.ledger, target_.queue->requests(),
                                                claimed_state_.value_or(""), target_.state->state(), spent.count()));
}

// The first failure decides the exit status; the others are only reported.
void PushRun::note_failure(const common::Failure& failure) {
  if (!failure_) {
    failure_ = failure;
  } else if (*failure.what() != '\0') {
    context_.log.error(failure.what());
  }
}

common::ExitStatus PushRun::status() const {
  context_.log.summarise();
  if (failure_ && *failure_->what() != '\0') context_.log.error(failure_->what());
  if (const int signal = context_.stop.received(); signal != 0) return static_cast<common::ExitStatus>(128 + signal);
  if (failure_) return failure_->status();
  if (const auto& output = settlement_.output_failure()) {
    if (*output->what() != '\0') context_.log.error(output->what());
    return output->status();
  }
  if (target_.state->must_run_again() || goes_back_) return common::ExitStatus::stopped_early;
  return settlement_.counts().rejected > 0 ? common::ExitStatus::rejected : common::ExitStatus::done;
}

}  // namespace push_opencti
