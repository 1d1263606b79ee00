// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tools/map-stix/json/json_items.hpp"
#include "tools/map-stix/json/json_text.hpp"
#include "tools/map-stix/json/json_tree.hpp"

using namespace map_stix;

namespace {

// Keeps a line with the room behind it that the parser needs.
struct Parsed {
  // With names of long lists, the line counts as large.
  explicit Parsed(std::string text, std::vector<std::string_view> long_lists = {}) : line(std::move(text)) {
    line.reserve(line.size() + 64);
    if (!long_lists.empty()) tree.set_sizes(0, 64);
    wrong = tree.parse(line, long_lists);
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

TEST_CASE("of a large line, the objects of a long list come one at a time and as they stand") {
  const std::vector<std::string> items = {R"({"a\n":{"b":[1,{"c":2}]},"last\t":3})", "{}", R"({"a":"x","a":[[],{}]})",
                                          R"({"b":"\u00e4\ud800"})"};
  for (const auto* const after : {"", R"(,"after":{"x":["\u0041",2]})"}) {
    std::string list;
    for (const std::string& item : items) list += (list.empty() ? "" : " , ") + item;
    Parsed json(R"({"before":"\"","many":[ )" + list + " ]" + after + "}", {"many"});
    REQUIRE(json.wrong.empty());
    Parsed whole(json.line);
    CHECK(json.tree.replaced() == 1);
    CHECK(json.tree.repeated_keys() == 1);
    CHECK(json.tree.values_of(json.tree.root()) ==
          whole.tree.values_of(whole.tree.root()) + 1);  // one stands for them all
    CHECK(json.tree.values_of({}) == 0);
    for (int walk = 0; walk < 2; ++walk) {
      JsonItems walked(json["many"]);
      std::vector<std::string> read;
      while (const Json item = walked.next()) {
        read.emplace_back();
        append_compact_json(read.back(), item);
      }
      CHECK(read == std::vector<std::string>{R"({"a\n":{"b":[1,{"c":2}]},"last\t":3})", "{}",
                                             R"({"a":"x","a":[[],{}]})", "{\"b\":\"\u00e4\ufffd\"}"});
      CHECK(json["before"].text() == "\"");
      if (*after != 0) CHECK((*json["after"]["x"].begin()).text() == "A");
    }
    CHECK(json.tree.replaced() == 1);
    CHECK(json.tree.repeated_keys() == 1);
  }
}

TEST_CASE("texts of a long list's items stay while others are built") {
  std::string list;
  constexpr int items = 1000;
  for (int i = 0; i < items; ++i) list += (i > 0 ? "," : "") + (R"({"t":"\n)" + std::to_string(i)) + "\"}";
  Parsed json(R"({"many":[)" + list + R"(],"behind":"\t)" + std::string(100, 'x') + "\"}", {"many"});
  REQUIRE(json.wrong.empty());
  std::vector<std::string_view> texts;
  JsonItems walked(json["many"]);
  while (const Json item = walked.next()) texts.push_back(item["t"].text());
  REQUIRE(texts.size() == items);
  for (int i = 0; i < items; ++i) CHECK(texts[static_cast<std::size_t>(i)] == "\n" + std::to_string(i));
  CHECK(json["behind"].text() == "\t" + std::string(100, 'x'));
}

TEST_CASE("whoever walks a long list without JsonItems finds one null that is used, never an empty list") {
  Parsed json(R"({"many":[{"a":1},{"a":2}]})", {"many"});
  CHECK_FALSE(json["many"].empty());
  std::size_t found = 0;
  for (const Json item : json["many"]) {
    CHECK(item.is(JsonKind::null));
    CHECK(item.used());
    ++found;
  }
  CHECK(found == 1);
}

TEST_CASE("only the root's first list of objects of that name is long") {
  for (const std::string text : {R"({"other":[{"a":1}]})", R"({"in":{"many":[{"a":1}]}})", R"({"many":[{"a":1},2]})",
                                 R"({"many":[]})", R"({"many":{"a":1}})", R"({"many":null,"many":[{"a":1}]})"}) {
    INFO(text);
    Parsed json(text, {"many"});
    REQUIRE(json.wrong.empty());
    std::string read;
    append_compact_json(read, json.tree.root());
    CHECK(read == text);
  }
  Parsed twice(R"({"many":[{"a":1}],"many":[{"a":2}]})", {"many"});
  JsonItems first(twice["many"]);
  CHECK(first.next()["a"].text() == "1");
  CHECK_FALSE(first.next());
  std::string second;
  for (const Json member : twice.tree.root()) {
    second.clear();
    append_compact_json(second, member);
  }
  CHECK(second == R"([{"a":2}])");
}

TEST_CASE("what is wrong in a line with a long list is refused for the same reason as in one without") {
  const std::string text = R"({"x":"\u00e4","many":[{"a":"\n","b":[1,tru]},{"c":-}],"y":{"z":"\ud83d\ude00"}} )";
  std::size_t refused = 0;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    for (std::string line : {text.substr(0, size), text.substr(size), text.substr(0, size) + "]}",
                             text.substr(0, size) + text.substr(std::min(text.size(), size + 1))}) {
      INFO(line);
      const std::string wrong = Parsed(line).wrong;
      CHECK(Parsed(line, {"many"}).wrong == wrong);
      refused += wrong.empty() ? 0 : 1;
    }
  }
  CHECK(refused > 0);
}
