#pragma once
#include <string>

namespace common {

/// The libraries of this tool, one a line: "libcurl 7.88.1", … Those that are loaded anyway and can be asked tell the version
/// that runs, the others have that of the build. Which libcurl is loaded for a request stands in the log at level debug.
std::string library_versions();

}  // namespace common
