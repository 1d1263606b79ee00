// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"
#include "tools/map-stix/text/stix_values.hpp"

namespace map_stix {

namespace {

Property property_of(HashKind kind) {
  return kind == HashKind::md5 ? Property::md5 : kind == HashKind::sha1 ? Property::sha1 : Property::sha256;
}

// The file of this alert that has the hash, as it is written.
ObjectRef file_with_hash(AlertScope& alert, std::string_view hash) {
  const auto before = [](const KnownHash& a, const KnownHash& b) { return a.hash < b.hash; };
  if (!alert.hashes_sorted) std::stable_sort(alert.hashes.begin(), alert.hashes.end(), before);
  alert.hashes_sorted = true;
  const auto found = std::lower_bound(alert.hashes.begin(), alert.hashes.end(), KnownHash{hash, {}}, before);
  return found != alert.hashes.end() && found->hash == hash ? found->file : ObjectRef{};
}

}  // namespace

ObjectRef map_file(Evidence& evidence) {
  const FileObjects made = make_file(evidence, evidence["fileDetails"]);
  if (!made.file) return {};
  if (made.directory) evidence.also(made.directory);
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
    file = evidence.add(ObjectType::file, evidence.ids().file(evidence.bundle(), row_of(property).name, hash, {}, {}));
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
  put_texts(bundle, malware, Property::malware_types, evidence["category"]);
  bundle.set_boolean(malware, Property::is_family, false);
  bundle.set_number(malware, Property::confidence, shared_confidence);
  evidence.each_nested("files", "fileEvidence", [&](ObjectRef file) {
    if (bundle.type(file) == ObjectType::file) bundle.add_ref(malware, Property::sample_refs, file);
    evidence.relate(malware, RelationshipType::related_to, file);
  });
  evidence.each_nested("processes", "processEvidence", [&](ObjectRef process) {
    evidence.relate(malware, RelationshipType::related_to, process);
    const ObjectRef image =
        bundle.type(process) == ObjectType::process ? bundle.ref(process, Property::image_ref) : process;
    if (image && bundle.type(image) == ObjectType::file) bundle.add_ref(malware, Property::sample_refs, image);
  });
  evidence.work().verdicts.add_malware(malware, evidence.alert());
  return malware;
}

}  // namespace map_stix
