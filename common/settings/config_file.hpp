// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace common {

/// A config.yml as users of the existing connectors have it: sections of scalar values.
class ConfigFile {
 public:
  /// Reads the file; an empty path gives an empty configuration. What is wrong is added to `faults`.
  static ConfigFile read(const std::string& path, std::vector<std::string>& faults);
  /// As read(), from the file's content.
  static ConfigFile parse(const std::string& content, const std::string& path, std::vector<std::string>& faults);

  /// The scalar at "section.key", "" when absent or null.
  std::string value(std::string_view key) const;
  /// All keys of the file, as "section.key".
  std::vector<std::string> keys() const;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace common
