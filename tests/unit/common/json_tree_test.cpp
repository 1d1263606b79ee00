// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <string>

#include "common/json/json_text.hpp"
#include "common/json/json_tree.hpp"
#include "tests/unit/catch.hpp"

using namespace common;

namespace {

// Keeps a line with the room behind it that the parser needs.
struct Parsed {
  explicit Parsed(std::string text) : line(std::move(text)) {
    line.reserve(line.size() + JsonTree::padding);
    wrong = tree.parse(line);
  }
  Json operator[](std::string_view key) { return tree.root()[key]; }
  std::string line;
  JsonTree tree;
  std::string wrong;
};

std::string nested(int depth) {
  return "{\"a\":" + std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']') + "}";
}

}  // namespace

TEST_CASE("numbers keep their digits and strings their text") {
  Parsed json(
      R"({"n":123456789012345678901234567890,"e":-1.50E+400,"s":"a\u00e9\n\/\ud83e\udd86","t":true,"z":null,"l":[1,{"x":2}],"o":{}})");
  REQUIRE(json.wrong.empty());
  CHECK(json["n"].text() == "123456789012345678901234567890");
  CHECK(json["e"].text() == "-1.50E+400");
  CHECK(json["s"].text() == "aé\n/🦆");
  CHECK(json["t"].is(JsonKind::boolean));
  CHECK(json["z"].is(JsonKind::null));
  CHECK(json["o"].empty());
  CHECK_FALSE(json["nothing"]);
  CHECK_FALSE(json["nothing"]["more"]);
  std::string text;
  append_compact_json(text, json.tree.root());
  CHECK(
      text ==
      R"({"n":123456789012345678901234567890,"e":-1.50E+400,"s":"aé\n/🦆","t":true,"z":null,"l":[1,{"x":2}],"o":{}})");
}

TEST_CASE("lone surrogates and U+0000 are replaced and counted") {
  Parsed json(R"({"a":"x\ud800y\udc00\ud800\ud800z\u0000"})");
  REQUIRE(json.wrong.empty());
  CHECK(json["a"].text() == "x\ufffdy\ufffd\ufffd\ufffdz\ufffd");
  CHECK(json.tree.replaced() == 5);
}

TEST_CASE("of members with one name the first counts, and the others are counted") {
  Parsed json(R"({"a":1,"b":{"c":1,"c":2},"a":3,"a":4})");
  CHECK(json["a"].text() == "1");
  CHECK(json.tree.repeated_keys() == 3);
  std::string many = "{";
  for (int i = 0; i < 60; ++i) many.append("\"k").append(std::to_string(i)).append("\":1,");
  Parsed large(many + "\"k7\":2}");
  CHECK(large.tree.repeated_keys() == 1);
}

TEST_CASE("names are compared after their escapes are resolved") {
  Parsed json(R"({"\u0061b":1})");
  CHECK(json["ab"].text() == "1");
}

TEST_CASE("what is not JSON is refused with a reason") {
  for (const auto* text : {"{",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{\"a\":01}",
                           "{\"a\":1.}",
                           "{\"a\":+1}",
                           "{\"a\":.5}",
                           "{\"a\":1e}",
                           "{\"a\":tru}",
                           "{\"a\":nul}",
                           "{\"a\":truex}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\u12\"}",
                           "{\"a\":\"b}",
                           "{\"a\":1}}",
                           "{\"a\":1} {}",
                           "{'a':1}",
                           "{\"a\":[1 2]}",
                           "{\"a\":[1,]}",
                           "{\"a\" 1}",
                           "{1:2}",
                           "{\"a\":1]",
                           "{\"a\":[1}",
                           "{\"a\":\"b\":1}",
                           "{\"a\":[\"b\":1]}",
                           "{\"a\":{\"b\":1}",
                           "{\"a\":1,,\"b\":2}",
                           "{\"a\":[,1]}",
                           "{\"a\":[1,,2]}",
                           "{,}",
                           "{\"a\":[}]",
                           "{\"a\"::1}",
                           "{\"a\":{]}",
                           "{{}}",
                           "",
                           "  ",
                           "not json",
                           "{\"a\":\"\x01\"}",
                           "{\"a\":\"\xff\"}"}) {
    INFO(text);
    CHECK_FALSE(Parsed(text).wrong.empty());
  }
  CHECK(Parsed("[1]").wrong == "not a JSON object");
  CHECK(Parsed("{\"a\":\"\xc3(\"}").wrong == "not UTF-8");
}

TEST_CASE("nesting is limited to 128 levels") {
  CHECK(Parsed(nested(127)).wrong.empty());
  CHECK(Parsed(nested(128)).wrong == "nested deeper than 128");
  CHECK_FALSE(Parsed(nested(100000)).wrong.empty());
}

TEST_CASE("a tree is used for line after line") {
  JsonTree tree;
  std::string first = R"({"a":"x\ny"})";
  std::string second = R"({"b":2})";
  first.reserve(128);
  second.reserve(128);
  CHECK(tree.parse(first).empty());
  std::string broken = "{";
  broken.reserve(128);
  CHECK_FALSE(tree.parse(broken).empty());
  CHECK(tree.parse(second).empty());
  CHECK(tree.root()["b"].text() == "2");
  CHECK_FALSE(tree.root()["a"]);
}

TEST_CASE("a value's raw bytes are those of the text, without the white space around it") {
  const std::string text =
      R"(  { "a" : [ 1 , {"b":"\u00e9 \ud800"} ] , "n" : 1.50 ,"e": {} , "s":"x" ,"l":[[ ],{ }] }  )";
  Parsed json(text);
  REQUIRE(json.wrong.empty());
  CHECK(json.tree.root().raw() == text.substr(2, text.size() - 4));
  CHECK(json["a"].raw() == R"([ 1 , {"b":"\u00e9 \ud800"} ])");
  CHECK((*++json["a"].begin()).raw() == R"({"b":"\u00e9 \ud800"})");
  CHECK((*++json["a"].begin())["b"].raw() == R"("\u00e9 \ud800")");
  CHECK(json["n"].raw() == "1.50");
  CHECK(json["e"].raw() == "{}");
  CHECK(json["s"].raw() == "\"x\"");
  CHECK(json["l"].raw() == "[[ ],{ }]");
  CHECK((*json["l"].begin()).raw() == "[ ]");
  CHECK(json["none"].raw().empty());
}

TEST_CASE("what follows a text is no part of it, even if it would complete it") {
  for (const std::string_view whole :
       {R"({"a":{"b":1}})", R"({"a":[1,2]})", R"({"a":"b"})", R"({"a":1,"b":[[[{}]]]})"}) {
    std::string padded(whole);
    padded.append(JsonTree::padding, '\n');
    for (std::size_t size = 0; size < whole.size(); ++size) {
      INFO(whole.substr(0, size));
      JsonTree tree;
      CHECK_FALSE(tree.parse_copy(whole.substr(0, size)).empty());
      CHECK_FALSE(tree.root());
    }
    JsonTree tree;
    CHECK(tree.parse(std::string_view(padded).substr(0, whole.size())).empty());
    CHECK(tree.root().raw() == whole);
  }
}

TEST_CASE("a parsed copy outlives the text that it was made of") {
  JsonTree tree;
  CHECK(tree.parse_copy(std::string(R"({"error":{"code":"throttled"}})")).empty());
  CHECK(tree.root()["error"]["code"].text() == "throttled");
  CHECK(tree.root()["error"]["none"]["code"].text().empty());
}

TEST_CASE("a text of megabytes is read whole, and a short one after it") {
  std::string line = R"({"deep":)";
  line.append(100, '[').append(100, ']').append(R"(,"commas":")").append(900'000, ',').append(R"(","blank":)");
  line.append(900'000, ' ').append(R"("x","n":[)");
  for (int i = 0; i < 300'000; ++i) line.append(i > 0 ? "," : "").append(std::to_string(i));
  line += R"(],"o":{"\u006b":"v"}})";
  Parsed json(line);
  REQUIRE(json.wrong.empty());
  CHECK(json.tree.values_of(json.tree.root()) == 300'106);
  CHECK(json["commas"].text().size() == 900'000);
  CHECK(json["n"].raw().size() == json["n"].raw().find(']') + 1);
  CHECK(json["o"]["k"].text() == "v");
  CHECK(Parsed(line + "}").wrong == "not JSON: something follows the object");
  CHECK(Parsed(line + "x").wrong == "not JSON: the object does not end, or something follows it");
  line.insert(line.size() - 1, R"(,"e":"\q")");
  CHECK(Parsed(line).wrong == "not JSON: a string holds a wrong escape");
  CHECK(json.tree.parse_copy(R"({"a":1})").empty());
  CHECK(json["a"].text() == "1");
}

TEST_CASE("a value knows whether white space stands between its tokens") {
  for (const auto* text : {R"({})", R"({"a":[]})", R"({"a":[1,"b c",{"":null,"d":{"e":[[],{}]}}],"f":" "})"}) {
    INFO(text);
    CHECK(Parsed(text).tree.root().is_compact());
    for (const char* at = text; *at != 0; ++at) {
      if (std::strchr("{}[],:", *at) == nullptr || *(at + 1) == 0) continue;
      std::string spaced(text);
      spaced.insert(static_cast<std::size_t>(at - text) + 1, " ");
      INFO(spaced);
      CHECK_FALSE(Parsed(spaced).tree.root().is_compact());
    }
  }
  Parsed parts(R"( {"a":[ 1],"b":[1]} )");
  CHECK_FALSE(parts["a"].is_compact());
  CHECK(parts["b"].is_compact());
  CHECK_FALSE(Parsed(R"({"\u0061":1})").tree.root().is_compact());
}

TEST_CASE("whole numbers are read from numbers and from strings") {
  Parsed json(R"({"n":3599,"s":"3600","f":1.5,"big":123456789012345678901,"t":true,"x":"12a","l":[1]})");
  CHECK(json["n"].integer() == 3599);
  CHECK(json["s"].integer() == 3600);
  for (const auto* name : {"f", "big", "t", "x", "l", "none"}) CHECK_FALSE(json[name].integer());
}

TEST_CASE("minified JSON has no white space outside of strings") {
  std::string out = "x";
  append_minified(out, "{ \"a b\" : [ 1 ,\n 2 ] }");
  CHECK(out == "x{\"a b\":[1,2]}");
}
