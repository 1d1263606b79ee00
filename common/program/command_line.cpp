// SPDX-License-Identifier: Apache-2.0
#include "common/program/command_line.hpp"

// To build its regular expressions takes longer than all else that a tool does before its work.
#define CXXOPTS_NO_REGEX
#include <cxxopts.hpp>
#include <iostream>

#include "common/program/failure.hpp"
#include "common/program/library_versions.hpp"

namespace common {

namespace {

const std::vector<Option>& common_options() {
  static const std::vector<Option> options = {
      {"config", "FILE", "read settings from this config.yml"},
      {"log-level", "LEVEL", "least level of messages (debug|info|warn|error)"},
      {"log-format", "FORMAT", "form of messages (text|json)"},
      {"quiet", "", "print warnings and errors only"},
      {"check-settings", "",
       "print the settings in effect and where each comes from, and exit: 0, or 78 with every fault"},
      {"help", "", "print this text"},
      {"version", "", "print the version, and those of the libraries"},
  };
  return options;
}

std::string shown_name(const Option& option) {
  std::string name = "  --" + std::string(option.name);
  if (!option.argument.empty()) name.append(" ").append(option.argument);
  return name;
}

}  // namespace

std::optional<std::string> Arguments::get(std::string_view option) const {
  const auto found = values_.find(option);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::all(std::string_view option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

std::string help_text(const Usage& usage) {
  std::string text =
      "usage: " + std::string(usage.tool) + " [OPTION]..." + (usage.takes_files ? " [FILE]..." : "") + "\n";
  text.append(usage.summary).append("\n\n");
  const auto add = [&text](const Option& option) {
    std::string line = shown_name(option);
    line.resize(std::max<std::size_t>(line.size() + 2, 32), ' ');
    text.append(line).append(option.help);
    if (option.repeatable) text += " (may be given several times)";
    text += '\n';
  };
  for (const Option& option : usage.options) add(option);
  if (!usage.options.empty()) text += '\n';
  for (const Option& option : common_options()) add(option);
  if (!usage.notes.empty()) text.append("\n").append(usage.notes).append("\n");
  return text;
}

Arguments parse_command_line(const Usage& usage, int argc, const char* const* argv) {
  const std::string tool(usage.tool);
  cxxopts::Options parser(tool);
  std::vector<Option> known = usage.options;
  known.insert(known.end(), common_options().begin(), common_options().end());
  for (const Option& option : known) {
    if (option.argument.empty()) {
      parser.add_options()(std::string(option.name), "");
    } else {
      // One-element lists keep commas in values: cxxopts splits its own vectors.
      parser.add_options()(std::string(option.name), "", cxxopts::value<std::string>());
    }
  }
  parser.add_options()("files", "", cxxopts::value<std::string>());
  parser.parse_positional("files");
  parser.positional_help("");

  Arguments arguments;
  try {
    const cxxopts::ParseResult result = parser.parse(argc, argv);
    for (const auto& pair : result.arguments()) {
      if (pair.key() == "files")
        arguments.files_.push_back(pair.value());
      else
        arguments.values_[pair.key()].push_back(pair.value());
    }
    for (const std::string& word : result.unmatched()) arguments.files_.push_back(word);
  } catch (const std::exception& error) {
    throw Failure(ExitStatus::usage, std::string(error.what()) + "; see " + tool + " --help");
  }
  if (arguments.has("help")) {
    std::cout << help_text(usage) << std::flush;
    throw Failure(ExitStatus::done, "");
  }
  if (arguments.has("version")) {
    std::cout << tool << " " << PROJECT_VERSION << "\n";
    for (const auto& version : usage.libraries) std::cout << version() << "\n";
    std::cout << library_versions() << std::flush;
    throw Failure(ExitStatus::done, "");
  }
  for (const Option& option : known) {
    if (!option.repeatable && arguments.all(option.name).size() > 1 && !option.argument.empty()) {
      throw Failure(ExitStatus::usage,
                    "--" + std::string(option.name) + " is given more than once; see " + tool + " --help");
    }
  }
  if (!usage.takes_files && !arguments.files().empty()) {
    throw Failure(ExitStatus::usage,
                  tool + " takes no file, but '" + arguments.files().front() + "' was given; see " + tool + " --help");
  }
  return arguments;
}

}  // namespace common
