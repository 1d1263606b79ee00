// SPDX-License-Identifier: Apache-2.0
#include "common/settings/setting_values.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "common/console/printable.hpp"
#include "common/duration.hpp"
#include "common/settings/setting_words.hpp"
#include "common/uuid.hpp"

namespace common {

namespace {

constexpr std::string_view white_space = " \t\r\n";
constexpr std::string_view certificate_mark = "-----BEGIN CERTIFICATE-----";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

SettingReading taken(std::string_view value) { return {std::string(value), {}, {}}; }
SettingReading wrong(std::string fault) { return {{}, std::move(fault), {}}; }
SettingReading not_that(const SettingSpec& spec, std::string_view text) {
  return wrong("must be " + allowed_words(spec) + (spec.secret() ? "" : ", not '" + excerpt(text) + "'"));
}

SettingReading read_url(const SettingSpec& spec, std::string_view text) {
  if (text.find('@') != std::string_view::npos) {
    return wrong(
        "must not hold a user name, a password or an @: secrets belong in OPENCTI_TOKEN, "
        "SENTINEL_INCIDENTS_CLIENT_SECRET or OPENCTI_CUSTOM_HEADERS");
  }
  const std::string scheme = lower(text.substr(0, text.find(':')));
  const std::string_view rest = text.substr(std::min(text.size(), scheme.size()));
  const bool good = (scheme == "http" || scheme == "https") && rest.starts_with("://") && rest.size() > 3 &&
                    rest[3] != '/' && rest.find_first_of(" \"<>\\") == std::string_view::npos;
  return good ? taken(scheme + std::string(rest)) : not_that(spec, text);
}

SettingReading read_host(const SettingSpec& spec, std::string_view text) {
  if (text.find('@') != std::string_view::npos) return wrong("must be " + allowed_words(spec));
  return text.find_first_of("/ \"<>\\?#") == std::string_view::npos ? taken(text) : not_that(spec, text);
}

SettingReading read_choice(const SettingSpec& spec, std::string_view text, std::string_view shown) {
  const std::string wanted = lower(text);
  for (const std::string_view choice : choices_of(spec)) {
    if (lower(choice) == wanted) return taken(choice);
  }
  return not_that(spec, shown);
}

SettingReading read_tlp(const SettingSpec& spec, std::string_view text) {
  std::string level = lower(text);
  if (level.starts_with("tlp:")) level.erase(0, 4);
  if (level == "white") level = "clear";  // its name before TLP 2.0
  return read_choice(spec, level, text);
}

SettingReading read_log_level(const SettingSpec& spec, std::string_view text) {
  return read_choice(spec, lower(text) == "warning" ? "warn" : text, text);
}

SettingReading read_boolean(const SettingSpec& spec, std::string_view text) {
  const auto value = parse_boolean(text);
  return value ? taken(*value ? "true" : "false") : not_that(spec, text);
}

SettingReading read_number(const SettingSpec& spec, std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
  if (!good || value < spec.least || value > spec.most) return not_that(spec, text);
  if (spec.kind == SettingKind::number) return taken(text);
  // Python reads 7.0 as a whole number too.
  if (value != std::floor(value)) return not_that(spec, text);
  return taken(std::to_string(static_cast<long long>(value)));
}

/// In whole seconds, "PT1800S", unless it is written so that any reader of ISO 8601 reads the same.
SettingReading read_duration(const SettingSpec& spec, std::string_view text) {
  const auto span = parse_duration(text);
  if (!span) return not_that(spec, text);
  const bool plain = text.front() == 'P' && text.find_first_not_of("PTDHMS0123456789") == text.npos &&
                     (text.find('M') == text.npos || text.find('M') > text.find('T'));
  return taken(plain ? std::string(text) : "PT" + std::to_string(span->count()) + "S");
}

SettingReading read_time(const SettingSpec& spec, std::string_view text, Instant now) {
  const auto at = spec.kind == SettingKind::instant ? parse_user_instant(text, now) : parse_date_time(text);
  if (!at) return not_that(spec, text);
  std::string utc = at->ticks % ticks_per_second == 0 ? seconds_text(*at) : full_text(*at);
  // An offset can lead out of the years that dates can name.
  return parse_instant(utc) == at ? taken(utc) : not_that(spec, text);
}

SettingReading read_identifier(const SettingSpec& spec, std::string_view text) {
  if (is_uuid(text)) return taken(text);
  constexpr std::string_view allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-";
  // It names a queue and a folder as well.
  const bool safe = text.size() <= 100 && text.front() != '.' && text.find_first_not_of(allowed) == text.npos;
  if (!safe) return not_that(spec, text);
  return {std::string(text), {}, "is no UUID; OpenCTI asks for one: '" + std::string(text) + "' is passed on as it is"};
}

SettingReading read_list(const SettingSpec& spec, std::string_view text) {
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (const std::string_view word = trimmed(rest.substr(0, comma)); !word.empty())
      out.append(out.empty() ? "" : ",").append(word);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return out.empty() ? not_that(spec, text) : taken(out);
}

bool holds_certificates(std::string_view text) {
  return certificates_of(text).find(certificate_mark) != std::string::npos;
}

SettingReading read_certificates(const SettingSpec& spec, std::string_view text) {
  return holds_certificates(text) ? taken(text) : not_that(spec, text);
}

SettingReading read_verification(const SettingSpec& spec, std::string_view text) {
  if (parse_boolean(text)) return read_boolean(spec, text);
  return read_certificates(spec, text);
}

SettingReading read_secret(std::string_view text) {
  SettingReading reading = taken(text);
  if (text.size() > 1 && text.front() == text.back() && (text.front() == '"' || text.front() == '\''))
    reading.warning = "begins and ends with a quotation mark, which counts as a part of it: leave them out";
  return reading;
}

SettingReading read_text(const SettingSpec& spec, std::string_view text) {
  return static_cast<double>(text.size()) < spec.least ? not_that(spec, text) : taken(text);
}

}  // namespace

std::optional<bool> parse_boolean(std::string_view text) {
  const std::string word = lower(text);
  if (word == "true" || word == "yes" || word == "on" || word == "1") return true;
  if (word == "false" || word == "no" || word == "off" || word == "0") return false;
  return {};
}

SettingReading read_setting(const SettingSpec& spec, std::string_view text, Instant now) {
  text = trimmed(text);
  if (text.empty()) return {};
  // The samples hold this where a value is mandatory, and so do those of the Python connectors.
  if (lower(text) == "changeme") return wrong("still has the sample's 'ChangeMe': replace it");
  // PEM text has several lines. A line end in anything else would let it add a header or a message.
  const bool takes_pem = spec.kind == SettingKind::certificates || spec.kind == SettingKind::secret_key;
  if (!(takes_pem && text.starts_with("-----BEGIN")) && has_control_character(text))
    return wrong("must not hold control characters or line ends");
  switch (spec.kind) {
    case SettingKind::text: return read_text(spec, text);
    case SettingKind::host: return read_host(spec, text);
    case SettingKind::url: return read_url(spec, text);
    case SettingKind::url_path:
      return text.front() == '/' && text.find_first_of("?# \\") == text.npos ? taken(text) : not_that(spec, text);
    case SettingKind::boolean: return read_boolean(spec, text);
    case SettingKind::verification: return read_verification(spec, text);
    case SettingKind::integer:
    case SettingKind::number: return read_number(spec, text);
    case SettingKind::duration: return read_duration(spec, text);
    case SettingKind::instant:
    case SettingKind::fixed_instant: return read_time(spec, text, now);
    case SettingKind::identifier: return read_identifier(spec, text);
    case SettingKind::choice: return read_choice(spec, text, text);
    case SettingKind::log_level: return read_log_level(spec, text);
    case SettingKind::tlp: return read_tlp(spec, text);
    case SettingKind::list: return read_list(spec, text);
    case SettingKind::certificates: return read_certificates(spec, text);
    case SettingKind::secret: return read_secret(text);
    case SettingKind::path:
    case SettingKind::secret_key: return taken(text);
  }
  return {};
}

std::string certificates_of(std::string_view text) {
  if (text.find(certificate_mark) != std::string_view::npos) return std::string(text);
  std::string reason;
  return read_setting_file(std::string(text), reason, std::size_t{8} << 20).value_or("");
}

std::optional<std::string> read_setting_file(const std::string& path, std::string& reason, std::size_t limit) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    reason = "it is a folder";
    return {};
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string content;
  std::array<char, 16384> block;
  while (file && content.size() <= limit) {
    file.read(block.data(), block.size());
    content.append(block.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {
    reason = std::strerror(errno != 0 ? errno : EIO);
    return {};
  }
  if (content.size() > limit) {
    reason = "it is longer than " + counted(limit, "byte");
    return {};
  }
  return content;
}

}  // namespace common
