// SPDX-License-Identifier: Apache-2.0
#include "common/records/wide_pipe.hpp"

#include <fcntl.h>

namespace common {

void widen_pipe(int fd) {
  constexpr int wanted = 1 << 20;
  const int size = ::fcntl(fd, F_GETPIPE_SZ);
  if (size > 0 && size < wanted) ::fcntl(fd, F_SETPIPE_SZ, wanted);
}

}  // namespace common
