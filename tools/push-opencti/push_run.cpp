// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/push_run.hpp"

#include <algorithm>

#include "common/console/printable.hpp"
#include "common/json/json_writer.hpp"

namespace push_opencti {

namespace {

using namespace std::chrono_literals;

constexpr auto batch_patience = 2s;  // a batch that is not full goes after that long without input
constexpr auto batch_age = 10s;      // and does not wait longer than that for a slow trickle
constexpr auto verdict_poll = 20ms;  // how soon receipts follow outcomes while input is awaited
constexpr auto farewell_limit = 2s;
constexpr std::size_t most_waiting = 65'536;  // settled bundles that wait for an earlier one

std::optional<std::string> claimed_state(const Options& options) {
  if (!options.advance_from) return {};
  return read_claimed_state(*options.advance_from);
}

// Without a claim the input may be anything, and where it ends is not known.
common::Progress::Options showing(const Options& options, common::Instant now) {
  common::Progress::Options progress = options.progress;
  progress.done = "pushed";
  progress.beside_output = true;
  if (options.advance_from) progress.end = now;
  return progress;
}

// The watermark of a state, as JSON.
std::string watermark_of(const std::optional<std::string>& state) {
  std::string reason;
  const auto read = common::State::parse(state && !state->empty() ? *state : "{}", reason);
  const auto watermark = read ? read->watermark() : std::nullopt;
  return watermark ? "\"" + common::seconds_text(*watermark) + "\"" : "null";
}

common::State parsed(const std::optional<std::string>& state) {
  std::string reason;
  return state ? common::State::parse(*state, reason).value_or(common::State{}) : common::State{};
}

}  // namespace

PushRun::PushRun(const Options& options, Environment& around, common::Summary& summary, int output_fd)
    : options_(options),
      around_(around),
      summary_(summary),
      progress_(showing(options, around.clock.now()), around.clock, around.log),
      claimed_state_(claimed_state(options)),
      rejects_(options.rejects, options.strict, around.log),
      receipts_(output_fd),
      watermark_(std::make_unique<Watermark>(parsed(claimed_state_), options.overlap, around.clock.now())),
      settlement_(std::make_unique<Settlement>(*watermark_, rejects_, receipts_, [this] { progress_.erase(); })),
      start_(around.clock.steady()) {}

common::ExitStatus PushRun::run() {
  common::RecordReader::Options reading;
  reading.files = options_.files;
  reading.max_line = options_.max_line;
  reading.stop = &around_.stop;
  reading.before_blocking = [this] { settlement_->settle(); };
  reading.what = "bundles from map-stix";
  reader_ = std::make_unique<common::RecordReader>(std::move(reading));
  open();
  if (platform_ && platform_->is_buffering()) return common::ExitStatus::stopped_early;

  Heartbeat heartbeat(
      [this] {
        try {
          keep_state();
        } catch (const common::Failure& failure) {
          around_.log.warning_of_kind("heartbeat", failure.what());
        }
      },
      around_.heartbeat_interval);
  try {
    read_all();
  } catch (const common::Failure& failure) {
    note(failure);
  }
  finish_pushing();
  heartbeat.stop();
  finish_run();
  return status();
}

void PushRun::open() {
  if (options_.to_queue) {
    platform_ = std::make_unique<Platform>(options_, around_, claimed_state_);
    platform_->open();
  } else if (options_.state_file) {
    file_state_ = std::make_unique<FileState>(*options_.state_file, claimed_state_, around_.log);
  }
  if (options_.to_directory) open_directory();
}

void PushRun::open_directory() {
  DirectorySink::Options directory;
  directory.directory = options_.directory;
  directory.applicant_id = options_.applicant_id;
  directory.retention_days = options_.retention_days;
  directory.validate = options_.validate;
  if (directory.applicant_id.empty() && platform_) directory.applicant_id = platform_->session().registration().user_id;
  if (directory.applicant_id.empty()) {
    throw common::Failure(common::ExitStatus::settings,
                          "OpenCTI does not say who the connector's user is, and diode-import deletes files that name "
                          "none: set SENTINEL_INCIDENTS_APPLICANT_ID or --applicant-id");
  }
  directory_ = std::make_unique<DirectorySink>(std::move(directory), options_.identity, around_.clock, around_.log);
  directory_->sweep();
}

void PushRun::read_all() {
  last_input_ = around_.clock.steady();
  common::Record record;
  while (!must_end()) {
    const bool nothing_to_do = settlement_->waiting() == 0;
    const auto before = around_.clock.steady();
    const common::ReadResult result = reader_->next(record, patience());
    if (nothing_to_do) idle_ += around_.clock.steady() - before;
    switch (result) {
      case common::ReadResult::record:
        accept(record);
        last_input_ = around_.clock.steady();
        break;
      case common::ReadResult::end: read_to_end_ = true; return;
      case common::ReadResult::stopped: return;
      case common::ReadResult::timeout: break;
    }
    flush_if_due();
    collect(0ms);
    settlement_->settle(false);
    show_progress();
  }
}

bool PushRun::must_end() const {
  if (around_.stop.received() != 0 || settlement_->output_failure()) return true;
  const QueueSink* sink = platform_ ? platform_->queue_if_open() : nullptr;
  return sink != nullptr && sink->failure();
}

void PushRun::show_progress() {
  if (progress_.due()) progress_.show(reached());
}

common::Reached PushRun::reached() const {
  const Settlement::Counts& counts = settlement_->counts();
  return {.count = counts.bundles, .date = common::parse_instant(counts.last_update), .share = reader_->share()};
}

std::optional<std::chrono::milliseconds> PushRun::patience() const {
  const auto for_progress = progress_.patience();
  const QueueSink* sink = platform_ ? platform_->queue_if_open() : nullptr;
  // Not by what the sink has open: a verdict may have come since the last look, and its receipt must not wait for more
  // input.
  if (sink == nullptr || settlement_->waiting() == 0) return for_progress;
  const std::chrono::milliseconds for_sink = sink->busy() ? verdict_poll : std::chrono::milliseconds(batch_patience);
  return std::min(for_sink, for_progress.value_or(for_sink));
}

void PushRun::flush_if_due() {
  QueueSink* sink = platform_ ? platform_->queue_if_open() : nullptr;
  if (sink == nullptr || !sink->gathering()) return;
  const auto now = around_.clock.steady();
  if (now - last_input_ >= batch_patience || now - gathering_since_ >= batch_age) sink->flush();
}

void PushRun::accept(const common::Record& record) {
  auto bundle = std::make_shared<Bundle>();
  std::string reason = "longer than --max-line allows";
  if (record.oversize || !parser_.parse(record.text, *bundle, reason)) {
    rejects_.add(record, reason, reader_.get());
    settlement_->add_rejected();
    return;
  }
  bundle->where = (record.file == "-" ? "" : std::string(record.file) + ": ") + "line " + std::to_string(record.line);
  if (platform_ && !wait_for_room(*bundle)) return;
  bundle->number = settlement_->next_number();
  settlement_->add(bundle);
  if (directory_) directory_->write(*bundle);
  if (!platform_) {
    settlement_->deliver({bundle->number, Outcome::Kind::sent, {}, {}});
    return;
  }
  QueueSink& sink = platform_->queue();
  if (!sink.gathering()) gathering_since_ = around_.clock.steady();
  sink.take(std::move(bundle));
}

// Opens the way to the queue at the first bundle. False when the run must end before there is room.
bool PushRun::wait_for_room(const Bundle& bundle) {
  QueueSink& sink = platform_->queue();
  platform_->replace_lost_work();
  // A sink that holds nothing has room, and what waits then waits for this bundle: a doubtful one, until another is
  // taken.
  while (sink.open() > 0 && (!sink.has_room(bundle) || settlement_->waiting() > most_waiting)) {
    sink.flush();
    collect(100ms);
    show_progress();
    if (must_end()) return false;
  }
  return true;
}

void PushRun::collect(std::chrono::milliseconds wait) {
  QueueSink* sink = platform_ ? platform_->queue_if_open() : nullptr;
  if (sink == nullptr) return;
  std::vector<Outcome> outcomes = sink->collect(wait);
  for (Outcome& verdict : outcomes) {
    if (verdict.kind == Outcome::Kind::refused) {
      doubtful_.push_back(std::move(verdict));
      continue;
    }
    for (const Outcome& doubtful : std::exchange(doubtful_, {})) settlement_->reject(doubtful);
    if (verdict.kind == Outcome::Kind::sent) {
      settlement_->deliver(verdict);
    } else {
      settlement_->reject(verdict);
    }
  }
  if (!outcomes.empty()) settlement_->settle();
}

// Waits for what is on its way, so that what the platform took is known to be taken. After a signal the connections
// give up by themselves.
void PushRun::finish_pushing() {
  QueueSink* sink = platform_ ? platform_->queue_if_open() : nullptr;
  try {
    if (sink != nullptr) {
      const bool all = !must_end() && (!failure_ || failure_->status() == common::ExitStatus::rejected || read_to_end_);
      if (all) sink->flush();
      // After a signal nothing is waited for: stop() gives up what is on its way, even where RabbitMQ takes no more.
      while (around_.stop.received() == 0 && (sink->busy() || (all && sink->open() > 0 && !must_end()))) {
        collect(100ms);
        show_progress();
      }
      sink->stop();
      collect(0ms);
      if (const auto failure = sink->failure(); failure && around_.stop.received() == 0) note(*failure);
    }
    if (!failure_ && !must_end()) {
      for (const Outcome& verdict : std::exchange(doubtful_, {})) settlement_->reject(verdict);
    }
    settlement_->settle();
  } catch (const common::Failure& failure) {
    note(failure);
    if (sink != nullptr) sink->stop();
  }
}

std::optional<std::string> PushRun::state_to_store() const {
  return claimed_state_ ? watermark_->state() : std::nullopt;
}

void PushRun::keep_state() {
  const std::optional<std::string> state = state_to_store();
  if (platform_) {
    platform_->ping(state);
  } else if (file_state_ && state) {
    const std::lock_guard lock(file_state_mutex_);
    file_state_->store(*state);
  }
}

void PushRun::finish_run() {
  const std::optional<std::string> state = state_to_store();
  try {
    if (!platform_) {
      if (file_state_ && state) file_state_->store(*state);
    } else {
      close_platform(state);
    }
  } catch (const common::Failure& failure) {
    note(failure);
  }
  progress_.erase();
  summary_.tell(closing_message(), figures());
}

void PushRun::close_platform(const std::optional<std::string>& state) {
  const QueueSink* sink = platform_->queue_if_open();
  if (around_.stop.received() == 0) {
    try {
      platform_->close_work(closing_message(), sink != nullptr && sink->failure().has_value());
      platform_->store(state);
      return;
    } catch (const common::Failure&) {
      // A signal that came meanwhile has ended both, and the state is still to be stored.
      if (around_.stop.received() == 0) throw;
    }
  }
  const bool heard_of_all = sink != nullptr && sink->unanswered() == 0;
  platform_->close_quickly(state, farewell_limit, heard_of_all, closing_message());
}

std::string PushRun::closing_message() const {
  const Settlement::Counts& counts = settlement_->counts();
  const QueueSink* sink = platform_ ? platform_->queue_if_open() : nullptr;
  std::string text =
      "pushed " + common::counted(counts.bundles, "bundle") + " with " + common::counted(counts.objects, "object");
  if (sink != nullptr)
    text += " in " + common::counted(sink->requests(), options_.protocol == "api" ? "request" : "message");
  return text + ", " + std::to_string(counts.rejected) + " rejected";
}

// The state as it is now, wherever it is kept, and how long the work took.
std::string PushRun::figures() const {
  const Settlement::Counts& counts = settlement_->counts();
  const QueueSink* sink = platform_ ? platform_->queue_if_open() : nullptr;
  const std::chrono::duration<double> spent = around_.clock.steady() - start_ - idle_;
  std::string text;
  common::JsonWriter json(text);
  const auto figure = [&json](std::string_view name, std::uint64_t count) {
    json.member(name, static_cast<std::int64_t>(count));
  };
  json.begin_object();
  figure("bundles", counts.bundles);
  figure("objects", counts.objects);
  figure("rejected", counts.rejected);
  figure("requests", sink != nullptr ? sink->requests() : 0);
  json.key("watermark_from").raw(watermark_of(claimed_state_));
  json.key("watermark_to")
      .raw(watermark_of(platform_     ? platform_->session().state()
                        : file_state_ ? file_state_->state()
                                      : std::string{}));
  json.key("seconds").raw(common::decimal(spent.count())).end_object();
  return text;
}

// The first failure decides the exit status; the others are only told.
void PushRun::note(const common::Failure& failure) {
  if (!failure_) {
    failure_ = failure;
  } else if (*failure.what() != '\0') {
    around_.log.error(failure.what());
  }
}

bool PushRun::must_run_again() const {
  if (file_state_ && file_state_->lost_claim()) return true;
  return platform_ && (platform_->session().lost_claim() || platform_->session().lost_some());
}

common::ExitStatus PushRun::status() const {
  around_.log.summarise();
  if (failure_ && *failure_->what() != '\0') around_.log.error(failure_->what());
  if (const int signal = around_.stop.received(); signal != 0) return static_cast<common::ExitStatus>(128 + signal);
  if (failure_) return failure_->status();
  if (settlement_->output_failure()) {
    if (*settlement_->output_failure()->what() != '\0') around_.log.error(settlement_->output_failure()->what());
    return settlement_->output_failure()->status();
  }
  if (must_run_again()) return common::ExitStatus::stopped_early;
  return settlement_->counts().rejected > 0 ? common::ExitStatus::rejected : common::ExitStatus::done;
}

}  // namespace push_opencti
