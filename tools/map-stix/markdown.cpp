#include "tools/map-stix/markdown.hpp"

#include <algorithm>
#include <cstring>

#include "common/byte_blocks.hpp"
#include "common/json_writer.hpp"

namespace map_stix {

namespace {

constexpr std::string_view line_breaks = "\n\r";

// Two searches for one byte each are several times faster than one for a set.
bool has_line_break(std::string_view text) {
  return text.find('\n') != std::string_view::npos || text.find('\r') != std::string_view::npos;
}

// Nearly all texts: nothing in them that could end the code, or that needs an escape in JSON.
bool is_plain(std::string_view text) {
  return !text.empty() && !common::any_byte(text, [](common::ByteBlock block) {
    return common::ByteMarks{(block < 0x20) | (block == '"') | (block == '\\') | (block == '`')};
  });
}

// "- `path: value`" and the end of line that is asked for.
void append_plain_line(std::string& out, std::string_view path, std::string_view value, std::string_view end) {
  const std::size_t size = out.size();
  out.resize(size + path.size() + value.size() + end.size() + 6);
  char* at = out.data() + size;
  for (const std::string_view part : {std::string_view("- `"), path, std::string_view(": "), value, std::string_view("`"), end}) {
    std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
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
void append_inline(std::string& out, std::string_view path, std::string_view value) {
  const bool plain = path.find('`') == std::string_view::npos && value.find('`') == std::string_view::npos;
  const std::size_t fence = plain ? 1 : std::max(longest_run(path, '`'), longest_run(value, '`')) + 1;
  const std::string_view last = value.empty() ? path : value;
  const bool outer_space = path.empty() && !value.empty() && value.front() == ' ' && value.back() == ' ';
  const bool pad =
      outer_space || (!plain && (path.starts_with('`') || value.starts_with('`') || last.ends_with('`')));
  out.append(fence, '`');
  if (pad) out += ' ';
  out += path;
  if (!path.empty()) out += ": ";
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

}  // namespace

void append_code_line(std::string& out, std::string_view path, std::string_view value) {
  if (is_plain(path) && is_plain(value)) return append_plain_line(out, path, value, "\n");
  if (!has_line_break(value) && !has_line_break(path)) {
    out += "- ";
    append_inline(out, path, value);
    out += '\n';
    return;
  }
  std::string whole(path);
  whole += ": ";
  whole += value;
  append_code_block(out, whole);
}

void append_escaped_code_line(std::string& out, std::string_view path, std::string_view value) {
  if (is_plain(path) && is_plain(value)) return append_plain_line(out, path, value, "\\n");
  std::string line;
  append_code_line(line, path, value);
  common::append_json_escaped(out, line);
}

void append_code_block(std::string& out, std::string_view text, std::string_view language) {
  const std::size_t fence = std::max<std::size_t>(longest_run(text, '`') + 1, 3);
  out.append(fence, '`');
  out += language;
  out += '\n';
  out += text;
  out += '\n';
  out.append(fence, '`');
  out += '\n';
}

void append_code(std::string& out, std::string_view text) {
  if (has_line_break(text)) append_code_block(out, text);
  else append_inline(out, {}, text);
}

void append_markdown(std::string& out, std::string_view text) {
  out += text;
  if (text.find("```") == std::string_view::npos && text.find("~~~") == std::string_view::npos) return;
  if (const std::string fence = open_fence(text); !fence.empty()) out.append("\n").append(fence);
}

}  // namespace map_stix
