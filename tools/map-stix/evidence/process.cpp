// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"
#include "tools/map-stix/evidence/process_tree.hpp"
#include "tools/map-stix/text/markdown.hpp"

namespace map_stix {

namespace {

// A process is its command line alone: with a process id, no two starts of one command would ever meet. What belongs to
// a single start stands in the evidence's text.
ObjectRef make_process(const Evidence& evidence, ObjectRef image) {
  const std::string_view command = evidence.text("processCommandLine");
  if (command.empty()) return {};
  const ObjectRef process = evidence.add(ObjectType::process, evidence.ids().of({{"command_line", command}}));
  put_text(evidence.bundle(), process, Property::command_line, evidence["processCommandLine"]);
  evidence.relate(image, process);
  evidence.relate(make_file_alone(evidence, evidence["parentProcessImageFile"]), process);
  evidence.relate(make_user_account(evidence, evidence["userAccount"]), process);
  add_process_start(evidence, process);
  return process;
}

// Relates the image to the alert's incident. As for other files, its path stands on that relationship.
void add_image(const Evidence& evidence, ObjectRef image) {
  if (!image || evidence.is_nested()) return;
  Workspace& work = evidence.work();
  const ObjectRef relationship = relate_to_incident(work, image, evidence.alert().object, evidence.at());
  const std::string_view path = usable_text(evidence["imageFile"]["filePath"]);
  if (path.empty()) return;
  work.scratch.clear();
  append_code_line(work.scratch, "imageFile.filePath", path);
  describe(work, relationship, work.scratch.view());
}

}  // namespace

// The verdict is the process's, not its image's.
ObjectRef map_process(Evidence& evidence) {
  const FileObjects image = make_file(evidence, evidence["imageFile"]);
  evidence.set_image(image.file);
  add_image(evidence, image.file);
  evidence.attach(image.file, image.directory);
  const ObjectRef process = make_process(evidence, image.file);
  const ObjectRef primary = process ? process : image.file;
  evidence.seen_on_device(primary);
  return primary;
}

}  // namespace map_stix
