// SPDX-License-Identifier: Apache-2.0
#include "common/settings/setting_names.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "common/settings/setting_values.hpp"

namespace common {

namespace {

// Variables that begin so are compared with the known ones. Others of these families belong to the platform and to
// other connectors, so that only small differences count.
constexpr std::string_view families[] = {"OPENCTI", "CONNECTOR", "MQ_", "HTTPS_CA", "SENTINEL", "MICROSOFT_"};

std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

/// A name that was cut short behind a word ("tlp" for "tlp_level") counts as one edit.
bool is_cut_short(std::string_view name, std::string_view known) {
  return name.find_first_of("_.") != std::string_view::npos && known.size() > name.size() && known.starts_with(name) &&
         known[name.size()] == '_';
}

struct Nearest {
  const SettingSpec* spec = nullptr;
  std::string name;
  std::size_t distance = ~std::size_t{0};
};

/// The known name with the fewest edits: of the variables, or of the keys.
Nearest nearest(std::string_view name, bool of_keys, std::string_view prefix, std::string_view own) {
  Nearest best;
  for (const SettingSpec& spec : all_settings()) {
    const std::string_view usual = of_keys ? spec.key : spec.variable;
    if (usual.empty()) continue;
    const bool replaced = !prefix.empty() && usual.starts_with(own);
    std::string known = replaced ? std::string(prefix) + std::string(usual.substr(own.size())) : std::string(usual);
    const std::size_t distance = is_cut_short(name, known) ? 1 : edit_distance(name, known);
    if (distance < best.distance) best = {&spec, std::move(known), distance};
  }
  return best;
}

/// The setting that the variable sets: itself, by an older name, or by the file of a secret. Null for none.
const SettingSpec* set_by(std::string_view variable) {
  for (const SettingAlias& alias : setting_aliases()) {
    if (alias.older == variable) return find_setting(alias.variable);
  }
  if (const SettingSpec* spec = find_setting(variable)) return spec;
  if (!variable.ends_with("_FILE")) return nullptr;
  const SettingSpec* spec = find_setting(variable.substr(0, variable.size() - std::string_view("_FILE").size()));
  return spec != nullptr && spec->secret() ? spec : nullptr;
}

/// A setting by its key, in the form of its variable: "opencti.url" becomes "OPENCTI_URL".
std::string variable_form(std::string_view key) {
  std::string out(key);
  for (char& c : out) c = c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

const IneffectiveSetting* ineffective(std::string_view variable) {
  for (const IneffectiveSetting& setting : ineffective_settings()) {
    std::string_view name = setting.variable;
    const bool open = name.ends_with('*');
    if (open) name.remove_suffix(1);
    if (open ? variable.starts_with(name) : variable == name) return &setting;
  }
  return nullptr;
}

/// The name with this project's prefix in place of a foreign one, and that foreign one ("" for none).
std::pair<std::string, std::string_view> own_name(const std::string& name, std::string_view own,
                                                  std::string_view Namespace::*part) {
  for (const Namespace& space : foreign_namespaces()) {
    const std::string_view prefix = space.*part;
    if (name.starts_with(prefix)) return {std::string(own) + name.substr(prefix.size()), prefix};
  }
  return {name, {}};
}

std::optional<OddName> look_at_variable(const std::string& name, std::string_view value) {
  const bool of_family = std::any_of(std::begin(families), std::end(families),
                                     [&](std::string_view family) { return name.starts_with(family); });
  const auto [own, prefix] = own_name(name, own_prefix, &Namespace::prefix);
  if (value.empty() || set_by(own) != nullptr) return {};
  const std::string shown = "environment variable " + name;
  if (const IneffectiveSetting* setting = ineffective(own)) {
    if (parse_boolean(value) == false) return {};
    return OddName{setting->teller, shown + " " + std::string(setting->advice)};
  }
  if (!of_family) return {};
  Nearest known = nearest(name, false, prefix, own_prefix);
  // A slip in a foreign prefix itself.
  for (const Namespace& space : foreign_namespaces()) {
    if (Nearest other = nearest(name, false, space.prefix, own_prefix); other.distance < known.distance)
      known = std::move(other);
  }
  const bool ours = own.starts_with(own_prefix);
  constexpr std::size_t long_name = 12;
  if (!ours && known.distance > (name.size() < long_name ? 1 : 2)) return {};
  return OddName{known.spec->variable, "unknown " + shown + "; did you mean " + known.name + "?"};
}

std::optional<OddName> look_at_key(const std::string& key, const ConfigFile& file) {
  const auto [own, section] = own_name(key, own_section, &Namespace::section);
  const std::string variable = variable_form(own);
  const SettingSpec* spec = set_by(variable);
  if (spec != nullptr && (own == spec->key || own == std::string(spec->key) + "_file")) return {};
  const std::string value = file.value(key);
  if (value.empty() && !file.is_list(key)) return {};
  const std::string shown = "key " + key + " in " + file.path();
  if (const IneffectiveSetting* setting = ineffective(variable)) {
    if (parse_boolean(value) == false) return {};
    return OddName{setting->teller, shown + " " + std::string(setting->advice)};
  }
  const Nearest known = nearest(key, true, section, own_section);
  return OddName{known.spec->variable, "unknown " + shown + "; did you mean " + known.name + "?"};
}

}  // namespace

std::vector<OddName> odd_names(const Environment& environment, const ConfigFile& file) {
  std::vector<OddName> found;
  for (const auto& [name, value] : environment) {
    if (auto odd = look_at_variable(name, value)) found.push_back(std::move(*odd));
  }
  for (const std::string& key : file.keys()) {
    if (auto odd = look_at_key(key, file)) found.push_back(std::move(*odd));
  }
  return found;
}

}  // namespace common
