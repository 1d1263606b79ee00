// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace map_stix {

/// Undoes defanging, which analysts do so that nobody clicks on an address: "hxxp", "[.]", "(.)", "[dot]", "[:]", "[@]"
/// and the like. A text whose scheme and host are not defanged is returned unchanged, because a path or query may
/// contain such characters anyway. The result is not necessarily valid; the caller has to check it.
std::string refanged(std::string_view text);

}  // namespace map_stix
