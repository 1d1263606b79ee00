// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/platform.hpp"

#include "tools/push-opencti/platform/pending_check.hpp"

#include <random>

namespace push_opencti {

namespace {

constexpr std::chrono::seconds heartbeat_limit{10};
constexpr std::chrono::seconds queue_poll{10};
constexpr std::chrono::seconds quick_limit{2};    // for storing the state after a signal
constexpr std::chrono::seconds closing_limit{1};  // for closing the work after a signal
constexpr double megabyte = 1e6;                  // as the platform's own connectors count

RunFigures figures_of(const PlatformOptions& options, common::Instant start) {
  RunFigures figures;
  figures.run_and_terminate = options.run_and_terminate;
  figures.queue_threshold = options.queue_threshold;
  figures.last_run = common::seconds_text(start);
  if (!options.run_and_terminate && options.period.count() > 0)
    figures.next_run = common::seconds_text(start + options.period);
  return figures;
}

// Ends all its requests together by one deadline. Each uses a connection of its own.
class DeadlineTransport : public Transport {
 public:
  DeadlineTransport(const Connect& connect, std::chrono::milliseconds limit)
      : connect_(connect), end_(std::chrono::steady_clock::now() + limit) {}

  common::HttpResponse post(std::string_view body, bool once) override {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) return {.error = "no time left"};
    return connect_(left, nullptr)->post(body, once);
  }

 private:
  const Connect& connect_;
  std::chrono::steady_clock::time_point end_;
};

}  // namespace

Platform::Platform(const PlatformOptions& options, Context& context, std::optional<std::string> claimed_state)
    : options_(options),
      context_(context),
      start_(context.clock.now()),
      claimed_state_(std::move(claimed_state)),
      main_client_(client(options.request_timeout)),
      heartbeat_client_(client(heartbeat_limit)) {}

GraphqlClient Platform::client(std::chrono::milliseconds limit) {
  return {context_.connect(limit, &context_.stop),
          context_.clock,
          context_.log,
          {options_.retry_budget, std::random_device{}()}};
}

void Platform::connect() {
  version_ = ask_version(main_client_);
  if (options_.validate && !has_feature(version_, Feature::draft_context)) {
    throw common::Failure(
        common::ExitStatus::settings,
        "CONNECTOR_VALIDATE_BEFORE_IMPORT needs OpenCTI 6.5 or later, whose works know drafts; this is " +
            to_text(version_));
  }
}

void Platform::open(StateClaim::ProposeMark propose_mark) {
  const bool has_mark = static_cast<bool>(propose_mark);
  connector_ = std::make_unique<ConnectorRun>(
      ConnectorRun::Setup{options_.identity, work_policy(version_, options_.protocol, options_.validate), start_,
                          figures_of(options_, start_), claimed_state_, std::move(propose_mark)},
      context_.log);
  connector_->open(main_client_);
  // The platform ignores the first ping after a reset.
  if (has_mark && !connector_->mark_is_stored()) connector_->ping(main_client_, {});
}

bool Platform::is_buffering() {
  const auto queue = read_queue(main_client_, options_.identity.id);
  if (!queue) {
    context_.log.debug(
        "the platform does not tell the size of the connector's queue (its user lacks the right MODULES?)");
    return false;
  }
  has_queued_ = queue->messages > 0;
  const double size = queue->bytes / megabyte;
  const bool buffering = size > options_.queue_threshold;
  connector_->set_figures([&](RunFigures& figures) {
    figures.queue_size = size;
    figures.buffering = buffering;
  });
  if (!buffering) return false;
  context_.log.warning("the connector's queue holds " + std::to_string(static_cast<long>(size)) +
                       " MB, more than CONNECTOR_QUEUE_THRESHOLD (" +
                       std::to_string(static_cast<long>(options_.queue_threshold)) + " MB): this run is skipped");
  connector_->ping(heartbeat_client_, {});
  return true;
}

// Where a worker drops the messages of works that the platform has closed, opening a work would close the one before,
// whose messages may still be queued.
void Platform::wait_for_empty_queue() {
  if (options_.protocol != "api" || !work_needs_hold(version_)) return;
  const auto end = context_.clock.steady() + options_.retry_budget;
  for (bool said = false;; said = true) {
    const auto queue = read_queue(main_client_, options_.identity.id);
    if (!queue || queue->messages <= 0) return;
    if (!said) context_.log.info("waiting until the platform has worked off the last run's messages");
    if (context_.clock.steady() + queue_poll > end) {
      throw common::Failure(common::ExitStatus::stopped_early,
                            "the platform still holds messages of the last run, which this version would drop if "
                            "another work were opened; try later");
    }
    if (!context_.clock.sleep(queue_poll)) throw common::Failure(common::ExitStatus::stopped_early, "");
  }
}

void Platform::open_work() {
  wait_for_empty_queue();
  looked_at_ = connector_->disturbances();
  connector_->open_work(main_client_);
}

void Platform::replace_lost_work() {
  const std::uint64_t disturbances = connector_->disturbances();
  if (disturbances == looked_at_) return;
  looked_at_ = disturbances;
  // Opening another work must not close that of a run beside this one whose messages are still queued.
  if (connector_->work().state(main_client_) == Work::WorkState::gone) wait_for_empty_queue();
  connector_->replace_work_if_gone(main_client_);
}

void Platform::keep(const std::optional<std::string>& state) {
  // The work first: once workers drop what went into it, the state must not move past that.
  const Work::WorkState work = connector_->work().state(heartbeat_client_);
  if (work == Work::WorkState::gone) connector_->note_disturbance(work_is_gone);
  // While another thread replaces the work, it is not known whether it is because it was gone.
  const bool unsure = work == Work::WorkState::changing;
  const Answer answer = connector_->ping(heartbeat_client_, unsure ? std::nullopt : state);
  if (answer.ok() || answer.kind == AnswerKind::cancelled) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(context_.heartbeat_interval);
  context_.log.warning_of_kind("heartbeat", "a heartbeat failed, the next one comes in " +
                                                std::to_string(seconds.count()) + " s: " + reason_of(answer));
}

void Platform::finish(const std::optional<std::string>& state, const RunEnd& end) {
  if (context_.stop.received() == 0) {
    try {
      close_work(end);
      store(state);
      return;
    } catch (const common::Failure&) {
      // A signal in between makes both fail, and the state is still to be stored.
      if (context_.stop.received() == 0) throw;
    }
  }
  finish_quickly(state, end);
}

void Platform::close_work(const RunEnd& end) {
  if (connector_->work().state(main_client_) == Work::WorkState::gone) {
    connector_->give_up_claim(work_is_gone);
  } else {
    connector_->work().close(main_client_, end.message, end.in_error);
  }
}

void Platform::store(const std::optional<std::string>& state) {
  const Answer answer = connector_->store(main_client_, context_.clock, options_.retry_budget, state);
  if (answer.ok()) return;
  throw common::Failure(
      exit_status(answer),
      "the state could not be stored, so the next run sends some of this again: " + reason_of(answer));
}

void Platform::finish_quickly(const std::optional<std::string>& state, const RunEnd& end) {
  const Patience one_try{std::chrono::seconds{0}, 0};
  GraphqlClient last(std::make_unique<DeadlineTransport>(context_.connect, quick_limit), context_.clock, context_.log,
                     one_try);
  const bool gone = connector_->work().state(last) == Work::WorkState::gone;
  if (gone) connector_->give_up_claim(work_is_gone);
  const Answer answer = connector_->ping(last, state);
  if (!answer.ok()) {
    context_.log.warning("the state could not be stored before the end, so the next run sends some of this again: " +
                         reason_of(answer));
  }
  if (!end.all_answered || gone) return;
  GraphqlClient closing(context_.connect(closing_limit, nullptr), context_.clock, context_.log, one_try);
  connector_->work().close(closing, end.message, false);
}

std::optional<PendingReport> Platform::check_pending(PendingWorks pending) {
  if (!connector_->holds_claim()) return {};
  return push_opencti::check_pending(main_client_, options_.identity.id, std::move(pending), context_.clock,
                                     context_.log);
}

bool Platform::must_run_again() const { return connector_->lost_claim() || connector_->lost_some(); }

}  // namespace push_opencti
