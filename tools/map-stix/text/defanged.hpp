// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace map_stix {

/// Undoes what analysts do to an address so that nobody clicks on it: "hxxp", "[.]", "(.)", "[dot]", "[:]", "[@]" and
/// the like. The text itself where the host shows nothing of that, since a path or query may hold such characters
/// anyway. The result need not be valid; the caller decides whether it is used.
std::string refanged(std::string_view text);

}  // namespace map_stix
