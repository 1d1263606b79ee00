// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace push_opencti {

/// One bundle that does to the platform what these would do one after the other: each id once, in the order of first
/// appearance. Where an id comes again, lists are united and later scalars win, as the platform's upsert would have it.
std::string merge_bundles(std::span<const std::string_view> bundles);

/// The bundle, with the TLP:CLEAR marking beside its only object where it has just one: some versions of the platform
/// never finish the work of a bundle with one object. Every platform has that marking.
std::string at_least_two_objects(std::string_view bundle);

}  // namespace push_opencti
