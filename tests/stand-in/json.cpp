// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/json.hpp"

#include <simdjson.h>
#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace stand_in {

namespace {

Json from_element(const simdjson::dom::element& element) {
  using Type = simdjson::dom::element_type;
  switch (element.type()) {
    case Type::ARRAY: {
      Json::Array array;
      for (const simdjson::dom::element child : simdjson::dom::array(element)) {
        array.push_back(from_element(child));
      }
      return array;
    }
    case Type::OBJECT: {
      Json::Object object;
      for (const auto field : simdjson::dom::object(element)) {
        object.emplace_back(std::string(field.key), from_element(field.value));
      }
      return object;
    }
    case Type::INT64: return Json(std::int64_t(element));
    case Type::UINT64: return Json(static_cast<double>(std::uint64_t(element)));
    case Type::DOUBLE: return Json(double(element));
    case Type::STRING: return Json(std::string_view(element));
    case Type::BOOL: return Json(bool(element));
    default: return {};
  }
}

/// Walks JSON text without building anything.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  void space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }
  bool take(char wanted) {
    space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  bool at_end() {
    space();
    return at_ == text_.size();
  }
  /// The text of the next value; empty where there is none.
  std::string_view value() {
    space();
    const std::size_t begin = at_;
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char byte = text_[at_];
      if (byte == '"') {
        if (!skip_string()) return {};
        if (depth == 0) break;
        continue;
      }
      if (byte == '{' || byte == '[') ++depth;
      if (byte == '}' || byte == ']') {
        if (depth == 0) break;
        ++at_;
        if (--depth == 0) break;
        continue;
      }
      if (depth == 0 && (byte == ',' || byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n')) break;
      ++at_;
    }
    return depth == 0 ? text_.substr(begin, at_ - begin) : std::string_view{};
  }

 private:
  bool skip_string() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return true;
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void append_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 40> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.17g", number);
  out.append(buffer.data(), static_cast<std::size_t>(length));
}

}  // namespace

Json Json::parse(std::string_view text) {
  // A parser keeps its memory, which saves most of the time of a small text and would hold much after a large
  // one.
  static constexpr std::size_t kept_up_to = 4'000'000;
  static thread_local simdjson::dom::parser kept;
  simdjson::dom::parser once;
  simdjson::dom::element root;
  if (const auto error = (text.size() > kept_up_to ? once : kept).parse(text.data(), text.size()).get(root)) {
    throw std::runtime_error(std::string("not JSON: ") + simdjson::error_message(error));
  }
  return from_element(root);
}

const Json* Json::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  for (const auto& [name, value] : object()) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string Json::text(std::string_view key, std::string_view fallback) const {
  const Json* member = find(key);
  return member != nullptr && member->is_string() ? member->string() : std::string(fallback);
}

std::int64_t Json::number(std::string_view key, std::int64_t fallback) const {
  const Json* member = find(key);
  if (member == nullptr || !member->is_number()) return fallback;
  if (member->is_integer()) return std::get<std::int64_t>(member->value_);
  return static_cast<std::int64_t>(std::get<double>(member->value_));
}

bool Json::flag(std::string_view key, bool fallback) const {
  const Json* member = find(key);
  return member != nullptr && member->is_bool() ? std::get<bool>(member->value_) : fallback;
}

Json& Json::set(std::string_view key, Json value) {
  if (!is_object()) value_ = Object{};
  for (auto& [name, member] : std::get<Object>(value_)) {
    if (name == key) {
      member = std::move(value);
      return *this;
    }
  }
  std::get<Object>(value_).emplace_back(std::string(key), std::move(value));
  return *this;
}

Json& Json::push(Json value) {
  if (!is_array()) value_ = Array{};
  array().push_back(std::move(value));
  return *this;
}

void Json::dump_to(std::string& out) const {
  if (is_null()) out += "null";
  if (is_bool()) out += std::get<bool>(value_) ? "true" : "false";
  if (is_integer()) out += std::to_string(std::get<std::int64_t>(value_));
  if (std::holds_alternative<double>(value_)) append_number(out, std::get<double>(value_));
  if (is_string()) append_quoted(out, string());
  if (is_array()) {
    const char* separator = "[";
    for (const Json& child : array()) {
      out += separator;
      child.dump_to(out);
      separator = ",";
    }
    out += array().empty() ? "[]" : "]";
  }
  if (is_object()) {
    const char* separator = "{";
    for (const auto& [key, child] : object()) {
      out += separator;
      append_quoted(out, key);
      out += ':';
      child.dump_to(out);
      separator = ",";
    }
    out += object().empty() ? "{}" : "}";
  }
}

std::string Json::dump() const {
  std::string out;
  dump_to(out);
  return out;
}

void append_quoted(std::string& out, std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += byte;
    } else if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\r') {
      out += "\\r";
    } else if (byte == '\t') {
      out += "\\t";
    } else if (code < 0x20) {
      out += "\\u00";
      out += digits[code >> 4];
      out += digits[code & 15U];
    } else {
      out += byte;
    }
  }
  out += '"';
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::optional<std::vector<RawMember>> split_object(std::string_view text) {
  Scanner scanner(text);
  std::vector<RawMember> members;
  if (!scanner.take('{')) return std::nullopt;
  if (scanner.take('}')) return scanner.at_end() ? std::optional(members) : std::nullopt;
  do {
    const std::string_view key = scanner.value();
    if (key.size() < 2 || key.front() != '"' || !scanner.take(':')) return std::nullopt;
    const std::string_view value = scanner.value();
    if (value.empty()) return std::nullopt;
    const bool plain = key.find('\\') == std::string_view::npos;
    members.push_back(
        {plain ? std::string(key.substr(1, key.size() - 2)) : Json::parse(key).string(), std::string(value)});
  } while (scanner.take(','));
  if (!scanner.take('}') || !scanner.at_end()) return std::nullopt;
  return members;
}

std::optional<std::vector<std::string>> split_array(std::string_view text) {
  Scanner scanner(text);
  std::vector<std::string> elements;
  if (!scanner.take('[')) return std::nullopt;
  if (scanner.take(']')) return scanner.at_end() ? std::optional(elements) : std::nullopt;
  do {
    const std::string_view value = scanner.value();
    if (value.empty()) return std::nullopt;
    elements.emplace_back(value);
  } while (scanner.take(','));
  if (!scanner.take(']') || !scanner.at_end()) return std::nullopt;
  return elements;
}

}  // namespace stand_in
