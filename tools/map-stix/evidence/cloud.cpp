// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"
#include "tools/map-stix/text/stix_values.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

// The segment of an ARM id behind the segment `word`: for "subscriptions" in "/subscriptions/S/resourceGroups/G", "S".
std::string_view segment_after(std::string_view id, std::string_view word) {
  while (!id.empty()) {
    const std::size_t slash = id.find('/');
    const std::string_view segment = id.substr(0, slash);
    if (slash == std::string_view::npos) return {};
    id.remove_prefix(slash + 1);
    if (equals_ignoring_case(segment, word)) return id.substr(0, id.find('/'));
  }
  return {};
}

// A system named "name (scope)", or by its full id where it has no name. An external reference holds the full id.
// `scope_member` is the member whose text the scope is, if it is that of one member.
ObjectRef make_resource(const Evidence& evidence, std::string_view provider, Json name, std::string_view scope, Json id,
                        Json scope_member = {}) {
  const std::string_view name_text = usable_text(name);
  const std::string_view id_text = usable_text(id);
  if (name_text.empty() && id_text.empty()) return {};
  std::string_view full = name_text.empty() ? id_text : name_text;
  if (!name_text.empty() && !scope.empty()) full = evidence.arena().join({name_text, " (", scope, ")"});
  const ObjectRef system = make_system(evidence, full, {name, name_text.empty() ? Json{} : scope_member});
  evidence.refer(system, provider, id);
  return system;
}

}  // namespace

ObjectRef map_azure_resource(Evidence& evidence) {
  const std::string_view id = evidence.text("resourceId");
  const std::string_view group = segment_after(id, "resourceGroups");
  const std::string_view subscription = segment_after(id, "subscriptions");
  const std::string_view scope = group.empty() || subscription.empty()
                                     ? (group.empty() ? subscription : group)
                                     : evidence.arena().join({group, ", ", subscription});
  return make_resource(evidence, "Azure", evidence["resourceName"], scope, evidence["resourceId"]);
}

ObjectRef map_amazon_resource(Evidence& evidence) {
  return make_resource(evidence, "AWS", evidence["resourceName"], evidence.text("amazonAccountId"),
                       evidence["amazonResourceId"], evidence["amazonAccountId"]);
}

ObjectRef map_google_cloud_resource(Evidence& evidence) {
  const std::string_view member = evidence.text("projectId").empty() ? "projectNumber" : "projectId";
  return make_resource(evidence, "Google Cloud", evidence["resourceName"], usable_text(evidence[member]),
                       evidence["fullResourceName"], evidence[member]);
}

ObjectRef map_blob_container(Evidence& evidence) {
  const ObjectRef url = make_url(evidence, evidence["url"]);
  if (!url) return {};
  if (const auto kind = judged_as(evidence.bundle().type(url))) evidence.judge(url, *kind, false);
  evidence.nested("storageResource", "azureResourceEvidence", url);
  return url;
}

namespace {

struct BlobHash {
  Property property;
  Json value;
};

// Property and value of a fileHash; nothing for an unsupported algorithm or a value that is not such a hash.
std::optional<BlobHash> read_hash(Json hash) {
  const auto kind = hash_kind(usable_text(hash["algorithm"]));
  if (!kind || !is_hash(*kind, usable_text(hash["value"]))) return std::nullopt;
  return BlobHash{*kind == HashKind::md5    ? Property::md5
                  : *kind == HashKind::sha1 ? Property::sha1
                                            : Property::sha256,
                  hash["value"]};
}

// The blob as a file with its hashes. MD5, else SHA-1, else SHA-256 identifies it.
ObjectRef make_blob_file(const Evidence& evidence) {
  Bundle& bundle = evidence.bundle();
  BlobHash best{Property::size, {}};
  std::size_t position = 0;
  for (const Json hash : evidence["fileHashes"]) {
    const auto usable = read_hash(hash);
    if (usable && (!best.value || usable->property < best.property)) best = *usable;
    if (!usable && !usable_text(hash["value"]).empty() && hash_kind(usable_text(hash["algorithm"])))
      evidence.warn("bad hash", "fileHashes." + std::to_string(position) + ".value",
                    "not a hash of that kind; kept as text");
    ++position;
  }
  if (!best.value) return {};
  const std::string_view name = usable_text(evidence["name"]);
  const ObjectRef file =
      evidence.add(ObjectType::file, evidence.ids().file(row_of(best.property).name, usable_text(best.value), name));
  put_text(bundle, file, Property::name, evidence["name"]);
  put_text(bundle, file, best.property, best.value);
  for (const Json hash : evidence["fileHashes"]) {
    if (const auto usable = read_hash(hash)) put_text(bundle, file, usable->property, usable->value);
  }
  evidence.judge(file, ScoreKind::file, false);
  return file;
}

}  // namespace

ObjectRef map_blob(Evidence& evidence) {
  const ObjectRef file = make_blob_file(evidence);
  const ObjectRef url = make_url(evidence, evidence["url"]);
  if (url) {
    if (const auto kind = judged_as(evidence.bundle().type(url))) evidence.judge(url, *kind, false);
    if (file) evidence.attach(file, url);
  }
  const ObjectRef primary = file ? file : url;
  if (primary) evidence.nested("blobContainer", "blobContainerEvidence", primary);
  return primary;
}

ObjectRef map_sas_token(Evidence& evidence) {
  evidence.attach({}, evidence.map_nested("storageResource", "azureResourceEvidence"));
  return {};
}

}  // namespace map_stix
