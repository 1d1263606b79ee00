// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "common/bytes/text_buffer.hpp"

namespace map_stix {

/// Appends one list line, "- `path: value`", for the platform's Markdown. The value comes from outside, so it
/// stands in code, where neither links nor images nor HTML work: the fence is longer than any run of
/// backticks inside, and a text with line breaks, which would end inline code, becomes a fenced block of its
/// own.
void append_code_line(common::TextBuffer& out, std::string_view path, std::string_view value);

/// The same without fenced blocks, for use behind Markdown that others wrote and that may have left a fence open: one
/// of ours would close it. A text with line breaks stays one list item, with inline code and a hard break for each
/// line.
void append_code_lines(common::TextBuffer& out, std::string_view path, std::string_view value);

/// The same as append_code_line(), as it stands in a JSON string: with escapes, without quotes.
void append_escaped_code_line(common::TextBuffer& out, std::string_view path, std::string_view value);

/// Appends text in a fenced block that the text cannot leave.
void append_code_block(common::TextBuffer& out, std::string_view text, std::string_view language = {});

/// Appends a text of its own, without a path: inline code where it is one line, else a block.
void append_code(common::TextBuffer& out, std::string_view text);

/// Appends text that is Markdown by intention (alert descriptions). A fence or HTML that it leaves open is closed, so
/// that what follows keeps its meaning.
void append_markdown(common::TextBuffer& out, std::string_view text);

/// Whether a text can stand within a line of Markdown: no line end in it.
bool is_one_line(std::string_view text);

/// Whether Markdown that others wrote may still have a fenced block or HTML open behind its last blank line. False
/// means that it certainly has not.
bool may_leave_open(std::string_view markdown);

/// A text without the line ends behind its last line.
std::string_view without_line_ends(std::string_view text);

}  // namespace map_stix
