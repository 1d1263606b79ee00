// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/file_path.hpp"

#include "tools/map-stix/text/json_values.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

std::string_view folder_of(std::string_view path, std::string_view file_name) {
  if (file_name.empty() || path.size() < file_name.size()) return path;
  const std::size_t at = path.size() - file_name.size();
  if (!equals_ignoring_case(path.substr(at), file_name)) return path;
  if (at == 0) return {};
  if (path[at - 1] != '\\' && path[at - 1] != '/') return path;
  const std::string_view folder = path.substr(0, at - 1);
  const bool root = folder.empty() || folder.back() == ':';
  return root ? path.substr(0, at) : folder;  // "C:\" and "/" keep their separator
}

std::string full_path(Json details) {
  const std::string_view name = usable_text(details["fileName"]);
  const std::string_view folder = folder_of(usable_text(details["filePath"]), name);
  std::string path(folder);
  const char separator = folder.find('/') != std::string_view::npos ? '/' : '\\';
  if (!folder.empty() && !name.empty() && folder.back() != separator) path += separator;
  return path.append(name);
}

}  // namespace map_stix
