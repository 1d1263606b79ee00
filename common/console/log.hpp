// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace common {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

/// Reads debug, info, warn, warning or error in any case; false when it is none of them.
bool parse_log_level(std::string_view text, LogLevel& level);

/// Messages on standard error, one line each, safe to call from several threads. Text lines read
/// `map-stix: warning: line 12: …`; JSON lines have the members of the platform's own connectors (timestamp, level,
/// name, message). Control characters are escaped, so that hostile text cannot steer a terminal, and registered secrets
/// are replaced by "***". On a terminal a text line begins by erasing what is right of the cursor: a line of Progress,
/// which may be another tool's.
class Log {
 public:
  explicit Log(std::string tool, int fd = 2);

  void set_level(LogLevel level);
  void set_format(LogFormat format);
  /// Never print this text. Values shorter than four bytes are ignored, since they would blank out ordinary words.
  void add_secret(std::string secret);
  /// The text without those, for what is kept elsewhere than in the log.
  std::string mask(std::string_view text) const;

  LogFormat format() const { return format_; }
  bool enabled(LogLevel level) const { return level >= level_; }
  void debug(std::string_view message) { write(LogLevel::debug, message); }
  /// `attributes`, a JSON object, goes with the message in JSON lines, as the platform's own connectors have it.
  void info(std::string_view message, std::string_view attributes = {}) { write(LogLevel::info, message, attributes); }
  void warning(std::string_view message) { write(LogLevel::warning, message); }
  void error(std::string_view message) { write(LogLevel::error, message); }

  /// As warning(), but after ten messages of one kind only counts; summarise() prints the counts.
  void warning_of_kind(std::string_view kind, std::string_view message);
  /// One line for each kind that warning_of_kind() left messages out of.
  void summarise();
  /// How many warnings of each kind there were.
  std::map<std::string, std::uint64_t> kinds() const;

  const std::string& tool() const { return tool_; }

 private:
  void write(LogLevel level, std::string_view message, std::string_view attributes = {});
  std::string without_secrets(std::string_view text) const;

  std::string tool_;
  int fd_;
  LogLevel level_ = LogLevel::info;
  LogFormat format_ = LogFormat::text;
  std::vector<std::string> secrets_;
  std::map<std::string, std::uint64_t, std::less<>> kinds_;
  mutable std::mutex mutex_;
};

}  // namespace common
