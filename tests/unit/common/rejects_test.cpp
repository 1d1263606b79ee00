// SPDX-License-Identifier: Apache-2.0
#include "common/records/rejects.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>

#include "common/records/record_writer.hpp"
#include "tests/unit/catch.hpp"

using namespace common;

namespace {

/// A file that holds the text, for as long as the object lives.
class HeldFile {
 public:
  explicit HeldFile(std::string_view text) {
    const int fd = ::mkstemp(path_.data());
    REQUIRE(fd >= 0);
    write_all(fd, text, "file");
    ::close(fd);
  }
  ~HeldFile() { ::unlink(path_.data()); }
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;

  std::string path() const { return path_.data(); }
  std::string text() const {
    std::ifstream file(path_.data(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

 private:
  std::array<char, 32> path_ = {"/tmp/rejects-test.XXXXXX"};
};

}  // namespace

TEST_CASE("A line that a full disk or a kill has cut does not swallow the next one", "[rejects]") {
  Log log("map-stix", -1);
  for (const std::string before : {"", "{\"id\":\"1\"}\n", "{\"id\":\"1\"}\n{\"id\":\"2\",\"lastUp"}) {
    INFO(before);
    const HeldFile file(before);
    Rejects(file.path(), false, log).add("{\"id\":\"3\"}", "incident 3", "it failed");
    const bool torn = !before.empty() && before.back() != '\n';
    CHECK(file.text() == before + (torn ? "\n" : "") + "{\"id\":\"3\"}\n");
  }
}

TEST_CASE("Reasons that differ each time count as one kind where it is named", "[rejects]") {
  Log log("map-stix", -1);
  Rejects rejects({}, false, log);
  for (int i = 0; i < 12; ++i) rejects.add("{}", "line", "request " + std::to_string(i), "a request that failed");
  CHECK(log.kinds() == std::map<std::string, std::uint64_t>{{"rejected: a request that failed", 12}});
}
