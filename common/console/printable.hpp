// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace common {

/// Appends text of unknown origin so that it stays one line and steers no terminal: a line end as \n, a tab as a space,
/// other control characters and what turns the writing direction as an escape.
void append_printable(std::string& out, std::string_view text);

/// Appends a line of JSON, such characters in its strings as JSON's own escapes: the same value, and no terminal is
/// steered.
void append_printable_json(std::string& out, std::string_view json);

/// Stands where a text was cut short.
inline constexpr std::string_view left_out = "…";

/// At most `most` bytes of the text, never cut within a character, with `left_out` behind where something is.
std::string shortened(std::string_view text, std::size_t most);

/// The beginning of what a service or a file said, fit for a message: on one line, with one space for each run of white
/// space and control characters, at most `most` bytes.
std::string excerpt(std::string_view text, std::size_t most = 200);

/// "1 incident", "2 incidents".
std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace common
