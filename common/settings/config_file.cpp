// SPDX-License-Identifier: Apache-2.0
#include "common/settings/config_file.hpp"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

namespace common {

namespace {

using Values = std::map<std::string, std::string, std::less<>>;
using Report = std::function<void(const std::string&)>;

void take_section(const std::string& name, const YAML::Node& section, Values& values, const Report& wrong) {
  for (const auto& entry : section) {
    const std::string key = name + "." + entry.first.Scalar();
    if (entry.second.IsScalar())
      values[key] = entry.second.Scalar();
    else if (entry.second.IsNull())
      values[key] = "";
    else
      wrong("has no single value at " + key);
  }
}

void take_root(const YAML::Node& root, Values& values, const Report& wrong) {
  if (root.IsNull()) return;
  if (!root.IsMap()) return wrong("must hold sections such as 'opencti:'");
  for (const auto& section : root) {
    const std::string name = section.first.Scalar();
    if (section.second.IsScalar())
      values[name] = section.second.Scalar();
    else if (section.second.IsMap())
      take_section(name, section.second, values, wrong);
    else if (!section.second.IsNull())
      wrong("has no settings at " + name);
  }
}

}  // namespace

ConfigFile ConfigFile::read(const std::string& path, std::vector<std::string>& faults) {
  if (path.empty()) return {};
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  const bool opened = file.is_open();
  const std::string reason = opened ? "" : ": " + std::string(std::strerror(errno));
  std::ostringstream content;
  content << file.rdbuf();
  if (!opened || file.bad() || std::filesystem::is_directory(path)) {
    faults.push_back("config file " + path + " cannot be read" + reason);
    return {};
  }
  return parse(content.str(), path, faults);
}

ConfigFile ConfigFile::parse(const std::string& content, const std::string& path, std::vector<std::string>& faults) {
  ConfigFile file;
  file.path_ = path;
  const Report wrong = [&](const std::string& what) { faults.push_back("config file " + path + " " + what); };
  try {
    take_root(YAML::Load(content), file.values_, wrong);
  } catch (const YAML::Exception& error) {
    wrong("is not valid YAML: line " + std::to_string(error.mark.line + 1) + ": " + error.msg);
  }
  return file;
}

std::string ConfigFile::value(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::string{} : found->second;
}

std::vector<std::string> ConfigFile::keys() const {
  std::vector<std::string> all;
  for (const auto& [key, value] : values_) all.push_back(key);
  return all;
}

}  // namespace common
