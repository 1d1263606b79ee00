// SPDX-License-Identifier: Apache-2.0
#include "common/settings/setting_checks.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <numeric>
#include <sstream>

#include "common/console/printable.hpp"
#include "common/uuid.hpp"

namespace common {

namespace {

std::string not_that(const SettingSpec& spec, std::string_view wanted, std::string_view text) {
  std::string out = "must be " + std::string(wanted);
  if (spec.kind != SettingKind::secret) out.append(", not '").append(text).append("'");
  return out;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_choice(std::string_view allowed, std::string_view text) {
  for (std::size_t begin = 0; begin <= allowed.size();) {
    const std::size_t end = std::min(allowed.find('|', begin), allowed.size());
    if (allowed.substr(begin, end - begin) == text) return true;
    begin = end + 1;
  }
  return false;
}

std::string choices(std::string_view allowed) {
  std::string out(allowed);
  for (std::size_t at = out.find('|'); at != std::string::npos; at = out.find('|', at)) out.replace(at, 1, ", ");
  return "one of: " + out;
}

// The remark of an integer setting holds its range as "LOW to HIGH".
bool in_range(std::string_view remark, std::int64_t value) {
  const std::size_t to = remark.find(" to ");
  if (to == std::string_view::npos) return true;
  std::size_t begin = to;
  while (begin > 0 && remark[begin - 1] >= '0' && remark[begin - 1] <= '9') --begin;
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::from_chars(remark.data() + begin, remark.data() + to, low);
  std::from_chars(remark.data() + to + 4, remark.data() + remark.size(), high);
  return value >= low && value <= high;
}

bool is_url(std::string_view text) {
  const std::string_view rest = text.starts_with("https://")  ? text.substr(8)
                                : text.starts_with("http://") ? text.substr(7)
                                                              : "";
  return !rest.empty() && rest.front() != '/' && rest.find_first_of(" @\"<>\\") == std::string_view::npos;
}

// Each tool that speaks HTTP uses them, so that a file that is not there is a fault of the settings.
bool holds_certificates(std::string_view text) {
  constexpr std::string_view mark = "-----BEGIN CERTIFICATE-----";
  if (text.find(mark) != std::string_view::npos) return true;
  std::ifstream file{std::string(text), std::ios::binary};
  std::ostringstream content;
  content << file.rdbuf();
  return content.str().find(mark) != std::string::npos;
}

std::string check_integer(const SettingSpec& spec, std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (whole && in_range(spec.allowed, value)) return {};
  return not_that(spec, spec.allowed.empty() ? "a whole number" : "a whole number (" + std::string(spec.allowed) + ")",
                  text);
}

}  // namespace

std::optional<bool> parse_boolean(std::string_view text) {
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (word == "true" || word == "yes" || word == "on" || word == "1") return true;
  if (word == "false" || word == "no" || word == "off" || word == "0") return false;
  return {};
}

std::string check_setting(const SettingSpec& spec, std::string_view text) {
  // PEM text spans lines; nothing else may: a line end in a header or path would let a setting inject one.
  const bool may_be_pem = spec.allowed.find("PEM") != std::string_view::npos && text.starts_with("-----BEGIN");
  if (!may_be_pem && has_control_character(text)) return "must not hold control characters or line ends";
  switch (spec.kind) {
    case SettingKind::url: return is_url(text) ? "" : not_that(spec, "an http or https URL", text);
    case SettingKind::boolean: return parse_boolean(text) ? "" : not_that(spec, "true or false", text);
    case SettingKind::integer: return check_integer(spec, text);
    case SettingKind::duration:
      return parse_duration(text) ? "" : not_that(spec, "an ISO 8601 duration such as PT30M or P1D", text);
    case SettingKind::instant: return parse_user_instant(text) ? "" : not_that(spec, spec.allowed, text);
    case SettingKind::uuid: return is_uuid(text) ? "" : not_that(spec, "a UUID (uuidgen makes one)", text);
    case SettingKind::choice: return is_choice(spec.allowed, text) ? "" : not_that(spec, choices(spec.allowed), text);
    case SettingKind::log_level: {
      LogLevel level{};
      return parse_log_level(text, level) ? "" : not_that(spec, choices(spec.allowed), text);
    }
    case SettingKind::text:
      if (spec.variable == "HTTPS_CA_CERTIFICATES" && !holds_certificates(text)) {
        return not_that(spec, "PEM text or a readable file of PEM certificates", excerpt(text));
      }
      if (spec.allowed == "begins with /" && text.front() != '/')
        return not_that(spec, "a path that begins with /", text);
      if (spec.allowed == "at least 2 characters" && text.size() < 2)
        return not_that(spec, "at least 2 characters long", text);
      return "";
    case SettingKind::path:
    case SettingKind::secret: return "";
  }
  return "";
}

std::string read_secret_file(std::string_view path, std::string_view name, std::vector<std::string>& faults) {
  errno = 0;
  std::ifstream file{std::string(path), std::ios::binary};
  const std::string reason = file.is_open() ? "" : ": " + std::string(std::strerror(errno));
  std::ostringstream content;
  content << file.rdbuf();
  if (!file.is_open() || file.bad()) {
    faults.push_back(std::string(name) + " names a file that cannot be read: " + std::string(path) + reason);
    return {};
  }
  std::string secret = content.str();
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  if (secret.empty()) faults.push_back(std::string(name) + " names an empty file: " + std::string(path));
  return secret;
}

}  // namespace common
