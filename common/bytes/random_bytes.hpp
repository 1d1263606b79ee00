// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

namespace common {

/// Fills so many bytes, at most 256, with random ones that nobody can foresee. Throws Failure(internal) where the
/// system has none.
void fill_with_random_bytes(void* to, std::size_t bytes);

}  // namespace common
