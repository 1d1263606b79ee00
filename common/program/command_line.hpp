// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace common {

/// One option of a tool. An empty argument name makes it a flag.
struct Option {
  std::string_view name;      ///< without the dashes
  std::string_view argument;  ///< e.g. "FILE", or "" for a flag
  std::string help;  ///< where only certain words are allowed, they stand as "(a|b|c" for scripts/make-completions
  bool repeatable = false;
  char letter = 0;  ///< a short form, 0 for none
};

/// What `--help` prints and what the command line may hold. Every tool gets the common options as well:
/// --help (-h), --version (-V), --config, --log-level, --log-format, --quiet (-q), --check-settings.
struct Usage {
  std::string_view tool;
  std::string_view summary;  ///< one sentence
  std::vector<Option> options;
  bool takes_files = false;     ///< whether positional arguments name input files
  std::string_view notes = {};  ///< printed after the options
  /// The versions of libraries that only some tools have, for --version: "libcurl 7.88.1 (OpenSSL/3.0.17)".
  std::vector<std::string (*)()> libraries = {};
};

/// The words of a command line, after parsing.
class Arguments {
 public:
  bool has(std::string_view option) const { return values_.contains(option); }
  /// The last value given for the option.
  std::optional<std::string> get(std::string_view option) const;
  /// All values given for a repeatable option, in order.
  std::vector<std::string> all(std::string_view option) const;
  const std::vector<std::string>& files() const { return files_; }

 private:
  friend Arguments parse_command_line(const Usage&, int, const char* const*);
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<std::string> files_;
};

/// Parses the command line. Throws Failure with status usage on an unknown option, a missing argument, or files where
/// none are taken. --help and --version print to standard output and throw Failure with status done and no message.
Arguments parse_command_line(const Usage& usage, int argc, const char* const* argv);

/// The bytes that an option's value stands for: a number, or one with K or M behind it, up to 1024M. Throws
/// Failure(usage) naming the option for anything else.
std::size_t parse_size(std::string_view option, std::string_view text);

/// The text of `--help`.
std::string help_text(const Usage& usage);

}  // namespace common
