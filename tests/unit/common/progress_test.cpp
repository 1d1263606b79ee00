// SPDX-License-Identifier: Apache-2.0
#include "common/console/progress.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "common/console/summary.hpp"
#include "common/program/failure.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/fetch-incidents/fake_graph.hpp"

using namespace common;
using fetch_incidents_test::FakeClock;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// A terminal of our own; what is written to it comes out unchanged.
class Terminal {
 public:
  explicit Terminal(unsigned short width = 200) : master_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    REQUIRE(::grantpt(master_) == 0);
    REQUIRE(::unlockpt(master_) == 0);
    fd_ = ::open(::ptsname(master_), O_RDWR | O_NOCTTY);
    REQUIRE(fd_ >= 0);
    termios raw = {};
    ::tcgetattr(fd_, &raw);
    ::cfmakeraw(&raw);
    ::tcsetattr(fd_, TCSANOW, &raw);
    const winsize size = {.ws_row = 25, .ws_col = width, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(fd_, TIOCSWINSZ, &size);
  }
  ~Terminal() {
    ::close(fd_);
    ::close(master_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  int fd() const { return fd_; }
  /// What was written since the last look. The kernel hands it over in its own time, so a mark of ours shows the end.
  std::string shown() const {
    constexpr char mark = '\x01';
    REQUIRE(::write(fd_, &mark, 1) == 1);
    std::string all;
    char bytes[4096];
    while (!all.ends_with(mark)) {
      const ssize_t count = ::read(master_, bytes, sizeof bytes);
      REQUIRE(count > 0);
      all.append(bytes, static_cast<std::size_t>(count));
    }
    all.pop_back();
    return all;
  }

 private:
  int master_;
  int fd_ = -1;
};

/// A variable of the environment for the length of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = ::getenv(name)) before_ = before;
    ::setenv(name, value, 1);
  }
  ~Variable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

Instant at(std::string_view text) { return parse_instant(text).value(); }

Progress::Options wanted(int fd) {
  Progress::Options options;
  options.wish = Progress::Wish::yes;
  options.fd = fd;
  return options;
}

}  // namespace

TEST_CASE("on a terminal one line is drawn anew, cut to the width, and taken away at the end", "[progress]") {
  const Variable kind("TERM", "xterm");
  const Variable no_colour("NO_COLOR", "1");
  Terminal terminal;
  Log log("tool", -1);
  FakeClock clock;
  {
    Progress progress(wanted(terminal.fd()), clock, log);
    CHECK_FALSE(progress.due());
    clock.sleep(milliseconds{500});
    REQUIRE(progress.due());
    progress.show({.count = 10, .date = at("2026-03-01T12:00:00.7Z")});
    CHECK(terminal.shown() == "\rtool: 10 incidents written, 20 a second, up to 2026-03-01T12:00:00Z\033[K\r");
    CHECK_FALSE(progress.due());
    REQUIRE(progress.patience());
    CHECK(*progress.patience() == milliseconds{500});
    clock.sleep(milliseconds{500});
    progress.show({.count = 1});
    CHECK(terminal.shown() == "\rtool: 1 incident written, 1.0 a second\033[K\r");
  }
  CHECK(terminal.shown() == "\r\033[K");
  Terminal narrow(20);
  Progress progress(wanted(narrow.fd()), clock, log);
  clock.sleep(milliseconds{500});
  progress.show({.count = 12'345});
  CHECK(narrow.shown() == "\rtool: 12345 inciden\033[K\r");
}

TEST_CASE("the line has a colour unless NO_COLOR is set, and there is none on a dumb terminal", "[progress]") {
  Terminal terminal;
  Log log("tool", -1);
  FakeClock clock;
  {
    const Variable kind("TERM", "xterm");
    const Variable colour("NO_COLOR", "");
    Progress progress(wanted(terminal.fd()), clock, log);
    progress.show({.count = 0});
    CHECK(terminal.shown() == "\r\033[36mtool: 0 incidents written\033[0m\033[K\r");
  }
  static_cast<void>(terminal.shown());
  const Variable kind("TERM", "dumb");
  Progress progress(wanted(terminal.fd()), clock, log);
  progress.show({.count = 0});
  CHECK(terminal.shown().empty());
}

TEST_CASE("a message on a terminal takes the place of the line", "[progress]") {
  const Variable kind("TERM", "xterm");
  Terminal terminal;
  Log log("tool", terminal.fd());
  log.warning("line 1: \033[2J");
  CHECK(terminal.shown() == "\033[Ktool: warning: line 1: \\x1b[2J\n");
  log.set_format(LogFormat::json);
  log.warning("x");
  CHECK(terminal.shown().starts_with("{"));
}

TEST_CASE("where there is no terminal a message a minute says how far the work is", "[progress]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  Log log("tool", ends[1]);
  FakeClock clock;
  Progress progress(wanted(-1), clock, log);
  clock.sleep(seconds{59});
  CHECK_FALSE(progress.due());
  clock.sleep(seconds{1});
  REQUIRE(progress.due());
  progress.show({.count = 90, .date = at("2026-03-01T12:00:00Z")});
  char bytes[4096];
  ssize_t count = ::read(ends[0], bytes, sizeof bytes);
  REQUIRE(count > 0);
  CHECK(std::string(bytes, static_cast<std::size_t>(count)) ==
        "tool: 90 incidents written, 1.5 a second, up to 2026-03-01T12:00:00Z\n");
  CHECK_FALSE(progress.due());
  log.set_format(LogFormat::json);
  clock.sleep(seconds{60});
  progress.show({.count = 90});
  count = ::read(ends[0], bytes, sizeof bytes);
  REQUIRE(count > 0);
  const std::string line(bytes, static_cast<std::size_t>(count));
  CHECK(line.find("90 incidents written, 45 a minute, nothing new for 60 s") != std::string::npos);
  CHECK(line.find(R"("attributes":{"incidents":90,"per_second":0.750}})") != std::string::npos);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("the time left comes from the share that is done, or from the dates where their end is known", "[progress]") {
  const Variable kind("TERM", "xterm");
  const Variable no_colour("NO_COLOR", "1");
  Terminal terminal;
  Log log("tool", -1);
  FakeClock clock;
  Progress by_share(wanted(terminal.fd()), clock, log);
  clock.sleep(seconds{100});
  by_share.show({.count = 1, .share = 0.25});
  CHECK(terminal.shown().find(", about 5 min left") != std::string::npos);

  Progress::Options options = wanted(terminal.fd());
  options.end = at("2026-03-11T00:00:00Z");
  Progress by_date(options, clock, log);
  by_date.show({.count = 1, .date = at("2026-03-01T00:00:00Z")});
  CHECK(terminal.shown().find("left") == std::string::npos);
  clock.sleep(seconds{3'600});
  by_date.show({.count = 2, .date = at("2026-03-03T00:00:00Z")});  // two days in an hour, eight days to go
  CHECK(terminal.shown().find(", about 4 h left") != std::string::npos);
  by_date.show({.count = 3, .date = at("2026-03-12T00:00:00Z")});
  CHECK(terminal.shown().find(", about 0 s left") != std::string::npos);

  Progress endless(wanted(terminal.fd()), clock, log);
  endless.show({.count = 1, .date = at("2026-03-01T00:00:00Z")});
  clock.sleep(seconds{3'600});
  endless.show({.count = 2, .date = at("2026-03-03T00:00:00Z")});
  CHECK(terminal.shown().find("left") == std::string::npos);
}

TEST_CASE("a wait is said once it is long", "[progress]") {
  const Variable kind("TERM", "xterm");
  Terminal terminal;
  Log log("tool", -1);
  FakeClock clock;
  Progress progress(wanted(terminal.fd()), clock, log);
  progress.show({.count = 5});
  clock.sleep(seconds{9});
  progress.show({.count = 5});
  CHECK(terminal.shown().find("nothing new") == std::string::npos);
  clock.sleep(seconds{191});
  progress.show({.count = 5});
  CHECK(terminal.shown().find(", nothing new for 3 min") != std::string::npos);
  progress.show({.count = 6});
  CHECK(terminal.shown().find("nothing new") == std::string::npos);
}

TEST_CASE("who does not want progress gets none, and is never woken for it", "[progress]") {
  Terminal terminal;
  Log log("tool", -1);
  FakeClock clock;
  Progress::Options options = wanted(terminal.fd());
  options.wish = Progress::Wish::no;
  Progress progress(options, clock, log);
  clock.sleep(seconds{3'600});
  CHECK_FALSE(progress.due());
  CHECK_FALSE(progress.patience());
  progress.show({.count = 1});
  CHECK(terminal.shown().empty());
}

TEST_CASE("a number is written with three decimals, whatever it is", "[summary]") {
  CHECK(decimal(0) == "0.000");
  CHECK(decimal(1.23456) == "1.235");
  CHECK(decimal(-1) == "0.000");
  CHECK(decimal(0.0 / 0.0) == "0.000");
  CHECK(decimal(1e300) == "1000000000000000.000");
}
