// SPDX-License-Identifier: Apache-2.0
#include "common/json/json_writer.hpp"
#include "tests/unit/catch.hpp"
#include "tools/map-stix/text/address.hpp"
#include "tools/map-stix/text/markdown.hpp"
#include "tools/map-stix/text/stix_values.hpp"
#include "tools/map-stix/text/unicode.hpp"
#include "tools/map-stix/text/url.hpp"

using namespace map_stix;

namespace {

std::string lower(std::string_view text) {
  common::TextBuffer out;
  append_lower(out, text);
  return std::string(out.view());
}
std::string code_line(std::string_view path, std::string_view value) {
  common::TextBuffer out;
  append_code_line(out, path, value);
  return std::string(out.view());
}

}  // namespace

TEST_CASE("lower case is that of Python, whatever the locale") {
  CHECK(lower("ABC xyz 1") == "abc xyz 1");
  CHECK(lower("ÅNGSTRÖM") == "ångström");
  CHECK(lower("İstanbul I") == "i\xcc\x87stanbul i");
  CHECK(lower("ẞ") == "ß");
  CHECK(lower("ΟΔΟΣ") == "οδος");
  CHECK(lower("ΟΔΟΣ ΣΟΣ.") == "οδος σος.");
  CHECK(lower("Σ") == "σ");
  CHECK(lower("Α'Σ'") == "α'ς'");
  CHECK(lower("ΑΣΑ") == "ασα");
  CHECK(lower("ДЖ Ꭰ 𐐀 𞤀") == "дж ꭰ 𐐨 𞤢");
  CHECK(lower("ǅ Ω K") == "ǆ ω k");
}

TEST_CASE("stripping removes every white space of Unicode at the ends") {
  CHECK(strip(" \t\n x y \r\n") == "x y");
  CHECK(strip("\u00a0\u2003\u3000x\u2028\u1680") == "x");
  CHECK(strip("\x1c\x1fx\x1d") == "x");
  CHECK(strip("\u200bx") == "\u200bx");
  CHECK(strip(" ").empty());
}

TEST_CASE("values that could break out of inline code stay inside") {
  CHECK(code_line("a", "b") == "- `a: b`\n");
  CHECK(code_line("a", "x`y") == "- ``a: x`y``\n");
  CHECK(code_line("a", "``x") == "- ``` a: ``x ```\n");
  CHECK(code_line("a", "x`") == "- `` a: x` ``\n");
  CHECK(code_line("a", "one\n\n# two") == "```\na: one\n\n# two\n```\n");
  CHECK(code_line("a", "one\n````\ntwo") == "`````\na: one\n````\ntwo\n`````\n");
  CHECK(code_line("a", "one\rtwo") == "```\na: one\rtwo\n```\n");
  CHECK(code_line("k`\n", "v").starts_with("```\n"));
}

TEST_CASE("a line that goes straight into a JSON string is the escaped line, whatever it holds") {
  for (const std::string_view value :
       {"b", "a value of more than sixteen bytes", "x`y", "a \"quoted\" one", "C:\\Users\\x", "one\ntwo", ""}) {
    for (const std::string_view path : {"a", "a.very.long.path.of.members", "k`"}) {
      common::TextBuffer direct;
      append_escaped_code_line(direct, path, value);
      common::TextBuffer escaped;
      common::append_json_escaped(escaped, code_line(path, value));
      CHECK(direct.view() == escaped.view());
    }
  }
}

TEST_CASE("a fence that Microsoft's own text leaves open is closed") {
  const auto closed = [](std::string_view text) {
    common::TextBuffer out;
    append_markdown(out, text);
    return std::string(out.view());
  };
  CHECK(closed("plain") == "plain");
  CHECK(closed("```\ncode\n```") == "```\ncode\n```");
  CHECK(closed("```sh\ncode") == "```sh\ncode\n```");
  CHECK(closed("~~~~\n```\n") == "~~~~\n```\n\n~~~~");
  CHECK(closed("inline ``` is no fence") == "inline ``` is no fence");
}

TEST_CASE("only what RFC 3986 forbids in a URL is encoded") {
  CHECK(read_url("https://a.example/x?y=1#z").value == "https://a.example/x?y=1#z");
  CHECK(read_url("https://a.example/a b").value == "https://a.example/a%20b");
  CHECK(read_url("https://a.example/50%").value == "https://a.example/50%25");
  CHECK(read_url("https://a.example/%41%4").value == "https://a.example/%41%254");
  CHECK(read_url("https://a.example/é|{}").value == "https://a.example/%C3%A9%7C%7B%7D");
  CHECK(read_url("https://ü.example/").value == "https://%C3%BC.example/");
  CHECK(read_url("https://a.example/x#y#z").value == "https://a.example/x#y%23z");
  CHECK(read_url("https://user:p@ss@a.example:8080/[x]").value == "https://user:p%40ss@a.example:8080/%5Bx%5D");
  CHECK(read_url("http://[2001:db8::1]:80/").value == "http://[2001:db8::1]:80/");
  CHECK(read_url("mailto:a@b.example").value == "mailto:a@b.example");
}

TEST_CASE("texts that are no URL are told apart") {
  CHECK(read_url("evil.example").kind == UrlKind::host);
  CHECK(read_url("198.51.100.7").kind == UrlKind::host);
  CHECK(read_url("2001:db8::1").kind == UrlKind::host);
  CHECK(read_url("evil.example/x").kind == UrlKind::text);
  CHECK(read_url("http://a.example:port/").kind == UrlKind::text);
  CHECK(read_url("http://[nonsense]/").kind == UrlKind::text);
  CHECK(read_url("http:").kind == UrlKind::text);
  CHECK(host_of_url("https://u@A.Example:8/x") == "a.example");
  CHECK(host_of_url("http://[2001:DB8::1]/") == "2001:db8::1");
}

TEST_CASE("addresses are read in the platform's forms only") {
  for (const auto* good :
       {"198.51.100.7", "0.0.0.0", "198.51.100.0/24", "::", "::1", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "fe80::/10",
        "::ffff:192.0.2.1", "::ffff:0:192.0.2.1", "64:ff9b::192.0.2.1", "1::8", "1:2:3:4:5:6:7::"}) {
    INFO(good);
    CHECK(parse_address(good));
  }
  for (const auto* wrong : {"", "010.1.1.1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/08",
                            ":::", "1::2::3", "1:2:3:4:5:6:7:8:9", "g::1", "12345::", "fe80::1%eth0", "1.2.3.4 ",
                            "not-an-ip", ":1", "::ffff::192.0.2.1", "::ffff::192.0.2.1/96"}) {
    INFO(wrong);
    CHECK_FALSE(parse_address(wrong));
  }
}

TEST_CASE("names of domains and hosts follow the strictest platform") {
  for (const auto* good : {"example.com", "a_b.example.com", "x--y.example", "ÿ.example"}) CHECK(is_domain_name(good));
  for (const auto* wrong :
       {"WS01", "_dmarc.example.com", "-a.example", "example.c", "a..example", "example.1", "a b.example", "", "."}) {
    INFO(wrong);
    CHECK_FALSE(is_domain_name(wrong));
  }
  for (const auto* good : {"WS01", "a", "ws-01_x.corp", "1.2"}) CHECK(is_host_name(good));
  for (const auto* wrong : {"ws$", "_x", "x_", "-a", "a.", "", "ü"}) CHECK_FALSE(is_host_name(wrong));
}

TEST_CASE("e-mail addresses follow platform and schema") {
  for (const auto* good : {"a@b.example", "a.b+c@d-e.example"}) CHECK(is_email_address(good));
  for (const auto* wrong :
       {"a@b", ".a@b.example", "a..b@c.example", "a@b@c.example", "ü@b.example", "a@-b.example", "@b.example", "a"}) {
    INFO(wrong);
    CHECK_FALSE(is_email_address(wrong));
  }
}

TEST_CASE("MAC addresses come out in one form") {
  for (const auto* text : {"00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e", "001A2B3C4D5E"}) {
    CHECK(normal_mac_address(text) == "00:1a:2b:3c:4d:5e");
  }
  CHECK_FALSE(normal_mac_address("00:1a:2b:3c:4d"));
  CHECK_FALSE(normal_mac_address("00:1a:2b:3c:4d:5g"));
}
