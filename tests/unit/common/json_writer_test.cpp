// SPDX-License-Identifier: Apache-2.0
#include "common/json/json_writer.hpp"

#include "tests/unit/catch.hpp"

using namespace common;

namespace {
// As both kinds of text are written, which must not differ.
std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  TextBuffer buffer;
  append_json_string(buffer, text);
  CHECK(buffer.view() == out);
  return out;
}
}  // namespace

TEST_CASE("Strings are escaped as RFC 8785 says", "[json]") {
  CHECK(quoted("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(quoted("\b\f\n\r\t") == R"("\b\f\n\r\t")");
  CHECK(quoted(std::string_view("\x00\x1f\x7f", 3)) == "\"\\u0000\\u001f\x7f\"");
  CHECK(quoted("é\u2028😀") == "\"é\u2028😀\"");
}

TEST_CASE("An escape is found wherever it stands, in texts of any length", "[json]") {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string plain(size, 'x');
    CHECK(quoted(plain) == '"' + plain + '"');
    for (std::size_t at = 0; at < size; ++at) {
      std::string text = plain;
      text[at] = '\n';
      CHECK(quoted(text) == '"' + plain.substr(0, at) + "\\n" + plain.substr(at + 1) + '"');
    }
  }
}

TEST_CASE("Commas stand between members and items, and nowhere else", "[json]") {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("a", "x").key("b").begin_array().number(1).null().begin_object().end_object().end_array();
  json.member("c", true).member("d", std::int64_t{-5}).key("e").raw("[1,2]").end_object();
  CHECK(out == R"({"a":"x","b":[1,null,{}],"c":true,"d":-5,"e":[1,2]})");
}
