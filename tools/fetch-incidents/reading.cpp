// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/reading.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "common/json/json_tree.hpp"
#include "common/json/json_writer.hpp"
#include "common/program/failure.hpp"
#include "common/records/record_writer.hpp"
#include "tools/fetch-incidents/small_file.hpp"

namespace fetch_incidents {
namespace {

using common::Failure;

void put(common::JsonWriter& json, std::string_view name, const std::optional<common::Instant>& at) {
  if (at) json.member(name, common::full_text(*at));
}

[[noreturn]] void fail(const std::string& path) {
  throw Failure(common::ExitStatus::io, "cannot write " + path + ": " + std::strerror(errno));
}

}  // namespace

void Reading::note_written(std::optional<common::Instant> at) {
  if (at && asked_at && *at <= *asked_at) written_up_to = std::max(written_up_to, at);
}

bool Reading::covers(common::Instant watermark) const {
  return asked_at && written_up_to && watermark >= *written_up_to;
}

std::optional<Reading> read_reading(const std::string& path, std::string& reason) {
  if (::access(path.c_str(), F_OK) != 0) return {};
  const std::optional<std::string> text = read_small_file(path, reason);
  if (!text) return {};
  Reading reading;
  common::JsonTree json;
  reason = json.parse_copy(*text);
  if (!reason.empty()) return {};
  reading.asked_at = common::parse_instant(json.root()["asked_at"].text());
  reading.written_up_to = common::parse_instant(json.root()["written_up_to"].text());
  reading.of = json.root()["of"].text();
  return reading;
}

void write_reading(const std::string& path, const Reading& reading) {
  std::string text;
  common::JsonWriter json(text);
  json.begin_object();
  put(json, "asked_at", reading.asked_at);
  put(json, "written_up_to", reading.written_up_to);
  json.member("of", reading.of).end_object();
  text += '\n';
  const std::string temporary = path + ".tmp";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) fail(temporary);
  try {
    common::write_all(fd, text, temporary);
  } catch (...) {
    ::close(fd);
    ::unlink(temporary.c_str());
    throw;
  }
  if (::close(fd) != 0 || std::rename(temporary.c_str(), path.c_str()) != 0) fail(path);
}

}  // namespace fetch_incidents
