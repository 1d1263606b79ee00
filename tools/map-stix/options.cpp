// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/options.hpp"

#include <charconv>

#include "common/console/progress.hpp"
#include "common/console/summary.hpp"
#include "common/program/failure.hpp"
#include "common/settings/settings.hpp"

namespace map_stix {

namespace {

// Every setting that map-stix reads, and the option that overrides it.
constexpr common::SettingUse uses[] = {
    {"CONNECTOR_NAME", false, "connector-name", "NAME"},
    {"SENTINEL_INCIDENTS_TARGET_PRODUCT", false, "target-product", "NAME"},
    {"SENTINEL_INCIDENTS_TLP_LEVEL", false, "tlp-level", "LEVEL"},
    {"SENTINEL_INCIDENTS_CONFIDENCE_LEVEL", false, "confidence", "N"},
    {"SENTINEL_INCIDENTS_INFORMATIONAL_SEVERITY", false, "informational-severity", "WORD"},
    {"SENTINEL_INCIDENTS_PYTHON_IDS_BEFORE", false, "python-ids-before", "DATE"},
    {"SENTINEL_INCIDENTS_SKIP_RESOLVED", false, "skip-resolved"},
    {"SENTINEL_INCIDENTS_KEEP_REDIRECTED", false, "keep-redirected"},
    {"SENTINEL_INCIDENTS_INDICATORS", false, "indicators", "LEVEL"},
    {"SENTINEL_INCIDENTS_ACTORS", false, "actors"},
    {"SENTINEL_INCIDENTS_DEVICE_ADDRESSES", false, "device-addresses"},
    {"SENTINEL_INCIDENTS_OBSERVABLE_AUTHOR", false, "observable-author"},
    {"SENTINEL_INCIDENTS_OBSERVABLE_TLP", false, "observable-tlp", "LEVEL"},
};

// "Azure Sentinel" became "Microsoft Sentinel"; the Python connectors write the new name too.
std::string product_of(const std::string& name) { return name == "Azure Sentinel" ? "Microsoft Sentinel" : name; }

MappingOptions mapping_options(const common::Settings& settings) {
  MappingOptions mapping;
  mapping.author = settings.text("CONNECTOR_NAME");
  mapping.product = product_of(settings.text("SENTINEL_INCIDENTS_TARGET_PRODUCT"));
  mapping.tlp_level = settings.text("SENTINEL_INCIDENTS_TLP_LEVEL");
  mapping.observable_tlp = settings.has("SENTINEL_INCIDENTS_OBSERVABLE_TLP")
                               ? settings.text("SENTINEL_INCIDENTS_OBSERVABLE_TLP")
                               : mapping.tlp_level;
  if (settings.has("SENTINEL_INCIDENTS_CONFIDENCE_LEVEL"))
    mapping.confidence = settings.integer("SENTINEL_INCIDENTS_CONFIDENCE_LEVEL");
  const std::string& indicators = settings.text("SENTINEL_INCIDENTS_INDICATORS");
  mapping.indicators = indicators == "none"         ? IndicatorLevel::none
                       : indicators == "suspicious" ? IndicatorLevel::suspicious
                                                    : IndicatorLevel::malicious;
  const std::string& informational = settings.text("SENTINEL_INCIDENTS_INFORMATIONAL_SEVERITY");
  mapping.informational = informational == "none"  ? InformationalSeverity::none
                          : informational == "add" ? InformationalSeverity::add
                                                   : InformationalSeverity::low;
  if (settings.has("SENTINEL_INCIDENTS_PYTHON_IDS_BEFORE"))
    mapping.python_ids_before = settings.instant("SENTINEL_INCIDENTS_PYTHON_IDS_BEFORE");
  mapping.skip_resolved = settings.boolean("SENTINEL_INCIDENTS_SKIP_RESOLVED");
  mapping.keep_redirected = settings.boolean("SENTINEL_INCIDENTS_KEEP_REDIRECTED");
  mapping.actors = settings.boolean("SENTINEL_INCIDENTS_ACTORS");
  mapping.device_addresses = settings.boolean("SENTINEL_INCIDENTS_DEVICE_ADDRESSES");
  mapping.observable_author = settings.boolean("SENTINEL_INCIDENTS_OBSERVABLE_AUTHOR");
  return mapping;
}

}  // namespace

const common::Usage& usage() {
  static const common::Usage text = {
      .tool = "map-stix",
      .summary = "Maps Microsoft Graph security incidents, one a line, to STIX 2.1 bundles, one a line.",
      .options = common::with_setting_options({{"rejects", "FILE", "append lines that are no incident to FILE"},
                                               {"strict", "", "stop at the first such line"},
                                               common::no_progress_option,
                                               common::progress_option,
                                               common::summary_option,
                                               {"max-line", "SIZE", "longest line accepted (default 256M)"},
                                               {"explain", "", "write what became of each part instead of bundles"}},
                                              uses),
      .takes_files = true,
      .notes = "Input is also a whole answer of Graph, {\"value\":[...]}, on one line. See map-stix(1).",
  };
  return text;
}

Options read_options(const common::Arguments& arguments, common::Log& log) {
  const common::Settings settings = common::Settings::load(arguments, uses, common::process_environment(), log);
  settings.require_valid(arguments);
  Options options;
  options.mapping = mapping_options(settings);
  options.explain = arguments.has("explain");
  options.strict = arguments.has("strict");
  options.rejects = arguments.get("rejects");
  if (const auto size = arguments.get("max-line")) options.max_line = common::parse_size("max-line", *size);
  return options;
}

}  // namespace map_stix
