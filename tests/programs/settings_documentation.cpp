// SPDX-License-Identifier: Apache-2.0
// Prints what is generated from common/settings/settings_table.cpp: the items of sentinel-incidents-settings(5) (mdoc),
// examples/config.yml.sample (yaml), examples/.env.sample (env), or the variables alone (names). scripts/write-settings
// writes the files, and tests/pipeline/docs.test.sh says when one differs.
#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include "common/settings/setting_words.hpp"

namespace {

using common::SettingSpec;

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

std::string sentence(const SettingSpec& spec) {
  std::string out(spec.meaning);
  out[0] = static_cast<char>(out[0] >= 'a' && out[0] <= 'z' ? out[0] - 32 : out[0]);
  std::string allowed = common::allowed_words(spec);
  if (constexpr std::string_view list = "one of: "; allowed.starts_with(list)) allowed.erase(0, list.size());
  return out + (allowed.empty() ? "" : ": " + allowed) + ".";
}

/// In roff a backslash begins an escape.
std::string roff(std::string_view text) { return replaced(replaced(std::string(text), "\\", "\\e"), "-", "\\-"); }

std::string mdoc_item(const SettingSpec& spec) {
  std::string out = ".It Ev " + std::string(spec.variable) + "\n";
  if (!spec.key.empty()) out += "In config.yml:\n.Ql " + std::string(spec.key) + " .\n";
  out += roff(sentence(spec)) + "\n";
  if (spec.mandatory) out += "Mandatory.\n";
  if (!spec.fallback.empty()) out += "Default:\n.Ql " + roff(spec.fallback) + " .\n";
  return out;
}

/// The value that a sample shows: what must be replaced, or the default.
std::string sample_value(const SettingSpec& spec) { return std::string(spec.mandatory ? "ChangeMe" : spec.fallback); }

std::string env_item(const SettingSpec& spec) {
  return "# " + sentence(spec) + "\n" + (spec.mandatory ? "" : "#") + std::string(spec.variable) + "=" +
         sample_value(spec) + "\n";
}

std::string yaml_item(const SettingSpec& spec, std::string_view key, std::string_view indent) {
  const std::string value = sample_value(spec);
  return std::string(indent) + "# " + sentence(spec) + "\n" + std::string(indent) + (spec.mandatory ? "" : "#") +
         std::string(key) + ":" + (value.empty() ? "" : " '" + value + "'") + "\n";
}

/// Section by section, as the table first names them; keys without a section at the end.
std::string yaml_sample() {
  std::string order, bare;
  std::map<std::string, std::string, std::less<>> sections;
  for (const SettingSpec& spec : common::all_settings()) {
    const std::size_t dot = spec.key.find('.');
    if (spec.key.empty()) continue;
    if (dot == std::string_view::npos) {
      bare += "\n" + yaml_item(spec, spec.key, "");
      continue;
    }
    const std::string section(spec.key.substr(0, dot));
    if (!sections.contains(section)) order += section + "\n";
    sections[section] += yaml_item(spec, spec.key.substr(dot + 1), "  ");
  }
  std::string out;
  for (std::size_t at = 0, end; (end = order.find('\n', at)) != std::string::npos; at = end + 1) {
    const std::string section = order.substr(at, end - at);
    // A section of which every line is a comment would be null, which is allowed.
    out += "\n" + section + ":\n" + sections[section];
  }
  return out + bare;
}

constexpr std::string_view env_head =
    "# Settings of sentinel-incidents, one a line. Copy it, and replace every ChangeMe: until then the chain ends with "
    "78.\n"
    "# A line that begins with # shows a default. Written by scripts/write-settings; see "
    "sentinel-incidents-settings(5).\n";
constexpr std::string_view yaml_head =
    "# Settings of sentinel-incidents. Copy it to config.yml (chmod 600: it holds secrets), and replace every "
    "ChangeMe: until\n"
    "# then the chain ends with 78. A key behind # shows a default. Name the file with --config or "
    "SENTINEL_INCIDENTS_CONFIG.\n"
    "# Written by scripts/write-settings; see sentinel-incidents-settings(5).\n";

std::string document(std::string_view form) {
  if (form == "yaml") return std::string(yaml_head) + yaml_sample();
  std::string out(form == "env" ? env_head : "");
  for (const SettingSpec& spec : common::all_settings()) {
    if (form == "mdoc") out += mdoc_item(spec);
    if (form == "env") out += "\n" + env_item(spec);
    if (form == "names") out += std::string(spec.variable) + "\n";
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string out = document(argc == 2 ? argv[1] : "");
  if (out.empty()) {
    std::fputs("usage: settings_documentation mdoc|yaml|env|names\n", stderr);
    return 64;
  }
  std::fputs(out.c_str(), stdout);
  return 0;
}
