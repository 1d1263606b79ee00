// SPDX-License-Identifier: Apache-2.0
// Alert descriptions are Markdown that Microsoft wrote: whatever they leave open, no value behind them comes to life.
#include "tools/map-stix/text/markdown.hpp"

#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/mapped.hpp"

using namespace map_stix;

namespace {

std::string code_lines(std::string_view path, std::string_view value) {
  common::TextBuffer out;
  append_code_lines(out, path, value);
  return std::string(out.view());
}

std::string closed(std::string_view text) {
  common::TextBuffer out;
  append_markdown(out, text);
  return std::string(out.view());
}

}  // namespace

TEST_CASE("a value of several lines stays one list item, with code for each line") {
  CHECK(code_lines("a", "b") == "- `a: b`\n");
  CHECK(code_lines("a", "one\ntwo") == "- `a: one`\\\n  `two`\n");
  CHECK(code_lines("a", "one\r\n\r\n```\n![x](http://evil.example)") ==
        "- `a: one`\\\n  ` `\\\n  ```` ``` ````\\\n  `![x](http://evil.example)`\n");
  CHECK(code_lines("a", "one\rtwo\n") == "- `a: one`\\\n  `two`\\\n  ` `\n");
  CHECK(code_lines("k\nl", "v") == "- `k`\\\n  `l: v`\n");
}

TEST_CASE("below a description that may leave a fence open no value stands in a fenced block") {
  for (const char* description : {R"(- ```\n  whoami\n  ```)", R"(<pre>\n```\nx\n</pre>)", "<!-- x", "~~~"}) {
    Mapped mapped(incident_with("", std::string(R"(,"description":")") + description +
                                        R"x(","additionalData":{"k":"one\n```\n![x](http://evil.example)"})x"));
    const std::string text(mapped.find("incident", "name", "One")["description"].text());
    INFO(text);
    const std::size_t values = text.find("- `createdDateTime");
    REQUIRE(values != std::string::npos);
    CHECK(text.find("\\\n  `![x](http://evil.example)`", values) != std::string::npos);
    for (std::size_t at = values; at != std::string::npos; at = text.find('\n', at)) {
      if (text[at] == '\n') ++at;
      const bool is_code = text.substr(at, 3) == "- `" || text.substr(at, 3) == "  `";
      CHECK(is_code);
    }
  }
}

TEST_CASE("a query of several lines is one value in one block") {
  for (const char* description : {"plain", "one<br>two, **bold** and `code`"}) {
    Mapped mapped(incident_with("", std::string(R"(,"description":")") + description +
                                        R"(","additionalData":{"Query":"Logs\n| where x\n| take 5","Tail":"t"})"));
    const std::string text(mapped.find("incident", "name", "One")["description"].text());
    CHECK_THAT(
        text, contains_text("\n```\nadditionalData.Query: Logs\n| where x\n| take 5\n```\n- `additionalData.Tail: t`"));
  }
}

TEST_CASE("an incident's own values keep their fenced blocks, since nothing of Microsoft's stands before them") {
  Mapped mapped(incident_with("", "", R"(,"summary":"one\ntwo")"));
  const std::string text(mapped.all("case-incident")[0]["description"].text());
  CHECK(text.starts_with("Summary:\n\n```\none\ntwo\n```\n\n"));
}

TEST_CASE("HTML that Microsoft's own text leaves open is closed") {
  CHECK(closed("a <b> c") == "a <b> c");
  CHECK(closed("<pre>x</pre>") == "<pre>x</pre>");
  CHECK(closed("<pre>\nx") == "<pre>\nx\n</pre>");
  CHECK(closed("<PRE class='a'>\nx") == "<PRE class='a'>\nx\n</pre>");
  CHECK(closed("x\n  <!-- y") == "x\n  <!-- y\n-->\n>");
  CHECK(closed("<script>\n1\n</script>\n<script>") == "<script>\n1\n</script>\n<script>\n</script>");
  CHECK(closed("<style>") == "<style>\n</style>");
  CHECK(closed("<textarea>") == "<textarea>\n</textarea>");
  CHECK(closed("<?php") == "<?php\n?>");
  CHECK(closed("<![CDATA[ x") == "<![CDATA[ x\n]]>\n>");
  CHECK(closed("<!DOCTYPE x") == "<!DOCTYPE x\n>");
  CHECK(closed("runs `<script` in a page") == "runs `<script` in a page");
  CHECK(closed("```\n<pre>") == "```\n<pre>\n</pre>\n```");
}
