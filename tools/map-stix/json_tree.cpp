#include "tools/map-stix/json_tree.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bitset>
#include <cstring>

#include "tools/map-stix/unescape.hpp"

namespace map_stix {

namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t large_line = 4u << 20;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 8259's number grammar, without a limit on the digits.
bool is_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > first;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (at < text.size() && text[at] == '0') ++at;
  else if (!digits()) return false;
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

std::string_view without_trailing_space(std::string_view token) {
  while (!token.empty() &&
         (token.back() == ' ' || token.back() == '\t' || token.back() == '\r' || token.back() == '\n')) {
    token.remove_suffix(1);
  }
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
    case simdjson::TRAILING_CONTENT: return "not JSON: something follows the object";
    case simdjson::MEMALLOC: return "too long for the memory there is";
    default: return "not JSON";
  }
}

}  // namespace

struct JsonTree::Parser {
  explicit Parser(JsonTree& owner) : tree(owner) {}

  JsonTree& tree;
  ondemand::parser parser;
  std::vector<std::string_view> keys;  // for finding repeats

  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - tree.line_.data()); }

  // Stores the text of a JSON string that stands without its quotes at `raw`.
  bool take_string(std::string_view raw, std::uint32_t& at, std::uint32_t& size, bool& unescaped) {
    if (raw.find('\\') == std::string_view::npos) {
      at = offset(raw.data());
      size = static_cast<std::uint32_t>(raw.size());
      return true;
    }
    at = static_cast<std::uint32_t>(tree.unescaped_.size());
    unescaped = true;
    if (!append_unescaped(tree.unescaped_, raw, tree.replaced_)) return false;
    size = static_cast<std::uint32_t>(tree.unescaped_.size()) - at;
    return true;
  }

  simdjson::error_code take_scalar(std::string_view token, Node& node) {
    token = without_trailing_space(token);
    if (token.size() >= 2 && token.front() == '"' && token.back() == '"') {
      node.kind = JsonKind::string;
      bool unescaped = false;
      const bool valid =
          take_string(token.substr(1, token.size() - 2), node.text_at, node.text_size, unescaped);
      node.text_unescaped = unescaped;
      return valid ? simdjson::SUCCESS : simdjson::STRING_ERROR;
    }
    node.text_at = offset(token.data());
    node.text_size = static_cast<std::uint32_t>(token.size());
    if (token == "true" || token == "false") node.kind = JsonKind::boolean;
    else if (token == "null") node.kind = JsonKind::null;
    else if (is_number(token)) node.kind = JsonKind::number;
    else return simdjson::TAPE_ERROR;
    return simdjson::SUCCESS;
  }

  std::size_t room_behind(const char* at) const { return tree.line_.size() - offset(at); }

  static bool escapes(const char* start, const char* quote) {
    std::size_t backslashes = 0;
    while (quote - backslashes > start && quote[-1 - static_cast<std::ptrdiff_t>(backslashes)] == '\\')
      ++backslashes;
    return backslashes % 2 == 1;
  }

  // The key that begins at `start`, up to its closing quote, which the first stage has made sure of.
  bool take_key(const char* start, Node& node) {
    const char* end = static_cast<const char*>(std::memchr(start, '"', room_behind(start)));
    // A quote behind an odd number of backslashes belongs to the name.
    while (end[-1] == '\\' && escapes(start, end))
      end = static_cast<const char*>(std::memchr(end + 1, '"', room_behind(end + 1)));
    bool unescaped = false;
    const bool valid =
        take_string({start, static_cast<std::size_t>(end - start)}, node.key_at, node.key_size, unescaped);
    node.key_unescaped = unescaped;
    node.key_mark = Json::key_mark(tree.key_of(node));
    return valid;
  }

  simdjson::error_code walk_members(ondemand::object object, int depth, std::uint32_t parent) {
    for (auto found : object) {
      ondemand::field field;
      if (const auto error = std::move(found).get(field)) return error;
      Node node;
      if (!take_key(field.key().raw(), node)) return simdjson::STRING_ERROR;
      if (const auto error = walk(field.value(), node, depth)) return error;
    }
    count_repeats(parent);
    return simdjson::SUCCESS;
  }

  simdjson::error_code walk(ondemand::value value, Node node, int depth) {
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return error;
    const auto index = static_cast<std::uint32_t>(tree.nodes_.size());
    const bool container = type == ondemand::json_type::object || type == ondemand::json_type::array;
    if (container) {
      if (depth == depth_limit) return simdjson::DEPTH_ERROR;
      tree.nodes_.push_back(node);
      tree.nodes_[index].kind = type == ondemand::json_type::object ? JsonKind::object : JsonKind::array;
      if (const auto error = walk_inside(value, type, depth, index)) return error;
    } else {
      if (const auto error = take_scalar(value.raw_json_token(), node)) return error;
      tree.nodes_.push_back(node);
    }
    tree.nodes_[index].end = static_cast<std::uint32_t>(tree.nodes_.size());
    return simdjson::SUCCESS;
  }

  simdjson::error_code walk_inside(ondemand::value& value, ondemand::json_type type, int depth,
                                   std::uint32_t index) {
    if (type == ondemand::json_type::object) {
      ondemand::object object;
      if (const auto error = value.get_object().get(object)) return error;
      return walk_members(object, depth + 1, index);
    }
    ondemand::array array;
    if (const auto error = value.get_array().get(array)) return error;
    for (auto found : array) {
      ondemand::value item;
      if (const auto error = std::move(found).get(item)) return error;
      if (const auto error = walk(item, Node{}, depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }

  // The names' marks tell at once that most are new; where two marks meet, the names are sorted.
  void count_repeats(std::uint32_t parent) {
    std::bitset<1024> seen;
    bool meet = false;
    const auto end = static_cast<std::uint32_t>(tree.nodes_.size());
    for (std::uint32_t at = parent + 1; at < end; at = tree.nodes_[at].end) {
      const std::size_t place = tree.nodes_[at].key_mark % seen.size();
      meet = meet || seen[place];
      seen[place] = true;
    }
    if (!meet) return;
    keys.clear();
    for (std::uint32_t at = parent + 1; at < end; at = tree.nodes_[at].end)
      keys.push_back(tree.key_of(tree.nodes_[at]));
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 1; i < keys.size(); ++i) tree.repeated_keys_ += keys[i] == keys[i - 1] ? 1 : 0;
  }

  simdjson::error_code parse() {
    ondemand::document document;
    const simdjson::padded_string_view padded(tree.line_.data(), tree.line_.size(),
                                              tree.line_.size() + simdjson::SIMDJSON_PADDING);
    if (const auto error = parser.iterate(padded).get(document)) return error;
    ondemand::object root;
    if (const auto error = document.get_object().get(root)) return error;
    tree.nodes_.push_back(Node{});
    tree.nodes_[0].kind = JsonKind::object;
    if (const auto error = walk_members(root, 1, 0)) return error;
    tree.nodes_[0].end = static_cast<std::uint32_t>(tree.nodes_.size());
    const char* rest = nullptr;
    return document.current_location().get(rest) == simdjson::SUCCESS ? simdjson::TRAILING_CONTENT
                                                                      : simdjson::SUCCESS;
  }
};

JsonTree::JsonTree() : parser_(std::make_unique<Parser>(*this)) {}
JsonTree::~JsonTree() = default;

std::string JsonTree::parse(std::string_view line) {
  line_ = line;
  nodes_.clear();
  // For a long line, room for all its values at once: what is not used is never touched, and growing would
  // copy.
  if (line.size() > large_line) nodes_.reserve(line.size() / 12);
  unescaped_.clear();
  replaced_ = repeated_keys_ = 0;
  const simdjson::error_code error = parser_->parse();
  if (error == simdjson::SUCCESS) return {};
  nodes_.clear();
  return reason_of(error);
}

Json Json::member(std::string_view name, std::uint16_t mark) const {
  if (!is(JsonKind::object)) return {};
  const JsonTree::Node* const nodes = tree_->nodes_.data();
  const std::uint32_t stop = nodes[index_].end;
  for (std::uint32_t at = index_ + 1; at < stop; at = nodes[at].end) {
    if (nodes[at].key_mark == mark && tree_->key_of(nodes[at]) == name) return {tree_, at};
  }
  return {};
}

}  // namespace map_stix
