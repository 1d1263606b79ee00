// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"
#include "tools/map-stix/text/stix_values.hpp"

namespace map_stix {

namespace {

Property property_of(HashKind kind) {
  return kind == HashKind::md5 ? Property::md5 : kind == HashKind::sha1 ? Property::sha1 : Property::sha256;
}

// The first file of this alert that has the hash, as it is written.
ObjectRef file_with_hash(AlertScope& alert, std::string_view hash) {
  for (; alert.hashes_entered < alert.hashes.size(); ++alert.hashes_entered) {
    const KnownHash& known = alert.hashes[alert.hashes_entered];
    alert.files_by_hash.try_emplace(known.hash, known.file);
  }
  const auto found = alert.files_by_hash.find(hash);
  return found != alert.files_by_hash.end() ? found->second : ObjectRef{};
}

// A file that the malware is. Indicators of it point to the malware, and so do those of the file that the alert has
// under another name.
void add_sample(const Evidence& evidence, ObjectRef malware, ObjectRef file) {
  Bundle& bundle = evidence.bundle();
  if (!file || bundle.type(file) != ObjectType::file) return;
  bundle.add_ref(malware, Property::sample_refs, file);
  Verdicts& verdicts = evidence.work().verdicts;
  verdicts.add_sample(malware, file, evidence.alert());
  for (const Property property : {Property::sha256, Property::sha1, Property::md5}) {
    const std::string_view hash = bundle.text(file, property);
    if (hash.empty()) continue;
    const ObjectRef same = file_with_hash(evidence.alert(), hash);
    if (same && same != file) verdicts.add_sample(malware, same, evidence.alert());
  }
}

}  // namespace

ObjectRef map_file(Evidence& evidence) {
  const FileObjects made = make_file(evidence, evidence["fileDetails"]);
  if (!made.file) return {};
  evidence.attach(made.file, made.directory);
  evidence.judge(made.file, ScoreKind::file, true);
  evidence.seen_on_device(made.file);
  return made.file;
}

ObjectRef map_file_hash(Evidence& evidence) {
  const std::string_view hash = evidence.text("value");
  const auto kind = hash_kind(evidence.text("algorithm"));
  if (!kind || !is_hash(*kind, hash)) return {};
  ObjectRef file = file_with_hash(evidence.alert(), hash);
  if (!file) {
    const Property property = property_of(*kind);
    file = evidence.add(ObjectType::file, evidence.ids().file(row_of(property).name, hash, {}));
    evidence.bundle().set_text(file, property, hash);
  }
  evidence["value"].mark_used();
  evidence.judge(file, ScoreKind::file, true);
  return file;
}

ObjectRef map_malware(Evidence& evidence) {
  Bundle& bundle = evidence.bundle();
  const std::string_view name = evidence.text("name");
  if (name.empty()) return {};
  const ObjectRef malware = evidence.add(ObjectType::malware, evidence.ids().by_name(name));
  put_text(bundle, malware, Property::name, evidence["name"]);
  // The platform drops a word that its vocabulary lacks where the connector may not add it.
  if (const std::string_view type = malware_type_of(evidence.text("category")); !type.empty())
    bundle.add_text(malware, Property::malware_types, type);
  else
    put_texts(bundle, malware, Property::malware_types, evidence["category"]);
  bundle.set_boolean(malware, Property::is_family, false);
  bundle.set_number(malware, Property::confidence, shared_confidence);
  evidence.each_nested("files", "fileEvidence", [&](ObjectRef file, ObjectRef) {
    evidence.relate(malware, file);
    add_sample(evidence, malware, file);
  });
  evidence.each_nested("processes", "processEvidence", [&](ObjectRef process, ObjectRef image) {
    evidence.relate(malware, process);
    add_sample(evidence, malware, image);
  });
  return malware;
}

}  // namespace map_stix
