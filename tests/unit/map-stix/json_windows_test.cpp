// SPDX-License-Identifier: Apache-2.0
// Lines that are longer than the windows in which JsonTokens looks at them.
#include <random>
#include <string>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/padded.hpp"
#include "tools/map-stix/json/json_items.hpp"
#include "tools/map-stix/json/json_text.hpp"
#include "tools/map-stix/json/json_tree.hpp"

using namespace map_stix;

namespace {

constexpr std::size_t several_windows = 900'000;

std::string reason_of(std::string_view text) {
  const std::string line = padded(text);
  JsonTree tree;
  return tree.parse(line);
}

// What a line of JSON without white space reads as.
std::string read(std::string_view text_of_line) {
  const std::string line = padded(text_of_line);
  JsonTree tree;
  REQUIRE(tree.parse(line) == "");
  std::string text;
  append_compact_json(text, tree.root());
  return text;
}

using Random = std::mt19937;

void append_string(std::string& out, Random& random) {
  static const std::vector<std::string> parts = {",",   "\\\"", "\\\\",     "},{",    "]",
                                                 "\\n", "a",    "\xc3\xa4", ",\\\",", "\\\\\\\""};
  out += '"';
  for (auto i = random() % 40; i > 0; --i) out += parts[random() % parts.size()];
  if (random() % 300 == 0) out.append(20'000, ',');
  out += '"';
}

void append_value(std::string& out, Random& random, int depth) {
  switch (random() % (depth > 6 ? 4 : 7)) {
    case 0: out += "null"; break;
    case 1: out += std::to_string(random()); break;
    case 2:
    case 3: append_string(out, random); break;
    case 4:
    case 5: {
      out += '[';
      const auto items = random() % 6;
      for (std::size_t i = 0; i < items; ++i) {
        if (i > 0) out += ',';
        append_value(out, random, depth + 1);
      }
      out += ']';
      break;
    }
    default: {
      out += '{';
      const auto members = random() % 6;
      for (std::size_t i = 0; i < members; ++i) {
        out.append(i > 0 ? "," : "").append("\"k").append(std::to_string(i)).append("\":");
        append_value(out, random, depth + 1);
      }
      out += '}';
    }
  }
}

std::string long_line(unsigned seed) {
  Random random(seed);
  std::string line = R"({"many":[)";
  for (int i = 0; line.size() < several_windows; ++i) {
    if (i > 0) line += ',';
    line += R"({"item":)";
    append_value(line, random, 0);
    line += '}';
  }
  return line + "]}";
}

}  // namespace

TEST_CASE("a line of several windows is read as it stands, wherever they end, whole and item by item") {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    INFO(seed);
    const std::string line = padded(long_line(seed));
    // In output, characters that need no escape have none; so compare two readings, too.
    const std::string once = read(line);
    CHECK(once == line);
    for (const std::size_t window : {1u, 7u, 64u, 5000u, 256u << 10}) {
      INFO(window);
      JsonTree tree;
      constexpr std::string_view names[] = {"many"};
      tree.set_sizes(0, window);
      REQUIRE(tree.parse(line, names) == "");
      std::string items;
      JsonItems walk(tree.root()["many"]);
      while (const Json item = walk.next()) {
        items.append(items.empty() ? R"({"many":[)" : ",");
        append_compact_json(items, item);
      }
      CHECK(items + "]}" == line);
    }
  }
}

TEST_CASE("a string that is longer than a window, full of commas, is one string") {
  std::string line = R"({"a":1,"b":")";
  line.append(several_windows, ',').append(R"(","c":[2,3]})");
  CHECK(read(line) == line);
}

TEST_CASE("white space that is longer than a window changes nothing") {
  const std::string blank(several_windows, ' ');
  CHECK(read(R"({"a":)" + blank + "1" + blank + R"(,"b":)" + blank + R"("x")" + blank + "}" + blank) ==
        R"({"a":1,"b":"x"})");
  CHECK(reason_of(R"({"a":1},)" + blank) == "not JSON: something follows the object");
  CHECK(reason_of(R"({"a":1})" + blank + "x") == "not JSON: something follows the object");
  CHECK(reason_of(R"({"a":1,)" + blank) == "not JSON");
}

TEST_CASE("what is wrong beyond the first window is refused with its reason") {
  std::string begin = R"({"s":")";
  begin.append(several_windows, 'x').append(R"(","l":[1,2,"three"],)");
  CHECK(reason_of(begin + R"("e":"no end)") == "not JSON: a string has no end");
  CHECK(reason_of(begin + "\"e\":\"\x01\"}") == "not JSON: a control character stands in a string");
  CHECK(reason_of(begin + "\"e\":\"\xff\"}") == "not UTF-8");
  CHECK(reason_of(begin + R"("e":"\q"})") == "not JSON: a string holds a wrong escape");
  CHECK(reason_of(begin + R"("e":tru})") == "not JSON");
  CHECK(reason_of(begin) == "not JSON");
  CHECK(reason_of(begin + R"("e":)" + std::string(200, '[') + std::string(200, ']') + "}") == "nested deeper than 128");
  CHECK(reason_of(begin + R"("e":1}})") == "not JSON: something follows the object");
  CHECK(reason_of(begin + R"("e":1})").empty());
}

TEST_CASE("a tree that grows from window to window keeps its values") {
  std::string line = R"({"deep":)";
  line.append(100, '[').append(100, ']').append(R"(,"n":[)");
  for (int i = 0; line.size() < several_windows; ++i) line.append(i > 0 ? "," : "").append(std::to_string(i));
  line += R"(],"o":{"\u006b":"v"}})";
  const std::string read_back = read(line);
  CHECK(read_back.substr(0, line.size() - 40) == line.substr(0, line.size() - 40));
  CHECK(read_back.ends_with(R"(],"o":{"k":"v"}})"));
}
