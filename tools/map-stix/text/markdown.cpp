// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/text/markdown.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "common/bytes/byte_blocks.hpp"
#include "common/json/json_writer.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view line_breaks = "\n\r";

constexpr auto mark_line_break = [](common::ByteBlock block) {
  return common::ByteMarks{(block == '\n') | (block == '\r')};
};

bool has_line_break(std::string_view text) { return common::any_byte(text, mark_line_break); }

// What could end the code, or needs an escape in JSON. Nearly all texts hold nothing of it.
constexpr auto mark_special = [](common::ByteBlock block) {
  return common::ByteMarks{(block < 0x20) | (block == '"') | (block == '\\') | (block == '`')};
};

// What could end the code. A line break does, though in JSON it has an escape.
constexpr auto mark_code_end = [](common::ByteBlock block) {
  return common::ByteMarks{block == '`'} | mark_line_break(block);
};

// Appends "- `path: value`" and the end of line that is asked for; false, and nothing, where that is not the whole
// truth of how they are written.
bool append_plain_line(common::TextBuffer& out, std::string_view path, std::string_view value, std::string_view end) {
  if (path.empty() || value.empty()) return false;
  constexpr std::size_t around = 6;
  char* at = common::put(out.room(path.size() + value.size() + end.size() + around), "- `"sv);
  const bool special_path = common::copy_and_look(at, path, mark_special);
  at = common::put(at + path.size(), ": "sv);
  if (special_path || common::copy_and_look(at, value, mark_special)) return false;
  at = common::put(at + value.size(), "`"sv);
  out.end_at(common::put(at, end));
  return true;
}

std::size_t longest_run(std::string_view text, char wanted) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == wanted ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// Inline code around two parts. A space at each end keeps backticks at the ends apart from the fence, and is
// not shown.
void append_inline(common::TextBuffer& out, std::string_view path, std::string_view value) {
  const bool plain = path.find('`') == std::string_view::npos && value.find('`') == std::string_view::npos;
  const std::size_t fence = plain ? 1 : std::max(longest_run(path, '`'), longest_run(value, '`')) + 1;
  const std::string_view last = value.empty() ? path : value;
  const bool outer_space = path.empty() && !value.empty() && value.front() == ' ' && value.back() == ' ';
  const bool pad = outer_space || (!plain && (path.starts_with('`') || value.starts_with('`') || last.ends_with('`')));
  out.append(fence, '`');
  if (pad) out += ' ';
  out += path;
  if (!path.empty()) out += ": "sv;
  out += value;
  if (pad) out += ' ';
  out.append(fence, '`');
}

// A fence at the beginning of a line: its character and length, 0 when there is none.
std::size_t fence_of(std::string_view line, char& kind, bool& bare) {
  std::size_t indent = 0;
  while (indent < line.size() && line[indent] == ' ') ++indent;
  if (indent > 3) return 0;
  line.remove_prefix(indent);
  if (line.empty() || (line.front() != '`' && line.front() != '~')) return 0;
  kind = line.front();
  const std::size_t size = std::min(line.find_first_not_of(kind), line.size());
  if (size < 3) return 0;
  const std::string_view rest = line.substr(size);
  bare = rest.find_first_not_of(" \t") == std::string_view::npos;
  // What follows an opening fence of backticks holds none, else it is inline code.
  if (!bare && kind == '`' && rest.find('`') != std::string_view::npos) return 0;
  return size;
}

// The fence that would close what `text` leaves open; "" where nothing is open.
std::string open_fence(std::string_view text) {
  char kind = 0;
  std::size_t size = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(line_breaks), text.size());
    char found_kind = 0;
    bool bare = false;
    const std::size_t found = fence_of(text.substr(0, end), found_kind, bare);
    if (found > 0 && size == 0) {
      kind = found_kind;
      size = found;
    } else if (found >= size && found > 0 && found_kind == kind && bare) {
      size = 0;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::string(size, kind);
}

// Blocks of HTML that no blank line ends, see CommonMark 0.31 section 4.6.
struct HtmlBlock {
  std::string_view begin;  // in lower case
  std::string_view end;
};
constexpr HtmlBlock html_blocks[] = {{"<pre", "</pre>"},     {"<script", "</script>"},
                                     {"<style", "</style>"}, {"<textarea", "</textarea>"},
                                     {"<!--", "-->"},        {"<?", "?>"},
                                     {"<![cdata[", "]]>"},   {"<!", ">"}};

bool begins_a_line(std::string_view text, std::size_t at) {
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t')) --at;
  return at == 0 || line_breaks.find(text[at - 1]) != std::string_view::npos;
}

// Whether such a block may begin in the text, which is in lower case, and not end. A block in code counts too: an end
// too many does no harm.
bool leaves_open(std::string_view text, const HtmlBlock& block) {
  const std::size_t last_end = text.rfind(block.end);
  std::size_t at = last_end == std::string_view::npos ? 0 : last_end;
  while ((at = text.find(block.begin, at)) != std::string_view::npos) {
    if (begins_a_line(text, at)) return true;
    at += block.begin.size();
  }
  return false;
}

void close_html(common::TextBuffer& out, std::string_view text) {
  const std::string lower = ascii_lower(text);
  for (const HtmlBlock& block : html_blocks) {
    if (leaves_open(lower, block)) out.append("\n"sv).append(block.end);
  }
}

}  // namespace

void append_code_line(common::TextBuffer& out, std::string_view path, std::string_view value) {
  if (append_plain_line(out, path, value, "\n"sv)) return;
  if (!has_line_break(value) && !has_line_break(path)) {
    out += "- "sv;
    append_inline(out, path, value);
    out += '\n';
    return;
  }
  std::string whole(path);
  whole += ": ";
  whole += value;
  append_code_block(out, whole);
}

void append_code_lines(common::TextBuffer& out, std::string_view path, std::string_view value) {
  if (!has_line_break(value) && !has_line_break(path)) return append_code_line(out, path, value);
  std::string whole(path);
  whole.append(": ").append(value);
  out += "- "sv;
  for (std::string_view rest = whole;;) {
    const std::size_t end = std::min(rest.find_first_of(line_breaks), rest.size());
    if (end == 0)
      out += "` `"sv;  // two backticks with nothing between would be no code
    else
      append_inline(out, {}, rest.substr(0, end));
    if (end == rest.size()) break;
    out += "\\\n  "sv;
    rest.remove_prefix(end + (rest.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  out += '\n';
}

void append_escaped_code_line(common::TextBuffer& out, std::string_view path, std::string_view value) {
  if (append_plain_line(out, path, value, "\\n"sv)) return;
  // Paths of Windows: all they need are the escapes.
  if (!path.empty() && !value.empty() && !common::any_byte(path, mark_code_end) &&
      !common::any_byte(value, mark_code_end)) {
    out += "- `"sv;
    common::append_json_escaped(out, path);
    out += ": "sv;
    common::append_json_escaped(out, value);
    out += "`\\n"sv;
    return;
  }
  common::TextBuffer line;
  append_code_line(line, path, value);
  common::append_json_escaped(out, line.view());
}

void append_code_block(common::TextBuffer& out, std::string_view text, std::string_view language) {
  const std::size_t fence = std::max<std::size_t>(longest_run(text, '`') + 1, 3);
  out.append(fence, '`');
  out += language;
  out += '\n';
  out += text;
  out += '\n';
  out.append(fence, '`');
  out += '\n';
}

void append_code(common::TextBuffer& out, std::string_view text) {
  if (has_line_break(text))
    append_code_block(out, text);
  else
    append_inline(out, {}, text);
}

void append_markdown(common::TextBuffer& out, std::string_view text) {
  out += text;
  if (text.find('<') != std::string_view::npos) close_html(out, text);
  if (text.find("```") == std::string_view::npos && text.find("~~~") == std::string_view::npos) return;
  if (const std::string fence = open_fence(text); !fence.empty()) out.append("\n"sv).append(fence);
}

bool is_one_line(std::string_view text) { return !has_line_break(text); }

bool may_leave_open(std::string_view markdown) {
  if (markdown.find("```") != std::string_view::npos || markdown.find("~~~") != std::string_view::npos) return true;
  if (markdown.find('<') == std::string_view::npos) return false;
  const std::string lower = ascii_lower(markdown);
  return std::any_of(std::begin(html_blocks), std::end(html_blocks),
                     [&](const HtmlBlock& block) { return lower.find(block.begin) != std::string::npos; });
}

std::string_view without_line_ends(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

}  // namespace map_stix
