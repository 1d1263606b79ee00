// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/notes.hpp"

#include "tools/map-stix/text/json_values.hpp"
#include "tools/map-stix/text/markdown.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

void add_comment(Workspace& work, Json comment, ObjectRef about, std::string_view parent, std::string_view tenant,
                 common::Instant fallback_date) {
  const Json body = comment.is(JsonKind::object) ? comment["comment"] : comment;
  const std::string_view text = usable_text(body);
  if (text.empty()) return;
  const Json date = comment["createdDateTime"];
  const Json author = comment["createdByDisplayName"];
  work.scratch.clear();
  append_code(work.scratch, text);
  const auto at = usable_instant(date);
  const ObjectRef note = add_note(work, {.content = work.arena.copy(strip(work.scratch.view())),
                                         .date = at.value_or(fallback_date),
                                         .about = about,
                                         .kind = "comment",
                                         .key = work.arena.join({usable_text(date), usable_text(author)}),
                                         .parent = parent,
                                         .tenant = tenant,
                                         .author = usable_text(author)});
  body.mark_used();
  mark_text(author);
  if (at) mark_if_exact(date, work.bundle.created(note));
  if (comment["@odata.type"]) comment["@odata.type"].mark_used();
}

}  // namespace

ObjectRef add_note(Workspace& work, const Note& note) {
  const common::Instant date = whole_second(note.date);
  const ObjectRef object = work.bundle.add(ObjectType::note, work.ids.note(note.content, date), date, date);
  work.bundle.set_text(object, Property::content, note.content);
  if (!note.author.empty()) work.bundle.add_text(object, Property::authors, note.author);
  work.bundle.add_ref(object, Property::object_refs, note.about);
  if (!note.parent.empty()) {
    const common::Uuid lasting =
        work.ids.of({{"key", note.key}, {"kind", note.kind}, {"parent", note.parent}, {"tenant_id", note.tenant}});
    // The platform merges objects that share an id, so of several notes only the first gets the lasting one.
    if (work.lasting_notes.try_emplace(lasting, object).first->second != object) return object;
    work.bundle.add_text(object, Property::x_opencti_stix_ids, work.arena.join({"note--", common::to_text(lasting)}));
  }
  return object;
}

void add_comments(Workspace& work, Json comments, ObjectRef about, std::string_view parent, std::string_view tenant,
                  common::Instant fallback_date) {
  if (!comments.is(JsonKind::array)) {
    add_comment(work, comments, about, parent, tenant, fallback_date);
    return;
  }
  for (const Json comment : comments) add_comment(work, comment, about, parent, tenant, fallback_date);
}

}  // namespace map_stix
