// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace stand_in {

/// A JSON value that the stand-in keeps, changes and writes: settings, variables, answers.
/// Members keep their order. Numbers are 64-bit integers where they fit, else doubles.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  Json() = default;
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(std::int64_t value) : value_(value) {}
  Json(int value) : value_(std::int64_t{value}) {}
  Json(std::size_t value) : value_(static_cast<std::int64_t>(value)) {}
  Json(double value) : value_(value) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  /// The value of a JSON text; throws std::runtime_error where the text is none.
  static Json parse(std::string_view text);

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  const std::string& string() const { return std::get<std::string>(value_); }
  const Array& array() const { return std::get<Array>(value_); }
  const Object& object() const { return std::get<Object>(value_); }
  Array& array() { return std::get<Array>(value_); }

  /// The member of that name, or null where this is no object or has none.
  const Json* find(std::string_view key) const;
  /// The member, as the type asked for; the fallback where it is absent or of another type.
  std::string text(std::string_view key, std::string_view fallback = {}) const;
  std::int64_t number(std::string_view key, std::int64_t fallback = 0) const;
  bool flag(std::string_view key, bool fallback = false) const;

  /// Sets a member of this object (a null value becomes an object first).
  Json& set(std::string_view key, Json value);
  /// Appends to this array (a null value becomes an array first).
  Json& push(Json value);

  std::string dump() const;
  void dump_to(std::string& out) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

/// Appends the text as a JSON string, quoted and escaped.
void append_quoted(std::string& out, std::string_view text);
std::string quoted(std::string_view text);

/// One member of an object as it stands in the text: the key unescaped, the value untouched.
struct RawMember {
  std::string key;
  std::string value;
};

/// Cuts an object's text into its members without touching a byte of their values, so that odd numbers,
/// escapes and even invalid UTF-8 pass through. Nothing where the text is not one well-nested object.
std::optional<std::vector<RawMember>> split_object(std::string_view text);
/// The same for the elements of an array.
std::optional<std::vector<std::string>> split_array(std::string_view text);

}  // namespace stand_in
