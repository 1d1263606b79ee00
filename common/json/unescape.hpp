// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

#include "common/bytes/text_buffer.hpp"

namespace common {

/// Appends the text of a JSON string (`raw`, without its quotes) to `out`. Lone surrogates and U+0000, which
/// neither STIX nor the platform can hold, become U+FFFD and are counted in `replaced`. False when an escape
/// is not JSON's.
bool append_unescaped(TextBuffer& out, std::string_view raw, std::uint64_t& replaced);

/// Appends one code point as UTF-8.
void append_utf8(TextBuffer& out, char32_t code_point);

}  // namespace common
