// SPDX-License-Identifier: Apache-2.0
#include "common/json/json_cursor.hpp"

#include "tests/unit/catch.hpp"

#include <vector>

using common::JsonCursor;
using common::JsonFault;

namespace {

bool is_json(std::string_view text) {
  try {
    JsonCursor cursor(text);
    cursor.value();
    cursor.finish();
    return true;
  } catch (const JsonFault&) {
    return false;
  }
}

}  // namespace

TEST_CASE("values come as they were written: numbers of any length, order and inner white space kept") {
  JsonCursor json(R"( {"b" : 123456789012345678901234567890.50, "a":[ 1 ,2 ], "\u0063": null} )");
  std::vector<std::string> seen;
  json.members([&](std::string_view name) { seen.push_back(std::string(name) + "=" + std::string(json.value())); });
  json.finish();
  CHECK(seen == std::vector<std::string>{"b=123456789012345678901234567890.50", "a=[ 1 ,2 ]", "c=null"});
}

TEST_CASE("what the grammar allows is taken") {
  for (const char* text : {"0", "-0.5e+10", "\"\"", "\"\\u00e9\\n\\\"\"", "[]", "{}", "[{},[],\"x\"]", "true", "null",
                           "{\"a\":{\"b\":[1,2,{\"c\":\"a long text with a quote \\\" and \\\\ in it\"}]}}"}) {
    INFO(text);
    CHECK(is_json(text));
  }
}

TEST_CASE("what the grammar forbids is refused") {
  for (const char* text :
       {"",      "01",      "1.",          "-",        "1e",   ".5",    "+1",      "nul",      "tru",
        "\"",    "\"\\x\"", "\"\\u12g4\"", "\"a\nb\"", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{a:1}", "[",       "{\"a\":1",    "[}",       "{]",   "1 2",   "[1]]"}) {
    INFO(text);
    CHECK_FALSE(is_json(text));
  }
}

TEST_CASE("depth beyond the limit is refused without using the stack") {
  CHECK(is_json(std::string(128, '[') + std::string(128, ']')));
  CHECK_FALSE(is_json(std::string(129, '[') + std::string(129, ']')));
  CHECK_FALSE(is_json(std::string(10'000'000, '[')));
}

TEST_CASE("a JSON string is resolved, and one that stands for no text is nothing") {
  CHECK(common::json_string("\"a\\u00e9\\/\"") == "a\u00e9/");
  CHECK_FALSE(common::json_string("\"\\ud800\""));
  CHECK_FALSE(common::json_string("12"));
}

TEST_CASE("a string ends at its quote, wherever that lies among the eight bytes that are read at a time") {
  for (std::size_t length = 0; length < 40; ++length) {
    for (const char* special : {"", R"(\")", R"(\\)", R"(\u00e9)", "\xc3\xa9", "\x7f", "\xff", "!", "]"}) {
      const std::string string = '"' + std::string(length, 'a') + special + std::string(length % 9, 'b') + '"';
      INFO(string);
      common::JsonCursor json(string);
      CHECK(json.value() == string);
      const std::string list = '[' + string + ",\"c\"]";
      common::JsonCursor two(list);
      int count = 0;
      two.elements([&] { count += two.value().size() > 0 ? 1 : 0; });
      CHECK(count == 2);
    }
    for (const char control : {'\0', '\n', '\x1f'}) {
      const std::string string = '"' + std::string(length, 'a') + control + "bbbbbbbb\"";
      common::JsonCursor json(string);
      CHECK_THROWS_AS(json.value(), common::JsonFault);
    }
  }
}
