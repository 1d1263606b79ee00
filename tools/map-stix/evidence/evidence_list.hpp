// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tools/map-stix/incident/workspace.hpp"

namespace map_stix {

/// Maps all evidence of an alert, in the order process, file, fileHash, rest.
///
/// What a piece of evidence says becomes one block of text in the description of the relationship between its primary
/// object and the alert's incident. The block leaves out only what identifies the object (see EvidenceType::said):
/// other evidence may be about the same object, a second copy of a mail say, and each must tell by itself what belongs
/// to it. Evidence without an object becomes a note, or a line of the alert's description where there is nothing to
/// note.
void map_evidence_list(AlertScope& alert, Json list);

}  // namespace map_stix
