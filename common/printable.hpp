#pragma once
#include <string>
#include <string_view>

namespace common {

/// Appends text of unknown origin so that it stays one line and steers no terminal: a line end as \n, a tab as a space, other
/// control characters and what turns the writing direction as an escape.
void append_printable(std::string& out, std::string_view text);

/// At most `most` bytes of the text, never cut within a character, with "…" where something is left out.
std::string shortened(std::string_view text, std::size_t most);

}  // namespace common
