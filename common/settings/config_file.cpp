// SPDX-License-Identifier: Apache-2.0
#include "common/settings/config_file.hpp"

#include <yaml-cpp/yaml.h>

#include <functional>
#include <optional>

#include "common/console/printable.hpp"
#include "common/settings/setting_values.hpp"

namespace common {

/// Fills a ConfigFile from a YAML document.
class ConfigReader {
 public:
  using Report = std::function<void(const std::string&)>;
  ConfigReader(ConfigFile& file, Report wrong) : file_(file), wrong_(std::move(wrong)) {}

  void read(const YAML::Node& root) {
    if (root.IsNull()) return;
    if (!root.IsMap()) return wrong_("must hold sections such as 'opencti:'");
    for (const auto& section : root) {
      const std::string name = key_text(section.first);
      if (section.second.IsMap())
        read_section(name, section.second);
      else
        read_value(name, section.second);
    }
  }

 private:
  static std::string key_text(const YAML::Node& key) { return key.IsScalar() ? key.Scalar() : ""; }

  void read_section(const std::string& name, const YAML::Node& section) {
    for (const auto& entry : section) read_value(name + "." + key_text(entry.first), entry.second);
  }

  void read_value(const std::string& key, const YAML::Node& value) {
    ConfigFile::Value& kept = file_.values_[key];
    kept = {};
    if (value.IsScalar()) {
      kept.text = value.Scalar();
    } else if (value.IsSequence()) {
      const auto items = list_text(value);
      if (!items) return wrong_("has a list at " + excerpt(key) + " that holds more than plain words");
      kept = {*items, true};
    } else if (value.IsMap()) {
      wrong_("has a section at " + excerpt(key) + " where a value must stand");
    }
  }

  static std::optional<std::string> list_text(const YAML::Node& list) {
    std::string out;
    for (const auto& item : list) {
      if (!item.IsScalar() || item.Scalar().find(',') != std::string::npos) return {};
      out.append(out.empty() ? "" : ",").append(item.Scalar());
    }
    return out;
  }

  ConfigFile& file_;
  Report wrong_;
};

namespace {

/// Editors that put tabs in are the usual cause of what yaml-cpp calls an illegal map value.
std::string tab_hint(const std::string& content) {
  return content.find("\n\t") != std::string::npos || content.starts_with('\t')
             ? " (a line begins with a tab; YAML wants spaces)"
             : "";
}

}  // namespace

ConfigFile ConfigFile::read(const std::string& path, std::vector<std::string>& faults) {
  if (path.empty()) return {};
  std::string reason;
  if (const auto content = read_setting_file(path, reason)) return parse(*content, path, faults);
  faults.push_back("config file " + path + " cannot be read: " + reason);
  ConfigFile file;
  file.path_ = path;
  file.readable_ = false;
  return file;
}

ConfigFile ConfigFile::parse(const std::string& content, const std::string& path, std::vector<std::string>& faults) {
  ConfigFile file;
  file.path_ = path;
  const auto wrong = [&](const std::string& what) { faults.push_back("config file " + path + " " + what); };
  try {
    ConfigReader(file, wrong).read(YAML::Load(content));
  } catch (const YAML::Exception& error) {
    file.readable_ = false;
    file.values_.clear();
    wrong("is not valid YAML: line " + std::to_string(error.mark.line + 1) + ": " + error.msg + tab_hint(content));
  }
  return file;
}

std::string ConfigFile::value(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::string{} : found->second.text;
}

bool ConfigFile::is_list(std::string_view key) const {
  const auto found = values_.find(key);
  return found != values_.end() && found->second.list;
}

bool ConfigFile::has_section(std::string_view name) const {
  const auto found = values_.lower_bound(std::string(name) + ".");
  return found != values_.end() && found->first.starts_with(std::string(name) + ".");
}

std::vector<std::string> ConfigFile::keys() const {
  std::vector<std::string> all;
  for (const auto& [key, value] : values_) all.push_back(key);
  return all;
}

}  // namespace common
