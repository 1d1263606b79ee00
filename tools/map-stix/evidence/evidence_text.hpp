// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "tools/map-stix/evidence/evidence.hpp"
#include "tools/map-stix/evidence/table.hpp"

namespace map_stix {

/// Adds the evidence's block to the description of the relationship between its primary object and the incident.
void add_evidence_block(Workspace& work, ObjectRef relationship, Json json, const EvidenceType& type);

/// Adds a note on the alert. For types that are notes by design it begins with what identifies the evidence, followed
/// by the members line by line; for anything else that could not become an object it holds the JSON. Members without a
/// value are left out. `type` is null for an unknown type, `type_name` is "" for none.
void add_evidence_note(const Evidence& evidence, const EvidenceType* type, std::string_view type_name,
                       std::size_t position);

/// Whether the evidence says nothing but what all evidence has (date, verdict, roles …): every other member is null,
/// empty, zero, or a word such as "unknown".
bool is_hollow_evidence(Json evidence);

/// Remembers evidence that becomes one line of the alert's description. Equal lines are written once, with their
/// number.
void add_text_only(AlertScope& alert, std::string_view type_name, Json evidence);
/// Appends these lines.
void append_text_only(common::TextBuffer& out, const AlertScope& alert);

}  // namespace map_stix
