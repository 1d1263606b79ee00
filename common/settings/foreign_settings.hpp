// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <span>
#include <string_view>

namespace common {

/// The names of a Python connector that are taken for this project's: MICROSOFT_DEFENDER_INCIDENTS_TENANT_ID stands for
/// SENTINEL_INCIDENTS_TENANT_ID, and in config.yml its section for sentinel_incidents. Where such names are used, the
/// connector's defaults replace this project's.
struct Namespace {
  struct Default {
    std::string_view variable;
    std::string_view value;
  };
  std::string_view prefix;     ///< of variables
  std::string_view section;    ///< of config.yml
  std::string_view connector;  ///< whose names they are
  /// Its application may read Log Analytics, not Graph: tenant, client id and secret are not taken from it.
  bool log_analytics = false;
  std::array<Default, 5> defaults = {};
};
inline constexpr std::string_view own_prefix = "SENTINEL_INCIDENTS_";
inline constexpr std::string_view own_section = "sentinel_incidents";
std::span<const Namespace> foreign_namespaces();

/// A setting of the Python connectors or their SDK that has no effect here.
struct IneffectiveSetting {
  std::string_view variable;  ///< "*" at its end stands for anything
  std::string_view advice;    ///< the end of the message
  std::string_view teller;    ///< a setting: the tools that use it mention this one
};
std::span<const IneffectiveSetting> ineffective_settings();

/// Older spellings of settings.
struct SettingAlias {
  std::string_view older;
  std::string_view variable;
};
std::span<const SettingAlias> setting_aliases();

}  // namespace common
