#include <string>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tools/map-stix/json_text.hpp"
#include "tools/map-stix/json_tree.hpp"

using namespace map_stix;

namespace {

// Keeps a line with the room behind it that the parser needs.
struct Parsed {
  explicit Parsed(std::string text) : line(std::move(text)) {
    line.reserve(line.size() + 64);
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

TEST_CASE("of a large line any value may be read soon, and is read as it is") {
  const std::vector<std::string> kinds = {"null", "7", R"("text")", "[]", "{}", R"({"a\n":{"b":[1,{"c":2}]},"last\t":3})", R"({"a":"x"})", "[[],{}]"};
  std::string text = R"({"many":[)";
  while (text.size() < 400'000) {
    for (const std::string& kind : kinds) text.append(kind).append(",");
  }
  text.append(R"({"l":")").append(200'000, 'x').append("\"}]}");  // longer than what is fetched at once
  Parsed json(text);
  REQUIRE(json.wrong.empty());
  REQUIRE(json.tree.is_large());
  std::string read = R"({"many":[)";
  for (const Json value : json["many"]) {
    json.tree.read_soon(value);
    append_compact_json(read, value);
    read += ",";
  }
  read.back() = ']';
  CHECK(read + "}" == text);
  json.tree.read_soon(json.tree.root());
  json.tree.read_soon({});
}
