// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <limits>
#include <span>
#include <string_view>

namespace common {

/// What a setting's text must look like. setting_values.cpp reads each kind, setting_words.cpp describes it.
enum class SettingKind {
  text,           ///< anything; `least` is the fewest characters, `choices` are suggestions
  host,           ///< a host name or address alone
  url,            ///< an http or https URL without user or password
  url_path,       ///< begins with "/", no query
  boolean,        ///< true/false/yes/no/on/off/1/0 in any case; read as "true" or "false"
  verification,   ///< a boolean, or a file of certificates to trust
  integer,        ///< a whole number from `least` to `most`
  number,         ///< a number from `least` to `most`
  duration,       ///< see parse_duration()
  instant,        ///< see parse_user_instant(); read as a time in UTC
  fixed_instant,  ///< see parse_date_time(), the same at every reading; read as a time in UTC
  identifier,     ///< a UUID; another short name passes with a warning
  choice,         ///< one of `choices`, in any case
  log_level,      ///< one of `choices`, or "warning"
  tlp,            ///< one of `choices`, with "TLP:" before it or not; "white" is clear
  list,           ///< words with commas between them, or a list in YAML
  path,           ///< a file or folder
  certificates,   ///< PEM text, or a file of it
  secret,         ///< never shown; may come from a file
  secret_key,     ///< the same, PEM text or a file of it
};

/// One setting.
struct SettingSpec {
  std::string_view variable;  ///< environment variable, e.g. "OPENCTI_URL"
  std::string_view key;       ///< place in config.yml, e.g. "opencti.url"; "" for none
  SettingKind kind = SettingKind::text;
  std::string_view meaning;        ///< what it is for, without a dot
  std::string_view fallback = {};  ///< default; "" for none
  bool mandatory = false;          ///< the chain cannot push to OpenCTI without it
  double least = 0;
  double most = std::numeric_limits<double>::infinity();
  std::string_view choices = {};  ///< with "|" between them
  std::string_view unit = {};     ///< of a number, e.g. "megabytes"
  std::string_view remark = {};   ///< for people: what the text looks like, where the kind does not say it

  bool secret() const { return kind == SettingKind::secret || kind == SettingKind::secret_key; }
};

/// Every setting of the project, in the order of the documentation.
std::span<const SettingSpec> all_settings();

/// The row of that variable, or null.
const SettingSpec* find_setting(std::string_view variable);

}  // namespace common
