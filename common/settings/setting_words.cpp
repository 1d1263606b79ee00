// SPDX-License-Identifier: Apache-2.0
#include "common/settings/setting_words.hpp"

#include <cmath>

namespace common {

namespace {

std::string joined(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

/// "days, 0 to 36500; 0 keeps all"; "" for a number without a limit.
std::string range_words(const SettingSpec& spec) {
  if (!std::isfinite(spec.most)) return std::string(spec.unit);
  std::string out(spec.unit);
  out.append(out.empty() ? "" : ", ").append(std::to_string(static_cast<long long>(spec.least)));
  out.append(" to ").append(std::to_string(static_cast<long long>(spec.most)));
  if (!spec.remark.empty()) out.append("; ").append(spec.remark);
  return out;
}

std::string text_words(const SettingSpec& spec) {
  if (!spec.choices.empty()) return "any text, such as " + joined(choices_of(spec));
  if (spec.least > 0) return "at least " + std::to_string(static_cast<long long>(spec.least)) + " characters";
  return std::string(spec.remark);
}

}  // namespace

std::vector<std::string_view> choices_of(const SettingSpec& spec) {
  std::vector<std::string_view> found;
  for (std::string_view rest = spec.choices; !rest.empty();) {
    const std::size_t end = rest.find('|');
    found.push_back(rest.substr(0, end));
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  return found;
}

std::string allowed_words(const SettingSpec& spec) {
  switch (spec.kind) {
    case SettingKind::text: return text_words(spec);
    case SettingKind::host: return "a host name or address alone";
    case SettingKind::url: return "an http or https URL";
    case SettingKind::url_path: return "a path that begins with /, without a query";
    case SettingKind::boolean: return "true or false";
    case SettingKind::verification: return "true, false, or a readable file of PEM certificates to trust";
    case SettingKind::integer: return "a whole number (" + range_words(spec) + ")";
    case SettingKind::number: return "a number (" + range_words(spec) + ")";
    case SettingKind::duration: return "a duration such as PT30M, 30m, 00:30:00 or 1800 (seconds)";
    case SettingKind::instant:
      return "a date, a time such as 2026-09-01T00:00:00Z, or a duration back from now such as P30D, 30d or 12h";
    case SettingKind::fixed_instant: return "a date, or a time such as 2026-09-01T00:00:00Z";
    case SettingKind::choice:
    case SettingKind::log_level:
    case SettingKind::tlp: return "one of: " + joined(choices_of(spec));
    case SettingKind::list: return "words with commas between them";
    case SettingKind::path: return "a path";
    case SettingKind::certificates: return "PEM text or a readable file of PEM certificates";
    case SettingKind::secret_key: return "PEM text, or a file of it";
    case SettingKind::identifier:
    case SettingKind::secret: return std::string(spec.remark);
  }
  return {};
}

std::string option_help(const SettingSpec& spec) {
  std::string brackets;
  if (!spec.choices.empty())
    brackets = (spec.kind == SettingKind::text ? "such as " : "") + std::string(spec.choices);
  else if (spec.kind == SettingKind::integer || spec.kind == SettingKind::number)
    brackets = range_words(spec);
  if (!spec.fallback.empty() && spec.kind != SettingKind::boolean)
    brackets.append(brackets.empty() ? "" : "; ").append("default ").append(spec.fallback);
  return std::string(spec.meaning) + (brackets.empty() ? "" : " (" + brackets + ")");
}

}  // namespace common
