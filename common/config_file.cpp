#include "common/config_file.hpp"

#include <yaml-cpp/yaml.h>

namespace common {

ConfigFile ConfigFile::read(const std::string& path, std::vector<std::string>& faults) {
  ConfigFile file;
  file.path_ = path;
  if (path.empty()) return file;
  const auto wrong = [&](const std::string& what) { faults.push_back("config file " + path + " " + what); };
  try {
    const YAML::Node root = YAML::LoadFile(path);
    if (!root.IsMap() && !root.IsNull()) wrong("must hold sections such as 'opencti:'");
    if (!root.IsMap()) return file;
    for (const auto& section : root) {
      const std::string name = section.first.Scalar();
      if (section.second.IsScalar()) {
        file.values_[name] = section.second.Scalar();
      } else if (section.second.IsMap()) {
        for (const auto& entry : section.second) {
          const std::string key = name + "." + entry.first.Scalar();
          if (entry.second.IsScalar()) file.values_[key] = entry.second.Scalar();
          else if (entry.second.IsNull()) file.values_[key] = "";
          else wrong("has no single value at " + key);
        }
      } else if (!section.second.IsNull()) {
        wrong("has no settings at " + name);
      }
    }
  } catch (const YAML::BadFile&) {
    wrong("cannot be read");
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
