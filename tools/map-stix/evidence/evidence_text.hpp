// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "tools/map-stix/evidence/evidence.hpp"
#include "tools/map-stix/evidence/table.hpp"

namespace map_stix {

/// Adds the evidence's block to the description of the relationship between its primary object and the incident. Where
/// the evidence names a device by its Defender id, the block ends with the device's name.
void add_evidence_block(const Evidence& evidence, ObjectRef relationship, const EvidenceType& type);

/// The name of the device that deviceEvidence is about; "" for other evidence.
std::string_view device_name_of(Json evidence);
/// Remembers it for add_evidence_block(). Of several names for one device the first counts.
void add_device_name(IncidentScope& incident, Json evidence);

/// Adds a note on the alert. For types that are notes by design it begins with what identifies the evidence, followed
/// by the members line by line; for anything else that could not become an object it holds the JSON. Members without a
/// value are left out. `type` is null for an unknown type, `type_name` is "" for none.
void add_evidence_note(const Evidence& evidence, const EvidenceType* type, std::string_view type_name,
                       std::size_t position);

/// Whether the evidence says nothing but what all evidence has (date, verdict, roles …): every other member is null,
/// empty, zero, or a word such as "unknown".
bool is_hollow_evidence(Json evidence);

/// Remembers evidence that becomes one line of the alert's description. Equal lines are written once, with their
/// number. False, and nothing is remembered, where the line would be longer than 4 KiB.
bool add_text_only(AlertScope& alert, std::string_view type_name, Json evidence);
/// Appends these lines.
void append_text_only(common::TextBuffer& out, const AlertScope& alert);

}  // namespace map_stix
