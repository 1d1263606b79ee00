// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "tools/map-stix/incident/workspace.hpp"

namespace map_stix {

/// A note to be written. Its STIX id depends on content and date. The lasting id in x_opencti_stix_ids depends on kind,
/// key, parent and tenant instead, so that a note whose text was edited is updated and not duplicated.
struct Note {
  std::string_view content;
  common::Instant date;
  ObjectRef about;
  std::string_view kind;    ///< "comment", "resolvingComment" or an evidence type
  std::string_view key;     ///< unique among the notes of one kind and parent, as far as Graph allows
  std::string_view parent;  ///< id of the alert or incident, as Graph gives it
  std::string_view tenant;
  std::string_view author = {};
};

/// Adds the note to the bundle.
ObjectRef add_note(Workspace& work, const Note& note);

/// Adds a note for each comment of an alert or incident that is not empty. `fallback_date` is for comments without a
/// date.
void add_comments(Workspace& work, Json comments, ObjectRef about, std::string_view parent, std::string_view tenant,
                  common::Instant fallback_date);

}  // namespace map_stix
