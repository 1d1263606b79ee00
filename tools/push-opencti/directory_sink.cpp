// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/directory_sink.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "common/json/json_writer.hpp"
#include "common/program/failure.hpp"
#include "tools/push-opencti/state/state_file.hpp"

namespace push_opencti {

namespace {

constexpr std::string_view suffix = ".json";
constexpr std::string_view unfinished_suffix = ".json.tmp";
constexpr int unfinished_days = 1;  // an unfinished file that old was left by a crash

// "Microsoft Sentinel" -> "microsoft_sentinel": the name as existing connectors spell it in such files, and nothing
// that a file name must not hold.
std::string name_part(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    out += std::isalnum(byte) != 0 || c == '-' ? static_cast<char>(std::tolower(byte)) : '_';
  }
  return out;
}

// "20261124-020000.1234567", from the clock.
std::string time_part(common::Instant now) {
  std::string out;
  for (const char c : common::full_text(now)) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.') out += c;
    if (c == 'T') out += '-';
  }
  return out;
}

}  // namespace

DirectorySink::DirectorySink(Options options, Identity identity, common::Clock& clock, common::Log& log)
    : options_(std::move(options)), identity_(std::move(identity)), clock_(clock), log_(log) {
  // The connector's id keeps the files of two connectors of one name apart.
  prefix_ = name_part(identity_.name) + "-" + name_part(identity_.id) + "-";
  struct stat status = {};
  if (::stat(options_.directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      ::access(options_.directory.c_str(), W_OK | X_OK) != 0) {
    throw common::Failure(common::ExitStatus::settings, "CONNECTOR_SEND_TO_DIRECTORY_PATH: " + options_.directory +
                                                            " is not a folder that can be written to");
  }
}

// Names are unique and ascending even if the clock stands still or steps back.
std::string DirectorySink::next_name() {
  const std::string now = time_part(clock_.now());
  if (now > last_time_) {
    last_time_ = now;
    within_time_ = 0;
  } else {
    ++within_time_;
  }
  char serial[48];
  std::snprintf(serial, sizeof serial, "-%ld-%06lu", static_cast<long>(::getpid()),
                static_cast<unsigned long>(within_time_));
  return prefix_ + last_time_ + serial;
}

void DirectorySink::write(const Bundle& bundle) {
  std::string content;
  content.reserve(bundle.text.size() + 512);
  common::JsonWriter json(content);
  json.begin_object().member("bundle_type", "DIRECTORY_BUNDLE").member("applicant_id", options_.applicant_id);
  json.key("connector").begin_object();
  json.member("id", identity_.id).member("name", identity_.name).member("type", identity_.type);
  json.member("scope", identity_.scope)
      .member("auto", false)
      .member("validate_before_import", options_.validate)
      .end_object();
  json.key("entities_types").begin_array().end_array();
  json.key("bundle").raw(bundle.text).member("update", false).end_object();
  const std::string path = options_.directory + "/" + next_name();
  write_durably(path + std::string(suffix), path + std::string(unfinished_suffix), content);
}

bool DirectorySink::is_own(std::string_view name, std::string_view ending) const {
  return name.starts_with(prefix_) && name.ends_with(ending) && name.size() > prefix_.size() + ending.size() &&
         std::isdigit(static_cast<unsigned char>(name[prefix_.size()])) != 0;
}

void DirectorySink::sweep() {
  if (options_.retention_days > 0) sweep(suffix, options_.retention_days);
  sweep(unfinished_suffix, unfinished_days);
}

void DirectorySink::sweep(std::string_view ending, std::int64_t days) {
  const common::Instant oldest = clock_.now() - std::chrono::hours(24 * days);
  std::error_code error;
  for (std::filesystem::directory_iterator entry(options_.directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!is_own(entry->path().filename().string(), ending)) continue;
    struct stat status = {};
    if (::lstat(entry->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (status.st_mtim.tv_sec * common::ticks_per_second >= oldest.ticks) continue;
    if (::unlink(entry->path().c_str()) != 0)
      log_.warning("cannot delete the old file " + entry->path().string() + ": " + std::strerror(errno));
  }
  if (error) log_.warning("cannot look for old files in " + options_.directory + ": " + error.message());
}

}  // namespace push_opencti
