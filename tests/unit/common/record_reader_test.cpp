// SPDX-License-Identifier: Apache-2.0
#include "common/records/record_reader.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/program/failure.hpp"
#include "tests/unit/catch.hpp"

using namespace common;

namespace {

class InputFile {
 public:
  explicit InputFile(std::string_view content) {
    char name[] = "/tmp/record-reader-XXXXXX";
    const int fd = ::mkstemp(name);
    REQUIRE(fd >= 0);
    path_ = name;
    REQUIRE(::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    ::close(fd);
  }
  ~InputFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Line {
  std::string text;
  std::uint64_t number;
  bool terminated;
};

std::vector<Line> read_all(const std::vector<std::string>& files, std::size_t max_line = 1u << 20) {
  RecordReader reader({.files = files, .max_line = max_line});
  std::vector<Line> lines;
  Record record;
  while (reader.next(record) == ReadResult::record) {
    lines.push_back({std::string(record.text), record.line, record.terminated});
    if (record.oversize) {
      lines.back().text.clear();
      reader.copy_rest([&](std::string_view piece) { lines.back().text.append(piece); });
    }
  }
  return lines;
}

}  // namespace

TEST_CASE("A byte order mark, blank lines and carriage returns do no harm", "[reader]") {
  const InputFile file("\xef\xbb\xbf{\"a\":1}\r\n\n  \r\n{\"b\":2}\n");
  const auto lines = read_all({file.path()});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].text == "{\"a\":1}");
  CHECK(lines[1].text == "{\"b\":2}");
  CHECK(lines[1].number == 4);
}

TEST_CASE("A last line without line end is handed out and marked", "[reader]") {
  const InputFile file("{}\n{\"cut\":");
  const auto lines = read_all({file.path()});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].terminated);
  CHECK_FALSE(lines[1].terminated);
}

TEST_CASE("Line numbers start anew in each file", "[reader]") {
  const InputFile first("{}\n{}\n");
  const InputFile second("{\"x\":1}");
  const auto lines = read_all({first.path(), second.path()});
  REQUIRE(lines.size() == 3);
  CHECK(lines[2].number == 1);
}

TEST_CASE("Lines far longer than the first buffer come out whole", "[reader]") {
  std::string content;
  for (int i = 1; i <= 5; ++i) content += "\"" + std::string(static_cast<std::size_t>(i) * 300'000, 'x') + "\"\n";
  const InputFile file(content);
  const auto lines = read_all({file.path()}, 4u << 20);
  REQUIRE(lines.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(lines[i].text.size() == (i + 1) * 300'000 + 2);
}

TEST_CASE("A line over the limit is handed on verbatim and the next ones are read", "[reader]") {
  const std::string huge = "[" + std::string(2'000'000, '1') + "]";
  const InputFile file("{}\n" + huge + "\n{\"after\":1}\n" + huge);
  const auto lines = read_all({file.path()}, 300'000);
  REQUIRE(lines.size() == 4);
  CHECK(lines[1].text == huge);
  CHECK(lines[2].text == "{\"after\":1}");
  CHECK(lines[3].text == huge);
}

TEST_CASE("The limit on a line's length is kept however the line arrives", "[reader]") {
  const InputFile file("1234567890\n12345678901\n\n1\n12345678901");
  RecordReader reader({.files = {file.path()}, .max_line = 10});
  std::string seen;
  for (Record record; reader.next(record) == ReadResult::record;)
    seen += std::string(record.text) + (record.oversize ? " is too long\n" : "\n");
  CHECK(seen == "1234567890\n12345678901 is too long\n1\n12345678901 is too long\n");
}

TEST_CASE("Compressed and pretty-printed input is refused once, with what to put in front", "[reader]") {
  CHECK_THROWS_WITH(read_all({InputFile("\x1f\x8b\x08 zipped\n").path()}), contains_text("zcat"));
  CHECK_THROWS_WITH(read_all({InputFile("\x28\xb5\x2f\xfd zipped\n").path()}), contains_text("zstdcat"));
  CHECK_THROWS_WITH(read_all({InputFile("{\n  \"a\": 1\n}\n").path()}), contains_text("jq -c ."));
  CHECK_THROWS_WITH(read_all({InputFile("[\n{}\n]\n").path()}), contains_text("jq -c .[]"));
}

TEST_CASE("A file that is not there is named", "[reader]") {
  try {
    read_all({"/nowhere/incidents.ndjson"});
    FAIL("opened");
  } catch (const Failure& failure) {
    CHECK(failure.status() == ExitStatus::no_input);
    CHECK(std::string(failure.what()).find("/nowhere/incidents.ndjson") != std::string::npos);
  }
}

TEST_CASE("A pipe that has nothing yet times out, after the output was flushed, and goes on later", "[reader]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const std::string path = "/proc/self/fd/" + std::to_string(ends[0]);
  int flushed = 0;
  RecordReader reader({.files = {path}, .before_blocking = [&] { ++flushed; }});
  Record record;
  CHECK(reader.next(record, std::chrono::milliseconds{1}) == ReadResult::timeout);
  CHECK(flushed == 1);
  REQUIRE(::write(ends[1], "{\"late\":1}\n", 11) == 11);
  CHECK(reader.next(record, std::chrono::milliseconds{1000}) == ReadResult::record);
  CHECK(record.text == "{\"late\":1}");
  ::close(ends[1]);
  CHECK(reader.next(record) == ReadResult::end);
  ::close(ends[0]);
}
