// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <span>
#include <string>

#include "tools/push-opencti/bundle/bundle.hpp"

namespace push_opencti {

/// The text of one bundle that does to the platform what these would do one after the other: each id once, in the order
/// of first appearance. Where an id comes again, lists are united and later scalars win, as in the platform's upsert.
/// A single bundle keeps its text.
std::string merge_bundles(std::span<const std::shared_ptr<const Bundle>> bundles);

}  // namespace push_opencti
