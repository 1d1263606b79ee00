// SPDX-License-Identifier: Apache-2.0
// Prints the table of settings as README.md (markdown) or sentinel-incidents-settings(5) (mdoc) hold it, so that
// neither can differ from common/settings/settings_table.cpp: tests/pipeline/docs.test.sh compares,
// scripts/write-settings replaces.
#include <cstdio>
#include <string>
#include <string_view>

#include "common/settings/settings.hpp"

namespace {

using common::SettingKind;
using common::SettingSpec;

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

/// What may stand there, in words.
std::string allowed(const SettingSpec& spec) {
  if (spec.kind == SettingKind::choice || spec.kind == SettingKind::log_level)
    return replaced(std::string(spec.allowed), "|", ", ");
  if (!spec.allowed.empty()) return std::string(spec.allowed);
  switch (spec.kind) {
    case SettingKind::url: return "an http or https URL";
    case SettingKind::boolean: return "true or false";
    case SettingKind::duration: return "an ISO 8601 duration such as PT30M";
    case SettingKind::path: return "a path";
    default: return "";
  }
}

std::string code(std::string_view text) { return text.empty() ? "" : "`" + std::string(text) + "`"; }

std::string markdown_row(const SettingSpec& spec) {
  std::string meaning(spec.meaning);
  if (const std::string what = allowed(spec); !what.empty()) meaning += ": " + what;
  return "| " + code(spec.variable) + " | " + code(spec.key) + " | " + code(spec.fallback) + " | " + meaning + " |\n";
}

/// A backslash begins an escape, and a line must not begin with a dot or an apostrophe.
std::string roff(std::string_view text) { return replaced(replaced(std::string(text), "\\", "\\e"), "-", "\\-"); }

std::string mdoc_item(const SettingSpec& spec) {
  std::string out = ".It Ev " + std::string(spec.variable) + "\n";
  if (!spec.key.empty()) out += "In config.yml:\n.Ql " + std::string(spec.key) + " .\n";
  std::string meaning(spec.meaning);
  meaning[0] = static_cast<char>(meaning[0] >= 'a' && meaning[0] <= 'z' ? meaning[0] - 32 : meaning[0]);
  out += roff(meaning);
  if (const std::string what = allowed(spec); !what.empty()) out += ": " + roff(what);
  out += ".\n";
  if (!spec.fallback.empty()) out += "Default:\n.Ql " + roff(spec.fallback) + " .\n";
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view form = argc == 2 ? argv[1] : "";
  if (form != "markdown" && form != "mdoc") {
    std::fputs("usage: settings_documentation markdown|mdoc\n", stderr);
    return 64;
  }
  std::string out = form == "markdown" ? "| environment | config.yml | default | meaning |\n|---|---|---|---|\n" : "";
  for (const SettingSpec& spec : common::all_settings())
    out += form == "markdown" ? markdown_row(spec) : mdoc_item(spec);
  std::fputs(out.c_str(), stdout);
  return 0;
}
