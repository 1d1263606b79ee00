// SPDX-License-Identifier: Apache-2.0
#include "common/program/command_line.hpp"

// Compiling cxxopts' regular expressions would take longer than the rest of a start.
#define CXXOPTS_NO_REGEX
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cxxopts.hpp>

#include "common/console/printable.hpp"
#include "common/nearest.hpp"
#include "common/program/failure.hpp"
#include "common/program/library_versions.hpp"
#include "common/records/record_writer.hpp"

namespace common {

namespace {

const std::vector<Option>& common_options() {
  static const std::vector<Option> options = {
      {"config", "FILE", "read settings from this config.yml"},
      {"log-level", "LEVEL", "least level of messages (debug|info|warn|error)"},
      {"log-format", "FORMAT", "form of messages (text|json)"},
      {"quiet", "", "print warnings and errors only", false, 'q'},
      {"check-settings", "",
       "print the settings in effect and where each comes from, and exit: 0, or 78 with every fault"},
      {"help", "", "print this text", false, 'h'},
      {"version", "", "print the version, and those of the libraries", false, 'V'},
  };
  return options;
}

std::string shown_name(const Option& option) {
  std::string name = "  --" + std::string(option.name);
  if (!option.argument.empty()) name.append(" ").append(option.argument);
  return name;
}

[[noreturn]] void refuse(const Usage& usage, const std::string& what) {
  throw Failure(ExitStatus::usage, what + "; see " + std::string(usage.tool) + " --help");
}

[[noreturn]] void refuse_unknown(const Usage& usage, const std::vector<Option>& known, std::string_view word) {
  std::vector<std::string_view> names;
  for (const Option& option : known) names.push_back(option.name);
  const std::string name(word.substr(0, word.find('=')));
  const bool is_long = name.starts_with("--");
  refuse(usage, "unknown option " + excerpt(name) +
                    (is_long ? " (did you mean --" + nearest(name.substr(2), names) + "?)" : std::string()));
}

// Refuses what cxxopts would refuse without the option's name, or accept: its name for positional arguments. Each word
// is looked at as cxxopts takes it: the words behind "--", and the values of options, are no options.
void check_words(const Usage& usage, const std::vector<Option>& known, int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") return;
    if (!word.starts_with('-') || word == "-") continue;
    if (!word.starts_with("--")) {
      for (const char letter : word.substr(1)) {
        const bool good = std::any_of(known.begin(), known.end(), [&](const Option& o) { return o.letter == letter; });
        if (!good) refuse_unknown(usage, known, word);
      }
      continue;
    }
    const auto equals = word.find('=');
    const std::string_view name = word.substr(2, equals == std::string_view::npos ? equals : equals - 2);
    const auto option = std::find_if(known.begin(), known.end(), [&](const Option& o) { return o.name == name; });
    if (option == known.end()) refuse_unknown(usage, known, word);
    const std::string shown = "--" + std::string(name);
    if (option->argument.empty()) {
      if (equals != std::string_view::npos)
        refuse(usage, shown + " takes no value, but '" + excerpt(word.substr(equals + 1)) + "' was given");
    } else if (equals == std::string_view::npos && ++i >= argc) {
      refuse(usage, shown + " needs a value: " + shown + " " + std::string(option->argument));
    }
  }
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
    if (option.letter != 0) text.append(" (also -").append(1, option.letter).append(")");
    if (option.repeatable) text += " (may be given several times)";
    text += '\n';
  };
  for (const Option& option : usage.options) add(option);
  if (!usage.options.empty()) text += '\n';
  for (const Option& option : common_options()) add(option);
  if (!usage.notes.empty()) text.append("\n").append(usage.notes).append("\n");
  return text;
}

std::size_t parse_size(std::string_view option, std::string_view text) {
  constexpr std::size_t kilobyte = 1u << 10;
  constexpr std::size_t most = kilobyte * kilobyte * kilobyte;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const std::size_t factor = unit.empty() ? 1 : unit == "K" ? kilobyte : unit == "M" ? kilobyte * kilobyte : 0;
  if (error != std::errc() || factor == 0 || number == 0 || number > most / factor) {
    throw Failure(
        ExitStatus::usage,
        "--" + std::string(option) + " takes bytes, or a number with K or M, up to 1024M, not '" + excerpt(text) + "'");
  }
  return number * factor;
}

Arguments parse_command_line(const Usage& usage, int argc, const char* const* argv) {
  const std::string tool(usage.tool);
  cxxopts::Options parser(tool);
  std::vector<Option> known = usage.options;
  known.insert(known.end(), common_options().begin(), common_options().end());
  check_words(usage, known, argc, argv);
  for (const Option& option : known) {
    if (option.argument.empty()) {
      const std::string letter = option.letter != 0 ? std::string(1, option.letter) + "," : "";
      parser.add_options()(letter + std::string(option.name), "");
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
    refuse(usage, error.what());
  }
  if (arguments.has("help")) {
    write_all(STDOUT_FILENO, help_text(usage), "standard output");
    throw Failure(ExitStatus::done, "");
  }
  if (arguments.has("version")) {
    std::string text = tool + " " + PROJECT_VERSION + "\n";
    for (const auto& version : usage.libraries) text += version() + "\n";
    write_all(STDOUT_FILENO, text + library_versions(), "standard output");
    throw Failure(ExitStatus::done, "");
  }
  for (const Option& option : known) {
    if (!option.repeatable && arguments.all(option.name).size() > 1 && !option.argument.empty()) {
      refuse(usage, "--" + std::string(option.name) + " is given more than once");
    }
  }
  if (!usage.takes_files && !arguments.files().empty()) {
    refuse(usage, tool + " takes no file, but '" + excerpt(arguments.files().front()) + "' was given");
  }
  return arguments;
}

}  // namespace common
