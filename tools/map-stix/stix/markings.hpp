// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace map_stix {

/// A TLP level as the platform knows it.
struct Marking {
  std::string_view level;  ///< as the settings spell it
  std::string_view id;
  std::string_view json;  ///< the whole marking-definition
};

/// The marking of a level of TLP_LEVEL ("clear", "green", "amber", "amber+strict", "red"). Ids are those that
/// OpenCTI gives its own TLP markings; clear and amber+strict, which the STIX 2.1 text lacks, are written in
/// the form that the platform's importer reads.
const Marking& marking_of(std::string_view level);

}  // namespace map_stix
