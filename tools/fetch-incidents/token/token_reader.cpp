// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/token/token_reader.hpp"

#include <algorithm>

#include "common/json/json_tree.hpp"

namespace fetch_incidents {
namespace {

constexpr std::size_t longest = 1u << 20;
constexpr std::string_view blank = " \t\r\n";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// Where the JSON object at the start of `text` ends; npos while it has not.
std::size_t object_end(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

std::optional<std::string> token_in_object(std::string_view object) {
  common::JsonTree json;
  if (!json.parse_copy(object).empty()) return {};
  const common::Json root = json.root();
  const common::Json token = root["access_token"] ? root["access_token"] : root["accessToken"];
  return std::string(token.text());
}

// The text of a line that is a JSON string, which has the reader's grammar as the only member of an object.
std::optional<std::string> token_in_string(std::string_view line) {
  common::JsonTree json;
  if (!json.parse_copy("{\"\":" + std::string(line) + "}").empty() || json.values_of(json.root()) != 2) return {};
  return std::string(json.root()[""].text());
}

/// A token goes into a header: visible ASCII only.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

void TokenReader::feed(std::string_view bytes) {
  if (overlong_) {
    bytes.remove_prefix(std::min(bytes.find('\n'), bytes.size()));
    overlong_ = bytes.empty();
  }
  pending_ += bytes;
  take(false);
}

void TokenReader::finish() { take(true); }

void TokenReader::take(bool at_end) {
  while (take_one(at_end)) {
  }
  if (pending_.size() > longest) {
    fault_ = "a token is longer than 1 MB";
    pending_.clear();
    overlong_ = true;
  }
}

/// A mark at the very start of the stream is no part of it; false while the first bytes may still become one.
bool TokenReader::skip_byte_order_mark(bool at_end) {
  if (started_) return true;
  if (!at_end && pending_.size() < byte_order_mark.size() && byte_order_mark.starts_with(pending_)) return false;
  if (pending_.starts_with(byte_order_mark)) pending_.erase(0, byte_order_mark.size());
  started_ = true;
  return true;
}

/// Takes one token off the front of what is pending; false when no whole one is there.
bool TokenReader::take_one(bool at_end) {
  if (!skip_byte_order_mark(at_end)) return false;
  pending_.erase(0, std::min(pending_.find_first_not_of(blank), pending_.size()));
  if (pending_.empty()) return false;
  const bool is_object = pending_.front() == '{';
  std::size_t end = is_object ? object_end(pending_) : pending_.find_first_of("\r\n");
  if (end == std::string::npos) {
    if (!at_end) return false;
    end = pending_.size();
  }
  const std::string text = pending_.substr(0, std::min(pending_.find_last_not_of(blank, end - 1) + 1, end));
  pending_.erase(0, end);
  if (is_object) {
    accept(token_in_object(text), "a JSON object without a readable access_token or accessToken");
  } else if (text.front() == '"') {
    accept(token_in_string(text), "a JSON string that is not a token");
  } else {
    accept(text, "a line that is not a token");
  }
  return true;
}

void TokenReader::accept(std::optional<std::string> token, std::string_view what) {
  if (token && token->size() <= longest && is_token(*token)) {
    newest_ = std::move(*token);
    fault_.clear();
  } else {
    fault_ = what;
  }
}

}  // namespace fetch_incidents
