// SPDX-License-Identifier: Apache-2.0
#include "common/program/command_line.hpp"

#include "common/program/failure.hpp"
#include "tests/unit/catch.hpp"

namespace {

const common::Usage usage = {
    .tool = "tool",
    .summary = "A tool.",
    .options = {{"strict", "", "stop early"}, {"rejects", "FILE", "keep rejects"}, {"id", "ID", "one of them", true}},
    .takes_files = true,
};

common::Arguments parsed(std::vector<const char*> words) {
  words.insert(words.begin(), "tool");
  return common::parse_command_line(usage, static_cast<int>(words.size()), words.data());
}

std::string refusal(std::vector<const char*> words) {
  try {
    parsed(std::move(words));
  } catch (const common::Failure& failure) {
    if (failure.status() == common::ExitStatus::usage) return failure.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("options and files are taken in any order, and behind -- everything is a file") {
  const common::Arguments arguments =
      parsed({"a", "--strict", "--rejects", "-", "-q", "--id=1,2", "--id", "--x", "--", "--no"});
  CHECK(arguments.has("strict"));
  CHECK(arguments.has("quiet"));
  CHECK(arguments.get("rejects") == "-");
  CHECK(arguments.all("id") == std::vector<std::string>{"1,2", "--x"});
  CHECK(arguments.files() == std::vector<std::string>{"a", "--no"});
}

TEST_CASE("a wrong command line is refused with the option's name and straight quotes") {
  CHECK(refusal({"--strict=banana"}) == "--strict takes no value, but 'banana' was given; see tool --help");
  CHECK(refusal({"--rejets", "f"}) == "unknown option --rejets (did you mean --rejects?); see tool --help");
  CHECK(refusal({"--files", "f"}).starts_with("unknown option --files"));
  CHECK(refusal({"-x"}) == "unknown option -x; see tool --help");
  CHECK(refusal({"--rejects"}) == "--rejects needs a value: --rejects FILE; see tool --help");
  CHECK(refusal({"--rejects", "a", "--rejects", "b"}) == "--rejects is given more than once; see tool --help");
}

TEST_CASE("a size is bytes, or a number with K or M") {
  CHECK(common::parse_size("max-line", "100") == 100);
  CHECK(common::parse_size("max-line", "2K") == 2048);
  CHECK(common::parse_size("max-line", "1024M") == std::size_t{1} << 30);
  for (const auto* text : {"", "0", "-1", "5G", "1025M", "1 K", "K", "99999999999999999999"}) {
    INFO(text);
    CHECK_THROWS_AS(common::parse_size("max-line", text), common::Failure);
  }
}
