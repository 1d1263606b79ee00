// SPDX-License-Identifier: Apache-2.0
#include "common/bytes/random_bytes.hpp"

#include <sys/random.h>

#include "common/program/failure.hpp"

namespace common {

void fill_with_random_bytes(void* to, std::size_t bytes) {
  if (getrandom(to, bytes, 0) != static_cast<ssize_t>(bytes)) {
    throw Failure(ExitStatus::internal, "the system gives no random bytes");
  }
}

}  // namespace common
