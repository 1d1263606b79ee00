// SPDX-License-Identifier: Apache-2.0
#include "common/json/json_parser.hpp"

#include <algorithm>
#include <cstring>

#include "common/json/unescape.hpp"

namespace common {

namespace {

constexpr std::size_t longest_text = 0xfffffff0;  // places are numbers of 32 bits
// The token index of a longer text is freed after parsing: it may be as large as the text, and is not needed any more.
constexpr std::size_t kept_index = 1u << 20;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// RFC 8259's number grammar, without a limit on the digits.
bool is_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > first;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (at < text.size() && text[at] == '0')
    ++at;
  else if (!digits())
    return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

// A token without the white space between it and the next one.
std::string_view without_trailing_space(std::string_view token) {
  while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
  return token;
}

std::string reason_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR: return "not UTF-8";
    case simdjson::INCORRECT_TYPE: return "not a JSON object";
    case simdjson::DEPTH_ERROR: return "nested deeper than " + std::to_string(JsonTree::depth_limit);
    case simdjson::UNCLOSED_STRING: return "not JSON: a string has no end";
    case simdjson::UNESCAPED_CHARS: return "not JSON: a control character stands in a string";
    case simdjson::STRING_ERROR: return "not JSON: a string holds a wrong escape";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT: return "not JSON: the object does not end, or something follows it";
    case simdjson::TRAILING_CONTENT: return "not JSON: something follows the object";
    case simdjson::CAPACITY: return "longer than 4 GB";
    case simdjson::MEMALLOC: return "does not fit into memory";
    default: return "not JSON";
  }
}

}  // namespace

inline bool JsonTree::Parser::holds_escape(std::string_view raw) {
  if (next_backslash_ < raw.data()) {
    const void* const found = std::memchr(raw.data(), '\\', static_cast<std::size_t>(text_end() - raw.data()));
    next_backslash_ = found != nullptr ? static_cast<const char*>(found) : text_end();
  }
  return next_backslash_ < raw.data() + raw.size();
}

JsonTree::Parser::Error JsonTree::Parser::unescape(std::string_view raw, std::uint32_t& index) {
  const std::size_t before = tree_.unescaped_.size();
  if (!append_unescaped(tree_.unescaped_, raw, tree_.replaced_)) return simdjson::STRING_ERROR;
  index = static_cast<std::uint32_t>(tree_.unescaped_texts_.size());
  tree_.unescaped_texts_.push_back({before, tree_.unescaped_.size() - before});
  return simdjson::SUCCESS;
}

inline JsonTree::Parser::Error JsonTree::Parser::take_string(Value& value, std::string_view token, Node& node) {
  // Moves on behind the string. Left to itself, simdjson would take `"a":"b":1` for a member in a member.
  if (const Error error = value.get_raw_json_string().error()) return error;
  node.kind = JsonKind::string;
  const std::string_view raw = token.substr(1, token.size() - 2);
  node.text_unescaped = holds_escape(raw);
  return node.text_unescaped ? unescape(raw, node.more) : simdjson::SUCCESS;
}

inline JsonTree::Parser::Error JsonTree::Parser::take_word(std::string_view token, Node& node) {
  if (token == "true" || token == "false")
    node.kind = JsonKind::boolean;
  else if (token == "null")
    node.kind = JsonKind::null;
  else if (is_number(token))
    node.kind = JsonKind::number;
  else
    return simdjson::TAPE_ERROR;
  return simdjson::SUCCESS;
}

// Takes the name that begins at `begin`. simdjson does not tell where it ends; but between there and its value are only
// a quote, a colon and white space.
inline JsonTree::Parser::Error JsonTree::Parser::take_key(const char* begin, const char* value, Node& node) {
  const char* end = value;
  while (*--end != ':') {
  }
  while (*--end != '"') {
  }
  const std::string_view raw(begin, static_cast<std::size_t>(end - begin));
  node.key_at = offset(begin);
  node.key_size = static_cast<std::uint32_t>(raw.size());
  node.key_unescaped = holds_escape(raw);
  if (node.key_unescaped) {
    if (const Error error = unescape(raw, node.key_at)) return error;
  }
  node.key_mark = Json::key_mark(tree_.key_of(node));
  return simdjson::SUCCESS;
}

inline std::uint32_t JsonTree::Parser::add_node() {
  tree_.nodes_.add() = Node{};
  return static_cast<std::uint32_t>(tree_.nodes_.size() - 1);
}

// A value and all that is in it. Its node, which holds its key already, may move while others are added.
JsonTree::Parser::Error JsonTree::Parser::walk(Value& value, std::uint32_t node, int depth) {
  const std::string_view token = without_trailing_space(value.raw_json_token());
  if (token.data() >= text_end()) return simdjson::TAPE_ERROR;
  Node& filled = tree_.nodes_[node];
  filled.raw_at = offset(token.data());
  filled.raw_size = static_cast<std::uint32_t>(token.size());
  filled.end = node + 1;
  switch (token.front()) {
    case '"': return take_string(value, token, filled);
    case '{': {
      if (depth == depth_limit) return simdjson::DEPTH_ERROR;
      simdjson::ondemand::object object;
      if (const Error error = value.get_object().get(object)) return error;
      return walk_object(object, node, depth + 1);
    }
    case '[': {
      if (depth == depth_limit) return simdjson::DEPTH_ERROR;
      simdjson::ondemand::array array;
      if (const Error error = value.get_array().get(array)) return error;
      return walk_array(array, node, depth + 1);
    }
    default: return take_word(token, filled);
  }
}

JsonTree::Parser::Error JsonTree::Parser::walk_object(simdjson::ondemand::object& object, std::uint32_t node,
                                                      int depth) {
  tree_.nodes_[node].kind = JsonKind::object;
  for (auto result : object) {
    if (result.error()) return result.error();
    auto&& field = std::move(result).value_unsafe();
    const std::uint32_t member = add_node();
    const Error error = take_key(field.key().raw(), field.value().raw_json_token().data(), tree_.nodes_[member]);
    if (error) return error;
    if (const Error wrong = walk(field.value(), member, depth)) return wrong;
  }
  end_at_next_token(node);
  list_members(node);
  return simdjson::SUCCESS;
}

JsonTree::Parser::Error JsonTree::Parser::walk_array(simdjson::ondemand::array& array, std::uint32_t node, int depth) {
  tree_.nodes_[node].kind = JsonKind::array;
  for (auto result : array) {
    if (result.error()) return result.error();
    auto&& item = std::move(result).value_unsafe();
    if (const Error error = walk(item, add_node(), depth)) return error;
  }
  end_at_next_token(node);
  return simdjson::SUCCESS;
}

// Completes a container that has just been walked.
void JsonTree::Parser::end_at_next_token(std::uint32_t node) {
  const char* end = nullptr;
  if (document_.current_location().get(end)) end = text_end();  // behind the last token
  while (is_space(end[-1])) --end;
  Node& filled = tree_.nodes_[node];
  filled.raw_size = offset(end) - filled.raw_at;
  filled.end = static_cast<std::uint32_t>(tree_.nodes_.size());
}

// Lists the members of an object, whose nodes follow its own, and counts names that come again. Their marks show at
// once that most names are new; those that share a mark are sorted.
void JsonTree::Parser::list_members(std::uint32_t object) {
  const std::size_t count_at = tree_.members_.size();
  const std::uint32_t end = tree_.nodes_[object].end;
  tree_.nodes_[object].more = static_cast<std::uint32_t>(count_at);
  tree_.members_.push_back(0);
  tree_.marks_.push_back(0);
  bool shared = false;
  for (std::uint32_t at = object + 1; at < end; at = tree_.nodes_[at].end) {
    const std::uint16_t mark = tree_.nodes_[at].key_mark;
    tree_.members_.push_back(at);
    tree_.marks_.push_back(mark);
    if (seen_marks_[mark]) shared = shared_marks_[mark] = true;
    seen_marks_[mark] = true;
  }
  const std::size_t last = tree_.members_.size();
  tree_.members_[count_at] = static_cast<std::uint32_t>(last - count_at - 1);
  if (shared) count_repeats(count_at + 1, last);
  for (std::size_t i = count_at + 1; i < last; ++i) seen_marks_[tree_.marks_[i]] = false;
}

void JsonTree::Parser::count_repeats(std::size_t begin, std::size_t end) {
  keys_.clear();
  for (std::size_t i = begin; i < end; ++i) {
    if (shared_marks_[tree_.marks_[i]]) keys_.push_back(tree_.key_of(tree_.nodes_[tree_.members_[i]]));
  }
  for (std::size_t i = begin; i < end; ++i) shared_marks_[tree_.marks_[i]] = false;
  std::sort(keys_.begin(), keys_.end());
  for (std::size_t i = 1; i < keys_.size(); ++i) tree_.repeated_keys_ += keys_[i] == keys_[i - 1] ? 1 : 0;
}

JsonTree::Parser::Error JsonTree::Parser::walk_text() {
  const std::string_view text = tree_.text_;
  if (text.size() > longest_text) return simdjson::CAPACITY;
  if (text.size() > simdjson_.capacity()) {
    if (const Error error = simdjson_.allocate(text.size() + text.size() / 2)) return error;
  }
  const Error error = simdjson_.iterate(text.data(), text.size(), text.size() + padding).get(document_);
  if (error) return error;
  simdjson::ondemand::object object;
  if (const Error wrong = document_.get_object().get(object)) return wrong;
  const std::uint32_t root = add_node();
  tree_.nodes_[root].raw_at = static_cast<std::uint32_t>(text.find('{'));
  if (const Error wrong = walk_object(object, root, 1)) return wrong;
  return document_.current_location().error() == simdjson::OUT_OF_BOUNDS ? simdjson::SUCCESS
                                                                         : simdjson::TRAILING_CONTENT;
}

std::string JsonTree::Parser::parse() {
  next_backslash_ = nullptr;
  const Error error = walk_text();
  if (tree_.text_.size() > kept_index) simdjson_ = simdjson::ondemand::parser();
  if (error) return reason_of(error);
  for (std::size_t i = 0; i < marks_at_once; ++i) tree_.marks_.push_back(0);
  return {};
}

}  // namespace common
