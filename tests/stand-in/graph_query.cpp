// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/graph_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace stand_in {

namespace {

constexpr std::array<QueryProperty, 7> query_properties = {{{"assignedTo", false},
                                                            {"classification", false},
                                                            {"createdDateTime", true},
                                                            {"determination", false},
                                                            {"lastUpdateDateTime", true},
                                                            {"severity", false},
                                                            {"status", false}}};

using Operator = Condition::Operator;
constexpr std::array<std::pair<std::string_view, Operator>, 6> operators = {{{"eq", Operator::eq},
                                                                             {"ne", Operator::ne},
                                                                             {"gt", Operator::gt},
                                                                             {"ge", Operator::ge},
                                                                             {"lt", Operator::lt},
                                                                             {"le", Operator::le}}};

QueryProperty property_named(std::string_view name) {
  for (const QueryProperty& property : query_properties) {
    if (property.name == name) return property;
  }
  throw QueryError("Could not find a property named '" + std::string(name) +
                   "' on type 'microsoft.graph.security.incident'.");
}

template <typename Value>
bool compared(Operator comparison, const Value& left, const Value& right) {
  switch (comparison) {
    case Operator::eq: return left == right;
    case Operator::ne: return left != right;
    case Operator::gt: return left > right;
    case Operator::ge: return left >= right;
    case Operator::lt: return left < right;
    case Operator::le: return left <= right;
  }
  return false;
}

/// Recursive descent over `a eq 1 and (b ne 'x' or not c lt 2)`; `and` binds tighter than `or`, as in OData.
class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : text_(text) {}

  Condition parse() {
    Condition condition = disjunction();
    if (!rest().empty()) fail();
    return condition;
  }

 private:
  Condition disjunction() {
    return joined("or", Condition::Kind::any_of, [this] { return conjunction(); });
  }
  Condition conjunction() {
    return joined("and", Condition::Kind::all_of, [this] { return primary(); });
  }

  template <typename Part>
  Condition joined(std::string_view word, Condition::Kind kind, const Part& part) {
    Condition first = part();
    if (!take_word(word)) return first;
    Condition all;
    all.kind = kind;
    all.parts.push_back(std::move(first));
    do {
      all.parts.push_back(part());
    } while (take_word(word));
    return all;
  }

  Condition primary() {
    if (take_word("not")) {
      Condition negated;
      negated.kind = Condition::Kind::none_of;
      negated.parts.push_back(primary());
      return negated;
    }
    if (!rest().empty() && rest().front() == '(') {
      ++at_;
      Condition inner = disjunction();
      if (rest().empty() || rest().front() != ')') fail();
      ++at_;
      return inner;
    }
    return comparison();
  }

  Condition comparison() {
    Condition condition;
    condition.kind = Condition::Kind::compare;
    condition.property = property_named(word());
    const std::string_view name = word();
    const auto found =
        std::find_if(operators.begin(), operators.end(), [&](const auto& entry) { return entry.first == name; });
    if (found == operators.end()) fail();
    condition.comparison = found->second;
    if (condition.property.is_time) {
      const auto time = parse_instant(word());
      if (!time) fail();
      condition.time = *time;
    } else if (!rest().empty() && rest().front() == '\'') {
      condition.text = quoted_literal();
    } else if (word() != "null") {
      fail();
    }
    return condition;
  }

  /// A literal in single quotes; a quote inside is written twice.
  std::string quoted_literal() {
    std::string literal;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\'') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '\'') {
          ++at_;
          return literal;
        }
        ++at_;
      }
      literal += text_[at_];
    }
    fail();
  }

  std::string_view rest() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return text_.substr(at_);
  }

  std::string_view word() {
    const std::string_view left = rest();
    const std::string_view found = left.substr(0, std::min(left.find_first_of(" ()'"), left.size()));
    at_ += found.size();
    return found;
  }

  bool take_word(std::string_view wanted) {
    const std::size_t before = at_;
    if (word() == wanted) return true;
    at_ = before;
    return false;
  }

  [[noreturn]] void fail() const {
    throw QueryError("Invalid filter clause: there is an error at position " + std::to_string(at_) + " in '" +
                     std::string(text_) + "'.");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::size_t whole_number(std::string_view name, std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw QueryError("Invalid value '" + std::string(text) + "' for " + std::string(name) +
                     " query option found. The " + std::string(name) +
                     " query option requires a non-negative integer value.");
  }
  return number;
}

void read_order(std::string_view text, GraphQuery& query) {
  const std::size_t space = std::min(text.find(' '), text.size());
  const std::string_view direction = space < text.size() ? text.substr(space + 1) : "asc";
  if (direction != "asc" && direction != "desc") {
    throw QueryError("Syntax error in $orderby '" + std::string(text) + "'.");
  }
  query.order_by = property_named(text.substr(0, space));
  query.descending = direction == "desc";
}

std::size_t checked_top(std::size_t top) {
  static constexpr std::size_t limit = 50;
  if (top > limit) {
    throw QueryError(
        "The query specified in the URI is not valid. The limit of '50' for Top query has been exceeded. "
        "The value from the incoming request is '" +
        std::to_string(top) + "'.");
  }
  return top;
}

}  // namespace

bool Condition::holds(const FilterSubject& subject) const {
  const auto part_holds = [&](const Condition& part) { return part.holds(subject); };
  switch (kind) {
    case Kind::all_of: return std::all_of(parts.begin(), parts.end(), part_holds);
    case Kind::any_of: return std::any_of(parts.begin(), parts.end(), part_holds);
    case Kind::none_of: return std::none_of(parts.begin(), parts.end(), part_holds);
    case Kind::compare: break;
  }
  if (property.is_time) {
    const auto value = subject.time(property.name);
    return value ? compared(comparison, *value, time) : comparison == Operator::ne;
  }
  const auto value = subject.text(property.name);
  if (!value || !text) {
    const bool same = !value && !text;
    return comparison == Operator::eq ? same : comparison == Operator::ne && !same;
  }
  return compared(comparison, *value, *text);
}

UpdateRange update_range(const Condition& condition) {
  UpdateRange range;
  if (condition.kind == Condition::Kind::all_of) {
    for (const Condition& part : condition.parts) {
      const UpdateRange inner = update_range(part);
      range.first = std::max(range.first, inner.first);
      range.last = std::min(range.last, inner.last);
    }
  }
  if (condition.kind != Condition::Kind::compare || condition.property.name != "lastUpdateDateTime") {
    return range;
  }
  if (condition.comparison == Operator::eq) range = {condition.time, condition.time};
  if (condition.comparison == Operator::gt) range.first = condition.time + 1;
  if (condition.comparison == Operator::ge) range.first = condition.time;
  if (condition.comparison == Operator::lt) range.last = condition.time - 1;
  if (condition.comparison == Operator::le) range.last = condition.time;
  return range;
}

Condition parse_filter(std::string_view text) {
  if (text.find_first_not_of(' ') == std::string_view::npos) return {};
  return FilterParser(text).parse();
}

GraphQuery parse_query(const Fields& parameters) {
  GraphQuery query;
  for (const auto& [name, value] : parameters) {
    if (name == "$filter") {
      query.filter = parse_filter(value);
    } else if (name == "$orderby") {
      read_order(value, query);
    } else if (name == "$top") {
      query.top = checked_top(whole_number(name, value));
    } else if (name == "$skip") {
      query.skip = whole_number(name, value);
    } else if (name == "$skiptoken") {
      query.skip_token = value;
    } else if (name == "$count") {
      query.count = value == "true";
    } else if (name == "$expand" && value == "alerts") {
      query.expand_alerts = true;
    } else if (name == "$expand") {
      throw QueryError("Could not find a property named '" + value + "' on type 'microsoft.graph.security.incident'.");
    } else if (!name.empty() && name.front() == '$') {
      throw QueryError("The query parameter '" + name + "' is not supported.");
    }
  }
  return query;
}

}  // namespace stand_in
