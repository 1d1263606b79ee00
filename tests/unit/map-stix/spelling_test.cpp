// SPDX-License-Identifier: Apache-2.0
// One spelling of hosts, addresses and URLs: as browsers read them, and without what analysts add to defang them.
#include <random>

#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/mapped.hpp"
#include "tools/map-stix/text/address.hpp"
#include "tools/map-stix/text/defanged.hpp"
#include "tools/map-stix/text/host.hpp"
#include "tools/map-stix/text/url.hpp"

using namespace map_stix;

namespace {

std::vector<std::string> patterns(Mapped& mapped) {
  std::vector<std::string> all;
  for (const common::Json indicator : mapped.all("indicator")) all.emplace_back(indicator["pattern"].text());
  return all;
}

std::string bad_domain(std::string_view name) {
  return evidence_of("dns", R"("verdict":"malicious","domainName":")" + std::string(name) + "\"");
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("an IPv4 host in any notation of browsers is read as four decimal numbers") {
  for (const char* host : {"203.0.113.9", "3405803785", "0xcb007109", "0313.0.0161.011", "0xcb.0x0.0x71.0x9",
                           "203.0.28937", "203.28937", "203.0.113.9.", "203.0.113.9..", "%32%30%33.0.113.9",
                           "0XCB.0.0x71.011", "203。0．113｡9", "２０３.0.113.９", "203.0.113.9\u200b"}) {
    INFO(host);
    CHECK(read_host(host) == "203.0.113.9");
  }
}

TEST_CASE("a host that browsers refuse as an address, or look up by name, stays a name") {
  CHECK(read_host("203.0.113.256") == "203.0.113.256");
  CHECK(read_host("4294967296") == "4294967296");
  CHECK(read_host("203.0.113.9.1") == "203.0.113.9.1");
  CHECK(read_host("203.0.113.09") == "203.0.113.09");
  CHECK(read_host("203..9") == "203..9");
  CHECK(read_host("WS7.Corp.Example.") == "ws7.corp.example");
  CHECK(read_host("x0a.example") == "x0a.example");
  CHECK(read_host("%D1%FFEVIL.example") ==
        "\xd1\xff"
        "evil.example");
  CHECK(read_host("").empty());
  CHECK(read_host(".").empty());
}

TEST_CASE("IPv6 is written as RFC 5952 has it") {
  CHECK(read_host("[2001:DB8:0:0:0:0:0:1]") == "2001:db8::1");
  CHECK(read_host("2001:0db8::0001") == "2001:db8::1");
  CHECK(read_host("[fe80::1%25eth0]") == "fe80::1");
  CHECK(read_host("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");
  CHECK(read_host("::FFFF:203.0.113.9") == "::ffff:203.0.113.9");
}

TEST_CASE("the machine itself and internal addresses are internal in whatever form") {
  for (const char* host : {"localhost",
                           "LOCALHOST.",
                           "%6cocalhost",
                           "foo.localhost",
                           "2130706433",
                           "0x7f.1",
                           "017700000001",
                           "127.1",
                           "0",
                           "10.1",
                           "0xa000001",
                           "[::1]",
                           "[::ffff:10.0.0.1]",
                           "[2002:0a00:0001::1]",
                           "[64:ff9b::10.0.0.1]",
                           "[64:ff9b::a00:1]",
                           "[64:ff9b:1::1]",
                           "[::10.0.0.1]",
                           "[::ffff:0:10.0.0.1]",
                           "１２７.0.0.1"}) {
    INFO(host);
    CHECK(is_internal_host(read_host(host)));
  }
  for (const char* host :
       {"localhost.example", "notlocalhost", "203.0.113.9", "[2002:cb00:7109::1]", "[64:ff9b::203.0.113.9]"}) {
    INFO(host);
    CHECK_FALSE(is_internal_host(read_host(host)));
  }
}

TEST_CASE("the host of a URL is found where browsers find it") {
  for (const char* url :
       {"http://10.0.0.1/x", "http:10.0.0.1/x", "http:/10.0.0.1/x", "https:\\\\10.0.0.1\\x", "http:///10.0.0.1/x",
        "http://evil.example@10.0.0.1/", "http://10.0.0.1:8080/x", "http://10.0.0.1?x", "http://10.0.0.1#x",
        "ftp:167772161/x", "http://10.0.0.1%5Cx", "http://u:p@10.1/x"}) {
    INFO(url);
    CHECK(host_of_url(url) == "10.0.0.1");
  }
  CHECK(host_of_url("mailto:a@10.0.0.1").empty());
  CHECK(host_of_url("javascript:alert(1)").empty());
  CHECK(host_of_url("file:///C:/x").empty());
  CHECK(host_of_url("ws7:8080/x") == "ws7");
  CHECK(host_of_url("http:").empty());
  CHECK(host_of_url("http://[::1").empty() == false);
}

TEST_CASE("URLs that browsers read alike have one spelling") {
  CHECK(one_spelling("HTTP://EVIL.Example./Up?A#B") == "http://evil.example/Up?A#B");
  CHECK(one_spelling("http://evil.example:80/") == "http://evil.example/");
  CHECK(one_spelling("https://evil.example:443/") == "https://evil.example/");
  CHECK(one_spelling("https://evil.example:80/") == "https://evil.example:80/");
  CHECK(one_spelling("http://0xcb007109/x") == "http://203.0.113.9/x");
  CHECK(one_spelling("http://%65vil.example/%65") == "http://evil.example/%65");
  CHECK(one_spelling("http:evil.example/x") == "http://evil.example/x");
  CHECK(one_spelling("http://[2001:DB8::0:1]:8080/") == "http://[2001:db8::1]:8080/");
  CHECK(one_spelling("https://u:P@Evil.example/") == "https://u:P@evil.example/");
  CHECK(one_spelling("http://%C3%BC.example/") == "http://%c3%bc.example/");
  CHECK(one_spelling("mailto:A@b.example") == "mailto:A@b.example");
}

TEST_CASE("defanged addresses are made whole, and others left alone") {
  CHECK(refanged("hxxps://evil[.]example/a[.]php") == "https://evil.example/a.php");
  CHECK(refanged("hXXp[:]//evil(.)example") == "http://evil.example");
  CHECK(refanged("http[://]evil{.}example[/]x") == "http://evil.example/x");
  CHECK(refanged("evil[dot]example") == "evil.example");
  CHECK(refanged("a[@]evil[.]example") == "a@evil.example");
  CHECK(refanged("198[.]51[.]100[.]7[:]443") == "198.51.100.7:443");
  for (const char* text : {"https://a.example/?q=[.]", "https://a.example/x(.)y", "http://[::1]/",
                           "https://x.example/hxxp://y", "xx", "hxxpserver.example", "", "[", "T1059 (x)"}) {
    INFO(text);
    CHECK(refanged(text) == text);
  }
}

TEST_CASE("a defanged URL becomes the URL, or text where that is none") {
  CHECK(read_url("hxxps://evil[.]example/x").value == "https://evil.example/x");
  CHECK(read_url("evil[.]example").value == "evil.example");
  CHECK(read_url("hxxp://[.]").kind == UrlKind::text);
  CHECK(read_url("hxxp://evil[.]").kind == UrlKind::text);
}

TEST_CASE("a scheme that only says how a host is reached gives the host") {
  CHECK(read_url("tcp://evil.example:4444").value == "evil.example");
  CHECK(read_url("TCP://198.51.100.7:4444/").value == "198.51.100.7");
  CHECK(read_url("udp://[2001:db8::1]:53").value == "2001:db8::1");
  CHECK(read_url("stratum+tcp://pool.evil.example:3333").value == "pool.evil.example");
  CHECK(read_url("tcp://evil.example:4444").kind == UrlKind::host);
  CHECK(read_url("tcp://:4444").kind == UrlKind::text);
  CHECK(read_url("ldap://evil.example/x").kind == UrlKind::url);
}

TEST_CASE("every spelling of one thing makes one indicator") {
  Mapped addresses(
      incident_with(bad_ip("2001:DB8:0:0::7") + "," + bad_ip("2001:db8::7") + "," + bad_ip("[2001:db8::7]:443")));
  CHECK(patterns(addresses) == Texts{"[ipv6-addr:value = '2001:db8::7']"});
  Mapped domains(incident_with(bad_domain("Evil.Example") + "," + bad_domain("evil.example.") + "," +
                               bad_domain("evil[.]example") + "," + bad_url("tcp://EVIL.example:4444")));
  CHECK(patterns(domains) == Texts{"[domain-name:value = 'evil.example']"});
  Mapped urls(incident_with(bad_url("https://EVIL.example:443/x") + "," + bad_url("hxxps://evil[.]example/x")));
  CHECK(patterns(urls) == Texts{"[url:value = 'https://evil.example/x']"});
  const std::string hash = "0123456789ABCDEF0123456789abcdef";
  Mapped files(
      incident_with(evidence_of("fileHash", R"("verdict":"malicious","algorithm":"md5","value":")" + hash + "\"")));
  CHECK(patterns(files) == Texts{"[file:hashes.MD5 = '0123456789abcdef0123456789abcdef']"});
  CHECK(files.all("file")[0]["hashes"]["MD5"].text() == hash);
}

TEST_CASE("no spelling of an internal host makes a score or an indicator") {
  for (const char* url : {"http://2130706433/x", "http://0x7f.1/x", "http://%6c%6fcalhost/x", "http://foo.localhost/x",
                          "http:10.0.0.1/x", "http://[2002:0a00:0001::1]/x", "http://[64:ff9b::10.0.0.1]/x",
                          "tcp://10.0.0.1:445", "hxxp://10[.]0[.]0[.]1/x"}) {
    Mapped mapped(incident_with(bad_url(url)));
    INFO(url);
    CHECK(patterns(mapped).empty());
    CHECK(mapped.bundle().find("x_opencti_score") == std::string::npos);
  }
}

TEST_CASE("a URL that leads to no host makes no indicator") {
  for (const char* url : {"javascript:alert(1)", "mailto:a@evil.example", "file:///C:/x", "data:text/html,x"}) {
    Mapped mapped(incident_with(bad_url(url)));
    INFO(url);
    CHECK(patterns(mapped).empty());
  }
}

TEST_CASE("a sender at a subdomain of an own domain makes no indicator, one beside it does") {
  const auto from = [](std::string_view sender) {
    return incident_with(
        evidence_of("analyzedMessage", R"("verdict":"malicious","subject":"s","p2Sender":{"emailAddress":")" +
                                           std::string(sender) + R"("},"recipientEmailAddress":"mara@Corp.example")"));
  };
  for (const char* own : {"x@corp.example", "x@mail.CORP.example", "x@a.b.corp.example"}) {
    Mapped mapped(from(own));
    INFO(own);
    CHECK(patterns(mapped).empty());
  }
  for (const char* other : {"X@notcorp.example", "x@example.org", "x@corp.example.evil.example"}) {
    Mapped mapped(from(other));
    INFO(other);
    CHECK(patterns(mapped).size() == 1);
  }
  Mapped lower(from("X@NotCorp.example"));
  CHECK(patterns(lower) == Texts{"[email-addr:value = 'x@notcorp.example']"});
}

TEST_CASE("reading a host or URL twice changes nothing, whatever it is made of") {
  const Texts parts = {"h",    "xx",  "tt",  "p",  "ps", ":",  "//", "/", "\\", "[",  "]",  ".",
                       "[.]",  "(.)", "%2e", "%",  "25", "0x", "7f", "1", "01", "@",  "u:", "a",
                       "EVIL", "ex.", "é",   "１", "。", "::", "?",  "#", " ",  "tcp"};
  std::minstd_rand random(7);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (auto n = random() % 9; n-- > 0;) text += parts[random() % parts.size()];
    INFO(text);
    const std::string host = read_host(text);
    // A host that was decoded may look encoded again; what matters is that an address stays one.
    if (parse_address(host)) CHECK(read_host(host) == host);
    const std::string url = one_spelling(text);
    if (const Url read = read_url(text); read.kind == UrlKind::url) {
      CHECK(read_url(read.value).value == read.value);
      const std::string spelled = one_spelling(read.value);
      CHECK(one_spelling(spelled) == spelled);
      CHECK(host_of_url(spelled) == host_of_url(read.value));
    }
  }
}
