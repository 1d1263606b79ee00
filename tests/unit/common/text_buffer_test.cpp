// SPDX-License-Identifier: Apache-2.0
#include "common/bytes/text_buffer.hpp"

#include <string>

#include "common/bytes/byte_blocks.hpp"
#include "tests/unit/catch.hpp"

using namespace common;

namespace {

// A text in which every byte tells its place.
std::string numbered(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('!' + i % 90);
  return text;
}

}  // namespace

TEST_CASE("texts of every length arrive whole and in order") {
  TextBuffer buffer;
  std::string expected;
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string text = numbered(size);
    buffer += text;
    buffer += '|';
    expected += text + '|';
  }
  CHECK(buffer.view() == expected);
  buffer.append(3, '-').append("end");
  CHECK(buffer.view() == expected + "---end");
}

TEST_CASE("what is cut off, cleared or released is gone, and more can follow") {
  TextBuffer buffer;
  CHECK(buffer.empty());
  buffer += "one two";
  buffer.truncate(3);
  CHECK(buffer.view() == "one");
  buffer.clear();
  CHECK(buffer.empty());
  CHECK(buffer.capacity() > 0);
  buffer.release();
  CHECK(buffer.capacity() == 0);
  buffer += "three";
  CHECK(buffer.view() == "three");
}

TEST_CASE("copying looks at every byte, and at none beyond") {
  constexpr auto mark = [](ByteBlock block) { return ByteMarks{block == '"'}; };
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string around = std::string(16, '"') + std::string(size, 'x') + std::string(16, '"');
    const std::string_view plain(around.data() + 16, size);
    std::string copy(size, ' ');
    CHECK_FALSE(copy_and_look(copy.data(), plain, mark));
    CHECK(copy == plain);
    CHECK_FALSE(any_byte(plain, mark));
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(plain);
      text[at] = '"';
      CHECK(copy_and_look(copy.data(), text, mark));
      CHECK(any_byte(text, mark));
    }
  }
}

TEST_CASE("texts are the same when every byte is") {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text = numbered(size);
    CHECK(same_bytes(text.data(), numbered(size).data(), size));
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = ' ';
      CHECK_FALSE(same_bytes(text.data(), other.data(), size));
    }
  }
}
