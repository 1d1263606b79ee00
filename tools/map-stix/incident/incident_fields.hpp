// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "tools/map-stix/incident/workspace.hpp"

namespace map_stix {

// What alerts and incidents have in common.

/// The id of a case or incident, and the `created` that it rests on.
struct DatedId {
  common::Uuid uuid;
  common::Instant created;
};
/// Both in milliseconds, cut; in whole seconds where --python-ids-before asks for it.
DatedId dated_id(Workspace& work, std::string_view name, common::Instant created);

/// Whether a classification says that there was no threat: falsePositive or informationalExpectedActivity.
bool is_dismissed(Json classification);
/// The severity in lower case, where it is one that the platform knows.
std::string_view severity_of(Json severity);
/// Sets the severity, with "informational" as --informational-severity says and a label that keeps the word.
void put_severity(Workspace& work, ObjectRef object, Json severity);
/// Labels from texts or lists of texts: without spaces at the ends, each once in whatever case. Words that name nothing
/// ("None"), long texts and those beyond the first few stay text.
void put_labels(Workspace& work, ObjectRef object, std::initializer_list<Json> sources);
/// Whether Defender has merged the incident into another one.
bool is_redirected(Json incident);
/// The external reference with Graph's id and the portal's address; an address that is no URI is kept as
/// text.
void put_reference(Workspace& work, ObjectRef object, Json id, Json url, const std::string& member);
/// Adds the second id, which does not depend on the name; `prefix` is the type followed by "--".
void put_lasting_id(Workspace& work, ObjectRef object, std::string_view prefix, std::string_view id,
                    std::string_view tenant);

}  // namespace map_stix
