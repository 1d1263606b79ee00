// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <limits>
#include <string>
#include <string_view>

#include "tools/map-stix/incident/workspace.hpp"
#include "tools/map-stix/text/json_values.hpp"

namespace map_stix {

/// One evidence object while it is mapped, at the top of an alert or nested in another. Mappers read its
/// members, make objects in the bundle and return the primary one; what they do not write into a property,
/// the catch-all writes.
class Evidence {
 public:
  /// Evidence of an alert.
  Evidence(AlertScope& alert, Json json, std::size_t position);

  AlertScope& alert() const { return alert_; }
  Workspace& work() const { return alert_.work(); }
  Bundle& bundle() const { return alert_.work().bundle; }
  StixIds& ids() const { return alert_.work().ids; }
  TextArena& arena() const { return alert_.work().arena; }
  Json json() const { return json_; }
  Json operator[](std::string_view member) const { return json_[member]; }
  /// The evidence's own date, else that of the alert.
  common::Instant at() const { return at_; }
  bool is_nested() const { return parent_ != nullptr; }
  /// What it is nested in; null at the top.
  const Evidence* parent() const { return parent_; }

  /// The usable text of a member, "" where there is none; warns where something else stands.
  std::string_view text(Json parent, std::string_view member) const;
  std::string_view text(std::string_view member) const { return text(json_, member); }

  /// An object of the bundle, dated as the evidence.
  ObjectRef add(ObjectType type, const common::Uuid& uuid) const;
  /// For objects besides the primary one: relates them to the alert's incident, if the evidence is not
  /// nested.
  ObjectRef also(ObjectRef object) const;
  /// Relates two objects, dated as the evidence.
  ObjectRef relate(ObjectRef source, RelationshipType type, ObjectRef target) const;
  /// Maps a member that holds evidence, by its own type or else by `type`, and relates `primary` to what it
  /// became. For a list, each of its items; the last object is returned.
  ObjectRef nested(std::string_view member, std::string_view type, ObjectRef primary) const;
  /// The same for a single object without a relationship, for the mapper to make a better one.
  ObjectRef map_nested(std::string_view member, std::string_view type) const;
  /// Likewise for a list: `take` gets each object that came about.
  template <typename Take>
  void each_nested(std::string_view member, std::string_view type, const Take& take) const {
    std::size_t position = 0;
    for (const Json item : json_[member]) {
      if (const ObjectRef object = map_nested(item, member, position++, type)) take(object);
    }
  }

  /// Passes the evidence's verdict on to an object; `indicator` tells whether it may become one.
  void judge(ObjectRef object, ScoreKind kind, bool indicator) const;
  /// Remembers that the object was seen on the device that mdeDeviceId names.
  void seen_on_device(ObjectRef object) const;
  /// Adds an external reference to an object, from an id and a URL of which one may be missing.
  void refer(ObjectRef object, std::string_view source, Json id, Json url = {}) const;

  void warn(std::string_view kind, std::string_view member, std::string_view detail) const;
  /// "evidence.3.image", for messages.
  std::string path() const;

 private:
  static constexpr std::size_t no_position = std::numeric_limits<std::size_t>::max();

  Evidence(const Evidence& parent, Json json, std::string_view member, std::size_t position);
  ObjectRef map_nested(Json json, std::string_view member, std::size_t position, std::string_view type) const;

  AlertScope& alert_;
  Json json_;
  const Evidence* parent_ = nullptr;
  std::string_view member_;
  std::size_t position_;  // in the list; no_position where it is in none
  common::Instant at_;
};

/// Maps all evidence of an alert, in the order process, file, fileHash, rest.
void map_evidence_list(AlertScope& alert, Json list);

}  // namespace map_stix
