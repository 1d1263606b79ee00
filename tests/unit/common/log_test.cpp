// SPDX-License-Identifier: Apache-2.0
#include "common/console/log.hpp"

#include <unistd.h>

#include "common/console/printable.hpp"
#include "tests/unit/catch.hpp"

using namespace common;

namespace {

class LogPipe {
 public:
  LogPipe() { REQUIRE(::pipe(ends_) == 0); }
  ~LogPipe() { ::close(ends_[0]); }
  int fd() const { return ends_[1]; }
  std::string text() {
    ::close(ends_[1]);
    std::string all;
    char buffer[4096];
    for (ssize_t count; (count = ::read(ends_[0], buffer, sizeof buffer)) > 0;)
      all.append(buffer, static_cast<std::size_t>(count));
    return all;
  }

 private:
  int ends_[2] = {-1, -1};
};

}  // namespace

TEST_CASE("Messages name the tool and, but for info, the level", "[log]") {
  LogPipe pipe;
  Log log("map-stix", pipe.fd());
  log.info("3 bundles");
  log.warning("line 12: no id");
  log.debug("unseen");
  CHECK(pipe.text() == "map-stix: 3 bundles\nmap-stix: warning: line 12: no id\n");
}

TEST_CASE("Hostile text cannot steer a terminal or start a line of its own", "[log]") {
  LogPipe pipe;
  Log log("map-stix", pipe.fd());
  log.error("a\x1b[2Jb\nmap-stix: error: forged\x7f \u009b \u202e");
  CHECK(pipe.text() == "map-stix: error: a\\x1b[2Jb\\nmap-stix: error: forged\\x7f \\x9b \\u202e\n");
}

TEST_CASE("Nor can it in the JSON form, whose text stays what it was", "[log]") {
  LogPipe pipe;
  Log log("map-stix", pipe.fd());
  log.set_format(LogFormat::json);
  log.error("a\x1b[2Jb\n\x7f \u009b \u202e é");
  CHECK_THAT(pipe.text(), contains_text(R"("message":"a\u001b[2Jb\n\u007f \u009b \u202e é"})"));
}

TEST_CASE("Registered secrets never come out, in either format", "[log]") {
  LogPipe pipe;
  Log log("push-opencti", pipe.fd());
  log.add_secret("s3cr3t-token");
  log.info("sent s3cr3t-token and s3cr3t-token");
  log.set_format(LogFormat::json);
  log.info("again s3cr3t-token");
  const std::string text = pipe.text();
  CHECK_THAT(text, !contains_text("s3cr3t"));
  CHECK_THAT(text, contains_text("sent *** and ***"));
  CHECK_THAT(text, contains_text("\"message\":\"again ***\""));
}

TEST_CASE("A secret that a text was cut within does not come out by its beginning", "[log]") {
  LogPipe pipe;
  Log log("push-opencti", pipe.fd());
  log.add_secret("s3cr3t-token");
  log.info("refused: " + shortened("Bearer s3cr3t-token is wrong", 18) + " and " + shortened("s3c s3cr", 7));
  CHECK(pipe.text() == "push-opencti: refused: Bearer ***… and s3c s3c…\n");
}

TEST_CASE("After ten warnings of a kind only their number is given", "[log]") {
  LogPipe pipe;
  Log log("map-stix", pipe.fd());
  for (int i = 0; i < 25; ++i) log.warning_of_kind("bad date", "line " + std::to_string(i));
  log.summarise();
  const std::string text = pipe.text();
  CHECK_THAT(text, contains_text("line 9"));
  CHECK_THAT(text, !contains_text("line 10\n"));
  CHECK_THAT(text, contains_text("15 more of this kind: bad date"));
  CHECK(log.kinds().at("bad date") == 25);
}
