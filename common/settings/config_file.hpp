// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace common {

/// A config.yml as users of the Python connectors have it: sections of values.
class ConfigFile {
 public:
  /// Reads the file; an empty path gives an empty configuration. What is wrong with it is added to `faults`: at most
  /// one sentence where it cannot be read or is not YAML.
  static ConfigFile read(const std::string& path, std::vector<std::string>& faults);
  /// As read(), from the file's content.
  static ConfigFile parse(const std::string& content, const std::string& path, std::vector<std::string>& faults);

  /// The value at "section.key", a list with commas between its items; "" when absent or null.
  std::string value(std::string_view key) const;
  bool is_list(std::string_view key) const;
  bool has_section(std::string_view name) const;
  /// All keys of the file, as "section.key".
  std::vector<std::string> keys() const;
  const std::string& path() const { return path_; }
  /// False when it could not be read or is not YAML: then nothing is known of what it sets.
  bool readable() const { return readable_; }

 private:
  struct Value {
    std::string text;
    bool list = false;
  };
  std::string path_;
  bool readable_ = true;
  std::map<std::string, Value, std::less<>> values_;

  friend class ConfigReader;
};

}  // namespace common
