// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/settings/config_file.hpp"
#include "common/settings/foreign_settings.hpp"
#include "common/settings/settings_table.hpp"

namespace common {

/// The environment as name/value pairs; tests pass their own.
using Environment = std::vector<std::pair<std::string, std::string>>;

/// The value of that variable, "" when it is not set.
std::string_view environment_value(const Environment& environment, std::string_view name);

/// Looks settings up in the environment and config.yml, under this project's names first, then under those of a Python
/// connector.
class SettingSources {
 public:
  struct Given {
    std::string text;
    std::string source;    ///< for people: "environment", "config.yml", and the name where it is another than the usual
    bool list = false;     ///< a list in YAML
    bool foreign = false;  ///< under a name of foreign()
    bool in_config_file = false;  ///< the text itself stands there
  };
  /// What is wrong or odd about a setting, to follow its name.
  using Report = std::function<void(const SettingSpec&, const std::string&)>;

  SettingSources(const Environment& environment, const ConfigFile& file);

  /// The value that is given for the setting; a secret also comes from the file that VARIABLE_FILE or key_file names.
  std::optional<Given> find(const SettingSpec& spec, const Report& fault, const Report& warning) const;

  /// The connector whose names are used, or null. With two of them at once, the first.
  const Namespace* foreign() const { return foreign_.empty() ? nullptr : foreign_.front(); }
  /// All of them.
  const std::vector<const Namespace*>& all_foreign() const { return foreign_; }
  /// The default of a setting: foreign()'s, else the table's.
  std::string_view fallback(const SettingSpec& spec) const;

 private:
  std::optional<Given> in_environment(const SettingSpec& spec, const std::string& name, const Report& fault,
                                      const Report& warning) const;
  std::optional<Given> in_file(const SettingSpec& spec, const std::string& key, const Report& fault,
                               const Report& warning) const;

  const Environment& environment_;
  const ConfigFile& file_;
  std::vector<const Namespace*> foreign_;
};

}  // namespace common
