// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/platform.hpp"

#include <random>

#include "tools/push-opencti/amqp/amqp_sink.hpp"
#include "tools/push-opencti/amqp/broker.hpp"
#include "tools/push-opencti/api/api_sink.hpp"

namespace push_opencti {

namespace {

constexpr std::chrono::seconds heartbeat_limit{10};
constexpr std::chrono::seconds queue_poll{10};
constexpr double megabyte = 1e6;  // as the platform's own connectors count

std::uint64_t random_seed() { return std::random_device{}(); }

RunFigures figures_of(const Options& options, common::Instant start) {
  RunFigures figures;
  figures.run_and_terminate = options.run_and_terminate;
  figures.queue_threshold = options.queue_threshold;
  figures.last_run = common::seconds_text(start);
  if (!options.run_and_terminate && options.period.count() > 0)
    figures.next_run = common::seconds_text(start + options.period);
  return figures;
}

// All requests together end by a deadline, each on a connection of its own.
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

Platform::Platform(const Options& options, Environment& around, std::optional<std::string> claimed_state)
    : options_(options),
      around_(around),
      start_(around.clock.now()),
      session_(std::make_unique<Session>(options.identity, figures_of(options, start_), std::move(claimed_state),
                                         around.log)),
      main_client_(client(options.request_timeout, random_seed())),
      heartbeat_client_(client(heartbeat_limit, random_seed())) {}

Platform::~Platform() = default;

GraphqlClient Platform::client(std::chrono::milliseconds limit, std::uint64_t seed) {
  return {around_.connect(limit, &around_.stop), around_.clock, around_.log, {options_.retry_budget, seed}};
}

void Platform::open() {
  version_ = ask_version(main_client_);
  if (options_.validate && !has_feature(version_, Feature::draft_context)) {
    throw common::Failure(
        common::ExitStatus::settings,
        "CONNECTOR_VALIDATE_BEFORE_IMPORT needs OpenCTI 6.5 or later, whose works know drafts; this is " +
            to_text(version_));
  }
  session_->open(main_client_);
  work_ = std::make_unique<Work>(work_policy(version_, options_.protocol, options_.validate), options_.identity, start_,
                                 around_.log);
}

bool Platform::is_buffering() {
  const auto queue = read_queue(main_client_, options_.identity.id);
  if (!queue) {
    around_.log.debug(
        "the platform does not tell the size of the connector's queue (its user lacks the right MODULES?)");
    return false;
  }
  const double size = queue->bytes / megabyte;
  const bool buffering = size > options_.queue_threshold;
  session_->set_figures([&](RunFigures& figures) {
    figures.queue_size = size;
    figures.buffering = buffering;
  });
  if (!buffering) return false;
  around_.log.warning("the connector's queue holds " + std::to_string(static_cast<long>(size)) +
                      " MB, more than CONNECTOR_QUEUE_THRESHOLD (" +
                      std::to_string(static_cast<long>(options_.queue_threshold)) + " MB): this run is skipped");
  session_->ping(heartbeat_client_, {});
  return true;
}

// Where a worker drops the messages of works that the platform has closed, opening a work would close the one before,
// whose messages may still be queued.
void Platform::wait_for_empty_queue() {
  if (options_.protocol != "api" || !work_needs_hold(version_)) return;
  const auto end = around_.clock.steady() + options_.retry_budget;
  for (bool said = false;; said = true) {
    const auto queue = read_queue(main_client_, options_.identity.id);
    if (!queue || queue->messages <= 0) return;
    if (!said) around_.log.info("waiting until the platform has worked off the last run's messages");
    if (around_.clock.steady() + queue_poll > end) {
      throw common::Failure(common::ExitStatus::stopped_early,
                            "the platform still holds messages of the last run, which this version would drop if "
                            "another work were opened; try later");
    }
    if (!around_.clock.sleep(queue_poll)) throw common::Failure(common::ExitStatus::stopped_early, "");
  }
}

QueueSink& Platform::queue() {
  if (!sink_) {
    wait_for_empty_queue();
    looked_at_ = session_->disturbances();
    work_->open(main_client_, looked_at_);
    make_sink();
  }
  return *sink_;
}

void Platform::make_sink() {
  if (options_.protocol == "amqp") {
    const AmqpRun run{*session_, *work_, version_, options_.retry_budget, around_.stop, around_.clock, around_.log};
    sink_ = std::make_unique<AmqpSink>(
        run, client(options_.request_timeout, random_seed()),
        [this](const Registration& registration) { return connect_to_broker(registration); });
    return;
  }
  api_ = std::make_unique<ApiRun>(*session_, *work_, version_, around_.log);
  sink_ =
      std::make_unique<ApiSink>(*api_, [this](std::size_t) { return client(options_.request_timeout, random_seed()); });
}

std::unique_ptr<BrokerLink> Platform::connect_to_broker(const Registration& registration) {
  return open_broker(registration.broker, options_.broker, options_.retry_budget, around_.log);
}

void Platform::replace_lost_work() {
  const std::uint64_t disturbances = session_->disturbances();
  if (disturbances == looked_at_) return;
  looked_at_ = disturbances;
  // Another work must not close the one of a run beside this one whose messages are still queued.
  if (work_->standing(main_client_) == Work::WorkState::gone) wait_for_empty_queue();
  work_->replace_if_gone(main_client_, disturbances, [this] { session_->give_up_claim(work_is_gone); });
}

void Platform::ping(const std::optional<std::string>& state) {
  // First: once workers drop what went into the work, the state must not move past it.
  const Work::WorkState standing = work_->standing(heartbeat_client_);
  if (standing == Work::WorkState::gone) session_->note_disturbance(work_is_gone);
  const bool unsure = standing == Work::WorkState::changing;  // whether the work is replaced because it has gone
  const Answer answer = session_->ping(heartbeat_client_, unsure ? std::nullopt : state);
  if (answer.ok() || answer.meaning == AnswerKind::cancelled) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(around_.heartbeat_interval);
  around_.log.warning_of_kind("heartbeat", "a heartbeat failed, the next one comes in " +
                                               std::to_string(seconds.count()) + " s: " + reason_of(answer));
}

void Platform::store(const std::optional<std::string>& state) {
  const Answer answer = session_->store(main_client_, around_.clock, options_.retry_budget, state);
  if (answer.ok()) return;
  throw common::Failure(
      exit_status(answer),
      "the state could not be stored, so the next run sends some of this again: " + reason_of(answer));
}

void Platform::close_work(const std::string& message, bool in_error) {
  if (!work_) return;
  if (work_->standing(main_client_) == Work::WorkState::gone) {
    session_->give_up_claim(work_is_gone);
  } else {
    work_->close(main_client_, message, in_error);
  }
}

void Platform::close_quickly(const std::optional<std::string>& state, std::chrono::milliseconds limit, bool close_work,
                             const std::string& message) {
  GraphqlClient last(std::make_unique<DeadlineTransport>(around_.connect, limit), around_.clock, around_.log,
                     {std::chrono::seconds{0}, 0});
  const bool gone = work_->standing(last) == Work::WorkState::gone;
  if (gone) session_->give_up_claim(work_is_gone);
  const Answer answer = session_->ping(last, state);
  if (!answer.ok()) {
    around_.log.warning("the state could not be stored before the end, so the next run sends some of this again: " +
                        reason_of(answer));
  }
  if (!close_work || gone) return;
  GraphqlClient closing(around_.connect(std::chrono::seconds{1}, nullptr), around_.clock, around_.log,
                        {std::chrono::seconds{0}, 0});
  work_->close(closing, message, false);
}

}  // namespace push_opencti
