// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "tools/push-opencti/platform/platform_version.hpp"

namespace push_opencti {

/// One GraphQL document. The platform refuses a document as a whole when it names one field or argument that its
/// version does not know, so every text here is as small as it can be.
struct Operation {
  std::string_view name;  ///< for messages
  std::string_view text;
  bool once = false;  ///< doing it twice does harm, so the connection must not repeat it by itself
  /// A member that every real answer has. Without it an empty answer would look like "no state".
  std::string_view needed = {};
};

namespace operations {

extern const Operation about;
extern const Operation me;
extern const Operation register_connector;
extern const Operation ping;
extern const Operation read_queue;
extern const Operation read_case;           ///< whether the platform holds a case
extern const Operation revoked_indicators;  ///< a page of those that the variable `filters` picks, newest change first
extern const Operation work_processed;
extern const Operation work_add_expectations;
extern const Operation work_report_expectation;
extern const Operation work_alive;  ///< needs Feature::worker_checks_work
extern const Operation read_work;
extern const Operation work_draft_context;  ///< needs Feature::draft_context
extern const Operation draft_add;

/// The form of the operation that the version knows.
const Operation& work_add(const PlatformVersion& version);
const Operation& push_bundle(const PlatformVersion& version);

}  // namespace operations
}  // namespace push_opencti
