// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "common/time.hpp"
#include "tools/push-opencti/platform/held_objects.hpp"
#include "tools/push-opencti/sink.hpp"

namespace push_opencti {

/// Stands before the way to the queue and brings indicators back that the platform holds as taken back, when a bundle
/// says again that they are valid.
///
/// A platform that has revoked an indicator takes a higher score for it, but leaves it revoked; only a `valid_until`
/// later than now makes it valid again, and then the platform sets the score to the one that it knew last. So the
/// bundle goes as it is, which brings the score, and after it a second bundle with those indicators and a
/// `valid_until`. Other indicators get none: it would replace the one that the platform derives from its decay rules.
class RevivalSink : public ForwardingSink {
 public:
  RevivalSink(std::unique_ptr<QueueSink> inner, HeldObjects& held, common::Clock& clock, common::Log& log);

  void take(std::shared_ptr<const Bundle> bundle) override;
  std::vector<Outcome> collect(std::chrono::milliseconds wait) override;

 private:
  std::shared_ptr<const Bundle> second_bundle(const Bundle& bundle);

  HeldObjects& held_;
  common::Clock& clock_;
  common::Log& log_;
  BundleParser parser_;
  /// Of bundles with a second one on its way: the outcome of the first, once it has come. By Bundle::number.
  std::map<std::uint64_t, std::optional<Outcome>> first_outcomes_;
};

}  // namespace push_opencti
