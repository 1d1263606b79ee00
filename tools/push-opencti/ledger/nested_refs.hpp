// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace push_opencti {

/// A set of the members below, one bit each. The bits are stored in ledgers, so a member keeps its bit.
using RefSet = std::uint32_t;

/// The bit of an observable's member that OpenCTI takes once and refuses ever after ("Cant add another relation on
/// single ref"), whatever it refers to: image_ref, parent_directory_ref and the like. 0 for every other member.
/// OpenCTI's worker makes a relation of each such member anew whenever the object is sent (seen at 6.8.10
/// and 7.260817).
RefSet single_ref(std::string_view member);

/// The object without those members; `object` is the text of a JSON object.
std::string without_refs(std::string_view object, RefSet refs);

/// The ids that the object's members named *_ref and *_refs hold, in their order.
std::vector<std::string> ids_referred_to(std::string_view object);

}  // namespace push_opencti
