// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tools/push-opencti/bundle/dependency_order.hpp"
#include "tools/push-opencti/platform/platform_version.hpp"

namespace push_opencti {

/// What every message of a run says beside its object.
struct MessageFrame {
  PlatformVersion version;
  std::string applicant_id;  ///< the platform's user in whose name the object is imported
  std::string work_id;       ///< "" for none
  std::string draft_id;      ///< "" for none
};

/// The messages of one bundle, one object each, every object after those that it refers to.
///
/// One object a message, at every version, as the platform's own connectors do by default: the objects can be announced
/// before they are published, so the platform never takes a work for done too early; no message is larger than its
/// object; and nothing depends on the worker's splitting whole bundles, which newer versions have moved to the
/// platform's API.
class BundleMessages {
 public:
  /// `bundle` must outlive this. An object too large for a message becomes several where split_references() can.
  explicit BundleMessages(const Bundle& bundle);

  std::size_t count() const { return order_.steps().size(); }
  std::string_view object_id(std::size_t index) const { return order_.steps()[index].object.id; }
  std::size_t object_size(std::size_t index) const { return order_.steps()[index].object.text.size(); }
  /// The body of a message: JSON with the object's bundle in base64.
  std::string body(std::size_t index, const MessageFrame& frame) const;

 private:
  const Bundle& bundle_;
  DependencyOrder order_;
};

std::string base64(std::string_view bytes);

}  // namespace push_opencti
