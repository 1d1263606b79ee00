// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "common/bytes/text_buffer.hpp"

namespace map_stix {

/// Appends `text` (UTF-8) in lower case as Python's str.lower() does, whatever the locale: İ gives i and
/// U+0307, Σ at the end of a word gives ς. The ids of the existing connectors depend on it.
void append_lower(common::TextBuffer& out, std::string_view text);

/// Without white space at both ends, as Python's str.strip(): Unicode's White_Space and U+001C to U+001F.
std::string_view strip(std::string_view text);

/// ASCII letters only, for protocol words, enum values and host names.
std::string ascii_lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace map_stix
