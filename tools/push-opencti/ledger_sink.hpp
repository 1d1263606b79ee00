// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "tools/push-opencti/ledger/ledger.hpp"
#include "tools/push-opencti/sink.hpp"

namespace push_opencti {

/// Stands before the way to the queue and lets through what the platform does not hold: a bundle gets smaller, or is
/// not sent at all. Tells the ledger what became of it.
class LedgerSink : public ForwardingSink {
 public:
  /// `disturbances`: how often the platform was found otherwise than this run had left it; at another number than now
  /// the ledger is no longer trusted. `own`: what this tool adds to each work's expectations for itself.
  LedgerSink(std::unique_ptr<QueueSink> inner, std::unique_ptr<Ledger> ledger,
             std::function<std::uint64_t()> disturbances, std::int64_t own);

  /// Nothing: the way is opened by the first bundle that has something to send, so that an unchanged one opens no work.
  void prepare() override {}
  void take(std::shared_ptr<const Bundle> bundle) override;
  std::vector<Outcome> collect(std::chrono::milliseconds wait) override;

 private:
  struct OnItsWay {
    std::shared_ptr<const Bundle> bundle;
    std::vector<ToSend> sent;
  };
  std::shared_ptr<const Bundle> reduced(const Bundle& bundle, const std::vector<ToSend>& sent);
  void note(std::vector<Outcome>& outcomes);

  std::unique_ptr<Ledger> ledger_;
  std::function<std::uint64_t()> disturbances_;
  std::uint64_t disturbances_at_start_;
  std::int64_t own_;
  BundleParser parser_;
  std::unordered_map<std::uint64_t, OnItsWay> on_their_way_;  // by the bundle's number
  std::vector<Outcome> unchanged_;
};

}  // namespace push_opencti
