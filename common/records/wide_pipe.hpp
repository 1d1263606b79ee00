// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace common {

/// Gives the pipe behind `fd` a buffer of 1 MiB, so that two stages wait less often for each other: with the usual
/// 64 KiB map-stix spends a third of its time in waiting. Whatever stands in the way is left as it is: `fd` is no pipe,
/// its buffer is larger already, or the system allows this user no more (/proc/sys/fs/pipe-max-size, pipe-user-pages-*).
void widen_pipe(int fd);

}  // namespace common
