// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

namespace common {

/// Whether the descriptor is a terminal on which a line can be redrawn: TERM names one that is not "dumb".
bool can_redraw(int fd);
/// Whether colour is welcome there: can_redraw(), and NO_COLOR is not set (https://no-color.org).
bool wants_colour(int fd);
/// The terminal's width in columns; 80 where it does not say.
std::size_t columns(int fd);

}  // namespace common
