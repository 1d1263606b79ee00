// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/program/failure.hpp"
#include "tools/push-opencti/bundle/bundle.hpp"

namespace push_opencti {

/// Sizes in bytes. `body`: a request that stays under the 1 MiB that proxies commonly allow. `bundle`: one bundle or
/// object may need more, up to what a message of the platform's RabbitMQ holds after base64 (16 MiB). That is also
/// below the platform's own limit on a request (50 MB), even if every byte had to be escaped.
struct SizeLimits {
  std::size_t body = 768u << 10;
  std::size_t bundle = 12'000'000;
};

/// What became of one bundle at the platform's queue.
struct Outcome {
  enum class Kind {
    sent,            ///< acknowledged: the platform's queue holds it
    refused,         ///< the platform does not take this bundle, whatever is done
    partly_refused,  ///< some of its objects were taken, others cannot be
    left_out,        ///< not sent: it would bring nothing but an empty case
    unchanged,       ///< not sent: the platform holds all of it already
  };
  std::uint64_t number = 0;  ///< Bundle::number
  Kind kind = Kind::sent;
  std::string reason;                    ///< of a refusal
  std::string work_id;                   ///< the work it was pushed into; "" where the platform makes works of its own
  std::string_view kind_of_reason = {};  ///< fixed words, so that messages of one kind can be counted
  std::int64_t messages = 0;         ///< by which the platform's count of the work grew; with the first of a request
  std::int64_t unanswered = 0;       ///< the same for tries whose answer was lost: nobody knows what came of them
  bool was_repeated = false;         ///< an earlier try was not answered, and may still arrive
  std::string unanswered_work = {};  ///< the work of those tries
  std::size_t held = 0;              ///< objects that were not sent since the platform holds them
};

/// After so many bundles refused in a row, with none taken, the run ends: the platform is at fault, not the bundles.
inline constexpr int most_refused_in_a_row = 3;
/// The message of that end.
std::string refused_too_often(int in_a_row, const std::string& reason);

/// The way to the platform's queue. A bundle goes in by take(), what became of it comes out of collect(). All calls
/// come from one thread; the sending happens on others. A sink can stand before another one and change what passes.
class QueueSink {
 public:
  virtual ~QueueSink() = default;

  /// Called before each bundle: opens the way at the first one, and repairs it where it broke. Throws Failure.
  virtual void prepare() {}
  /// Whether the sink takes this bundle now. It always does while it holds nothing.
  virtual bool has_room(const Bundle& bundle) const = 0;
  /// Takes the bundle. Bundles with the same key() reach the platform in the order of the calls.
  virtual void take(std::shared_ptr<const Bundle> bundle) = 0;
  /// Sends what it has gathered so far without waiting for more.
  virtual void flush() = 0;
  /// Number of bundles taken that can still get an outcome.
  virtual std::size_t open() const = 0;
  /// Number of bundles that were sent, or may have been, without an answer.
  virtual std::size_t unanswered() const = 0;
  /// Whether something is being sent right now.
  virtual bool busy() const = 0;
  /// Whether some bundles wait for more to come, to go in one request.
  virtual bool gathering() const = 0;
  /// The outcomes that have come; waits up to `wait` for the first.
  virtual std::vector<Outcome> collect(std::chrono::milliseconds wait) = 0;
  /// Why nothing more can be sent. Bundles without an outcome then get none in this run.
  virtual std::optional<common::Failure> failure() const = 0;
  /// Requests or messages sent so far.
  virtual std::uint64_t requests() const = 0;
  /// Gives up what is on its way and ends the threads.
  virtual void stop() = 0;
};

/// A sink before another one, which it owns. Hands everything on; what it changes, a derived class overrides.
class ForwardingSink : public QueueSink {
 public:
  void prepare() override { inner_->prepare(); }
  bool has_room(const Bundle& bundle) const override { return inner_->has_room(bundle); }
  void take(std::shared_ptr<const Bundle> bundle) override { inner_->take(std::move(bundle)); }
  void flush() override { inner_->flush(); }
  std::size_t open() const override { return inner_->open(); }
  std::size_t unanswered() const override { return inner_->unanswered(); }
  bool busy() const override { return inner_->busy(); }
  bool gathering() const override { return inner_->gathering(); }
  std::vector<Outcome> collect(std::chrono::milliseconds wait) override { return inner_->collect(wait); }
  std::optional<common::Failure> failure() const override { return inner_->failure(); }
  std::uint64_t requests() const override { return inner_->requests(); }
  void stop() override { inner_->stop(); }

 protected:
  explicit ForwardingSink(std::unique_ptr<QueueSink> inner) : inner_(std::move(inner)) {}

  std::unique_ptr<QueueSink> inner_;
};

/// Stands in where there is no queue: every bundle counts as sent at once.
class NoQueue : public QueueSink {
 public:
  bool has_room(const Bundle&) const override { return true; }
  void take(std::shared_ptr<const Bundle> bundle) override;
  void flush() override {}
  std::size_t open() const override { return 0; }
  std::size_t unanswered() const override { return 0; }
  bool busy() const override { return false; }
  bool gathering() const override { return false; }
  std::vector<Outcome> collect(std::chrono::milliseconds wait) override;
  std::optional<common::Failure> failure() const override { return {}; }
  std::uint64_t requests() const override { return 0; }
  void stop() override {}

 private:
  std::vector<Outcome> outcomes_;
};

}  // namespace push_opencti
