// SPDX-License-Identifier: Apache-2.0
#include "common/console/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "common/console/printable.hpp"
#include "common/console/terminal.hpp"
#include "common/json/json_writer.hpp"
#include "common/time.hpp"

namespace common {

namespace {

constexpr std::uint64_t shown_of_a_kind = 10;
/// A shorter text is no secret, and less of a secret gives nothing away.
constexpr std::size_t shortest_secret = 4;
constexpr std::string_view secret_mask = "***";
constexpr std::array<std::string_view, 4> level_names = {"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 4> level_names_json = {"DEBUG", "INFO", "WARNING", "ERROR"};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return out;
}

/// A terminal is read at once, and the journal keeps the time of each line by itself (systemd sets the variable for
/// what it starts); a file and the log of a container do not.
bool needs_time(int fd) { return fd == STDERR_FILENO && ::isatty(fd) == 0 && std::getenv("JOURNAL_STREAM") == nullptr; }

/// A text that was cut short within a secret ends with the beginning of it.
void mask_cut_secret(std::string& shown, std::string_view secret) {
  for (std::size_t at = shown.find(left_out); at != std::string::npos;
       at = shown.find(left_out, at + left_out.size())) {
    for (std::size_t length = std::min(secret.size() - 1, at); length >= shortest_secret; --length) {
      if (shown.compare(at - length, length, secret.substr(0, length)) != 0) continue;
      shown.replace(at - length, length, secret_mask);
      at = at - length + secret_mask.size();
      break;
    }
  }
}

}  // namespace

bool parse_log_level(std::string_view text, LogLevel& level) {
  const std::string word = lower(text);
  if (word == "debug")
    level = LogLevel::debug;
  else if (word == "info")
    level = LogLevel::info;
  else if (word == "warn" || word == "warning")
    level = LogLevel::warning;
  else if (word == "error")
    level = LogLevel::error;
  else
    return false;
  return true;
}

Log::Log(std::string tool, int fd) : tool_(std::move(tool)), fd_(fd) {}

void Log::set_level(LogLevel level) { level_ = level; }
void Log::set_format(LogFormat format) { format_ = format; }

void Log::add_secret(std::string secret) {
  if (secret.size() < shortest_secret) return;
  const std::lock_guard lock(mutex_);
  secrets_.push_back(std::move(secret));
}

std::string Log::mask(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  return without_secrets(text);
}

/// With the mutex held.
std::string Log::without_secrets(std::string_view text) const {
  std::string shown(text);
  for (const std::string& secret : secrets_) {
    for (std::size_t at = shown.find(secret); at != std::string::npos;
         at = shown.find(secret, at + secret_mask.size())) {
      shown.replace(at, secret.size(), secret_mask);
    }
    mask_cut_secret(shown, secret);
  }
  return shown;
}

void Log::write(LogLevel level, std::string_view message, std::string_view attributes) {
  if (!enabled(level)) return;
  const std::lock_guard lock(mutex_);
  const std::string shown = without_secrets(message);
  std::string line;
  const auto index = static_cast<std::size_t>(level);
  if (format_ == LogFormat::json) {
    std::string record;
    JsonWriter json(record);
    json.begin_object().member("timestamp", milliseconds_text(SystemClock().now()));
    json.member("level", level_names_json[index]).member("name", tool_).member("message", shown);
    if (!attributes.empty()) json.key("attributes").raw(attributes);
    json.end_object();
    append_printable_json(line, record);
  } else {
    if (can_redraw(fd_)) line = "\033[K";
    if (needs_time(fd_)) line.append(milliseconds_text(SystemClock().now())).append(" ");
    line += tool_ + ": ";
    if (level != LogLevel::info) line.append(level_names[index]).append(": ");
    append_printable(line, shown);
  }
  line += '\n';
  // A log that cannot be written must not stop the work; there is nowhere left to say so.
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t count = ::write(fd_, rest.data(), rest.size());
    if (count <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Log::warning_of_kind(std::string_view kind, std::string_view message) {
  std::uint64_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    auto found = kinds_.find(kind);
    if (found == kinds_.end()) found = kinds_.emplace(std::string(kind), 0).first;
    count = ++found->second;
  }
  if (count <= shown_of_a_kind) warning(message);
}

void Log::summarise() {
  for (const auto& [kind, count] : kinds()) {
    if (count > shown_of_a_kind) {
      warning(std::to_string(count - shown_of_a_kind) + " more of this kind: " + kind);
    }
  }
}

std::map<std::string, std::uint64_t> Log::kinds() const {
  const std::lock_guard lock(mutex_);
  return {kinds_.begin(), kinds_.end()};
}

}  // namespace common
