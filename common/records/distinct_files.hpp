// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace common {

/// A file that `option` names and that is about to be written must be neither standard input, standard output nor one
/// of the files `others` ("-" and files that are not there count as none), by whatever name or link: the tool would
/// read what it appends, or mix two streams. Only regular files can clash. Throws Failure(usage).
void require_distinct(std::string_view option, const std::string& path, const std::vector<std::string>& others);

}  // namespace common
