// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tools/map-stix/evidence/evidence.hpp"

namespace map_stix {

/// Maps one evidence object and returns its primary object, or none where no object is possible.
using Mapper = ObjectRef (*)(Evidence& evidence);

struct EvidenceType {
  static constexpr std::size_t most_said = 5;

  std::string_view name = {};  ///< as Graph writes it, without namespace
  Mapper map = nullptr;
  /// The members (a path for nested ones) that identify the primary object: what the object says word for word, the
  /// evidence's text need not repeat. All others stand in the text, whatever property holds them too.
  std::array<std::string_view, most_said> said = {};
  std::uint8_t rank = 3;  ///< evidence of a lower rank is mapped first
  /// The member that identifies the evidence itself, for the lasting id of its note.
  std::string_view key = {};
  bool is_note = false;  ///< STIX has no object for it, so that it is always a note
  bool is_device = false;
};

/// Every type that has a mapper, sorted by name without regard to case. A new type is one row in table.cpp and one
/// function that mappers.hpp declares.
std::span<const EvidenceType> evidence_types();

/// The type that an `@odata.type` names, in any letter case, with or without "#" and namespace; null for an unknown
/// one.
const EvidenceType* find_evidence_type(std::string_view odata_type);

/// "#microsoft.graph.security.ipEvidence" → "ipEvidence".
std::string_view short_type_name(std::string_view odata_type);

}  // namespace map_stix
