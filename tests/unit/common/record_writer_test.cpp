// SPDX-License-Identifier: Apache-2.0
#include "common/records/record_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include "tests/unit/catch.hpp"

namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string text_of(std::FILE* file) {
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  return text;
}

}  // namespace

TEST_CASE("lines smaller and larger than the buffer leave in the order they were written") {
  const std::unique_ptr<std::FILE, Close> file(std::tmpfile());
  REQUIRE(file);
  common::RecordWriter writer(::fileno(file.get()), 16);
  const std::string large(100, 'l');
  writer.write("small");
  writer.write(large);
  writer.write("");
  writer.buffer() += "in place";
  writer.end_line();
  writer.write(std::string(16, 'e'));
  writer.flush();
  CHECK(text_of(file.get()) == "small\n" + large + "\n\nin place\n" + std::string(16, 'e') + "\n");
}

TEST_CASE("reader and writer widen their pipes to 1 MiB, or leave them as they are where the system forbids it") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const int before = ::fcntl(ends[1], F_GETPIPE_SZ);
  const bool allowed = ::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) == 1 << 20;
  REQUIRE(::fcntl(ends[1], F_SETPIPE_SZ, before) == before);
  const common::RecordWriter writer(ends[1]);
  CHECK(::fcntl(ends[1], F_GETPIPE_SZ) == (allowed ? 1 << 20 : before));
  ::close(ends[0]);
  ::close(ends[1]);
}
