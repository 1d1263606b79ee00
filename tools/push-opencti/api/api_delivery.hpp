// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tools/push-opencti/platform/connector_run.hpp"
#include "tools/push-opencti/sink.hpp"

namespace push_opencti {

/// What the lanes of one run share.
struct ApiRun {
  ApiRun(ConnectorRun& the_connector, PlatformVersion the_version, common::Log& the_log)
      : connector(the_connector), version(the_version), log(the_log) {}

  ConnectorRun& connector;
  PlatformVersion version;
  common::Log& log;
  std::atomic<std::size_t> body_limit{SizeLimits{}.body};      ///< gets smaller where a proxy takes less
  std::atomic<std::size_t> bundle_limit{SizeLimits{}.bundle};  ///< of one bundle
  std::atomic<int> refused_in_a_row{0};
  std::atomic<std::uint64_t> requests{0};
};

using Batch = std::vector<std::shared_ptr<const Bundle>>;

/// What became of a batch. Bundles without an outcome are open: the failure says why.
struct Delivery {
  std::vector<Outcome> outcomes;
  std::optional<common::Failure> failure;
};

/// Brings batches to the platform by stixBundlePush, one request at a time.
class ApiDelivery {
 public:
  ApiDelivery(GraphqlClient client, ApiRun& run) : client_(std::move(client)), run_(run) {}

  /// Pushes the batch as one request, smaller where it is too large, and bundle by bundle where the platform refuses
  /// it.
  Delivery deliver(const Batch& batch);

 private:
  /// What was pushed, and as what.
  struct Pushed {
    Answer answer;
    std::string work;             ///< of the last try
    std::string first_work = {};  ///< of the first one
    int unanswered = 0;           ///< tries without an answer
  };
  Pushed push(const std::string& bundle, bool alone);
  Pushed push_with_reregistration(const std::string& bundle, bool alone);
  void deliver_part(std::span<const std::shared_ptr<const Bundle>> part, Delivery& delivery);
  void deliver_in_pieces(const Bundle& bundle, std::size_t limit, Delivery& delivery);
  void refuse(const Bundle& bundle, Outcome::Kind kind, std::string_view kind_of_reason, const std::string& reason,
              Delivery& delivery);
  Outcome outcome(const Bundle& bundle, Outcome::Kind kind) const;
  void note_sent(std::span<const std::shared_ptr<const Bundle>> part, const Pushed& pushed, Delivery& delivery) const;

  GraphqlClient client_;
  ApiRun& run_;
  bool doubted_connector_ = false;  // "Invalid bundle" was met by registering again, in this batch
};

}  // namespace push_opencti
