// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "tools/push-opencti/amqp/broker.hpp"
#include "tools/push-opencti/platform/platform.hpp"
#include "tools/push-opencti/sink.hpp"

namespace push_opencti {

struct ApiRun;

/// The way to the connector's queue by the protocol of the settings. Opens the run's work at the first bundle, so that
/// a run without bundles leaves no work behind.
class PlatformQueue : public QueueSink {
 public:
  /// All must outlive this.
  PlatformQueue(const PlatformOptions& options, const BrokerOverrides& broker, Platform& platform, Context& context);
  ~PlatformQueue() override;

  void prepare() override;
  bool has_room(const Bundle& bundle) const override { return sink_->has_room(bundle); }
  void take(std::shared_ptr<const Bundle> bundle) override { sink_->take(std::move(bundle)); }
  void flush() override { sink_->flush(); }
  std::size_t open() const override { return sink_->open(); }
  std::size_t unanswered() const override { return sink_->unanswered(); }
  bool busy() const override { return sink_->busy(); }
  bool gathering() const override { return sink_->gathering(); }
  std::vector<Outcome> collect(std::chrono::milliseconds wait) override { return sink_->collect(wait); }
  std::optional<common::Failure> failure() const override { return sink_->failure(); }
  std::uint64_t requests() const override { return sink_->requests(); }
  void stop() override { sink_->stop(); }

 private:
  std::unique_ptr<QueueSink> make_sink();

  const PlatformOptions& options_;
  const BrokerOverrides& broker_;
  Platform& platform_;
  Context& context_;
  std::unique_ptr<ApiRun> api_;  // shared by the sink's lanes, so it outlives them
  std::unique_ptr<QueueSink> sink_;
  bool is_open_ = false;
};

}  // namespace push_opencti
