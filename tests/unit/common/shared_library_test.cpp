// SPDX-License-Identifier: Apache-2.0
#include "common/shared_library.hpp"

#include <cmath>

#include "common/program/failure.hpp"
#include "tests/unit/catch.hpp"

using common::SharedLibrary;

namespace {

std::string refusal(const auto& action) {
  try {
    action();
  } catch (const common::Failure& failure) {
    CHECK(failure.status() == common::ExitStatus::internal);
    return failure.what();
  }
  FAIL("nothing was refused");
  return {};
}

}  // namespace

TEST_CASE("a function of a shared library is found and works") {
  const decltype(&::lround) function = SharedLibrary("libm.so.6", "the mathematics").function("lround");
  CHECK(function(6.7) == 7);
}

TEST_CASE("a library that is not installed is named, with its file and what to do") {
  const std::string message = refusal([] { SharedLibrary("libnowhere.so.9", "libnowhere"); });
  CHECK(message.starts_with("libnowhere cannot be loaded: libnowhere.so.9"));
  CHECK(message.ends_with("; is its package installed?"));
}

TEST_CASE("a function that the library lacks is named, with the library") {
  decltype(&::lround) function = nullptr;
  const std::string message =
      refusal([&function] { function = SharedLibrary("libm.so.6", "the mathematics").function("lround_of_old"); });
  CHECK(message.starts_with("the mathematics cannot be loaded: "));
  CHECK(message.find("lround_of_old; is it older") != std::string::npos);
  CHECK(function == nullptr);
}
