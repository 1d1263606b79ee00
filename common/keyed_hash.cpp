#include "common/keyed_hash.hpp"

#include <sys/random.h>

#include "common/failure.hpp"

namespace common {

namespace {

std::array<std::uint64_t, 2> draw_key() {
  std::array<std::uint64_t, 2> key{};
  if (getrandom(key.data(), sizeof key, 0) != static_cast<ssize_t>(sizeof key)) {
    throw Failure(ExitStatus::internal, "the system gives no random bytes");
  }
  return key;
}

}  // namespace

const std::array<std::uint64_t, 2>& process_key() {
  static const std::array<std::uint64_t, 2> key = draw_key();
  return key;
}

}  // namespace common
