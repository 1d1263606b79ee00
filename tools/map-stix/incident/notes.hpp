// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "tools/map-stix/incident/workspace.hpp"

namespace map_stix {

/// A note to be written. Its id follows from content and date; the further id does not, so that an edit on
/// the platform's or Graph's side finds the note again.
struct Note {
  std::string_view content;
  common::Instant date;
  ObjectRef about;
  std::string_view kind;    ///< "comment", "resolvingComment" or an evidence type
  std::string_view key;     ///< tells notes of one kind and parent apart
  std::string_view parent;  ///< id of the alert or incident, as Graph gives it
  std::string_view tenant;
  std::string_view author = {};
};

ObjectRef add_note(Workspace& work, const Note& note);

/// The notes for a list of comments of an alert or incident. Empty comments make none.
void add_comments(Workspace& work, Json comments, ObjectRef about, std::string_view parent, std::string_view tenant,
                  common::Instant fallback_date);

}  // namespace map_stix
