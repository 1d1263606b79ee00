// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/graphql_document.hpp"

namespace stand_in {

namespace {

bool is_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

/// Recursive descent, one function a grammar rule.
class DocumentParser {
 public:
  explicit DocumentParser(std::string_view text) : text_(text) {}

  Operation parse() {
    Operation operation;
    if (peek() != '{') {
      operation.kind = name();
      if (operation.kind != "query" && operation.kind != "mutation") {
        unexpected("Name \"" + operation.kind + "\"");
      }
      if (is_name_byte(peek())) operation.name = name();
      if (take('(')) operation.variables = variables();
    }
    operation.selection = selection();
    if (peek() != '\0') unexpected(std::string(1, peek()) + " after the operation");
    return operation;
  }

 private:
  std::vector<VariableDefinition> variables() {
    std::vector<VariableDefinition> all;
    while (!take(')')) {
      VariableDefinition variable;
      expect('$');
      variable.name = name();
      expect(':');
      variable.type = type();
      if (take('=')) {
        variable.has_default = true;
        variable.default_value = value().literal;
      }
      all.push_back(std::move(variable));
    }
    return all;
  }

  std::string type() {
    std::string text;
    if (take('[')) {
      text = "[" + type();
      expect(']');
      text += ']';
    } else {
      text = name();
    }
    if (take('!')) text += '!';
    return text;
  }

  std::vector<Field> selection() {
    if (++depth_ > 32) unexpected("selection nested too deep");
    std::vector<Field> fields;
    expect('{');
    while (!take('}')) fields.push_back(field());
    if (fields.empty()) unexpected("\"}\"");
    --depth_;
    return fields;
  }

  Field field() {
    Field field;
    field.name = name();
    if (take(':')) {
      field.alias = std::move(field.name);
      field.name = name();
    }
    if (take('(')) {
      while (!take(')')) {
        const std::string argument = name();
        expect(':');
        field.arguments.push_back(value());
        field.arguments.back().name = argument;
      }
    }
    if (peek() == '{') field.selection = selection();
    return field;
  }

  Argument value() {
    Argument argument;
    if (take('$')) {
      argument.variable = name();
    } else if (peek() == '"') {
      argument.literal = string();
    } else if (take('[')) {
      argument.literal = Json::Array{};
      while (!take(']')) argument.literal.push(value().literal);
    } else if (take('{')) {
      argument.literal = Json::Object{};
      while (!take('}')) {
        const std::string key = name();
        expect(':');
        argument.literal.set(key, value().literal);
      }
    } else if (is_name_byte(peek()) && !(peek() >= '0' && peek() <= '9')) {
      const std::string word = name();
      if (word == "true" || word == "false") {
        argument.literal = word == "true";
      } else if (word != "null") {
        argument.literal = word;
        argument.is_enum = true;
      }
    } else {
      argument.literal = number();
    }
    return argument;
  }

  Json string() {
    const std::size_t begin = at_;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) unexpected("end of a string");
    ++at_;
    try {
      return Json::parse(text_.substr(begin, at_ - begin));
    } catch (const std::runtime_error&) {
      unexpected("escape in a string");
    }
  }

  Json number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (is_name_byte(text_[at_]) || std::string_view("+-.").find(text_[at_]) != std::string_view::npos))
      ++at_;
    try {
      return Json::parse(text_.substr(begin, at_ - begin));
    } catch (const std::runtime_error&) {
      unexpected("character in a value");
    }
  }

  std::string name() {
    peek();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
    if (at_ == begin) unexpected(at_ < text_.size() ? "\"" + std::string(1, text_[at_]) + "\"" : "<EOF>");
    return std::string(text_.substr(begin, at_ - begin));
  }

  /// The next byte that means something, or 0 at the end. Commas and comments are white space in GraphQL.
  char peek() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (std::string_view(" \t\r\n,").find(text_[at_]) != std::string_view::npos) {
        ++at_;
      } else {
        return text_[at_];
      }
    }
    return '\0';
  }

  bool take(char wanted) {
    if (peek() != wanted || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }

  void expect(char wanted) {
    if (take(wanted)) return;
    const char found = peek();
    unexpected((found == '\0' ? std::string("<EOF>") : "\"" + std::string(1, found) + "\"") + ", expected \"" +
               std::string(1, wanted) + "\"");
  }

  [[noreturn]] void unexpected(const std::string& what) const {
    throw DocumentError("Syntax Error: Unexpected " + what + ".");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Operation parse_document(std::string_view text) { return DocumentParser(text).parse(); }

}  // namespace stand_in
