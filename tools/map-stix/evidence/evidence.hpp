// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <limits>
#include <string>
#include <string_view>

#include "tools/map-stix/incident/workspace.hpp"
#include "tools/map-stix/text/json_values.hpp"

namespace map_stix {

/// One evidence object while it is mapped, at the top level of an alert or nested in another one. A mapper reads its
/// members, makes objects in the bundle and returns the primary one. It need not care about text: after the mapper has
/// run, the rest of the evidence becomes text (see map_evidence_list).
class Evidence {
 public:
  /// Top-level evidence of an alert.
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
  /// The evidence that it is nested in; null at the top level.
  const Evidence* parent() const { return parent_; }

  /// The usable text of a member, "" where there is none. Warns where the member is neither text nor number.
  std::string_view text(Json parent, std::string_view member) const;
  std::string_view text(std::string_view member) const { return text(json_, member); }

  /// Adds an object to the bundle, with the evidence's date.
  ObjectRef add(ObjectType type, const common::Uuid& uuid) const;
  /// Relates two objects, with the evidence's date.
  ObjectRef relate(ObjectRef source, RelationshipType type, ObjectRef target) const;
  ObjectRef relate(ObjectRef source, ObjectRef target) const {
    return relate(source, RelationshipType::related_to, target);
  }
  /// Relates an object besides the primary one to the alert's incident, at the top level only. For objects that another
  /// relationship ties to the case as well.
  ObjectRef also(ObjectRef object) const;
  /// Ties an object to the case that nothing else ties to it: to the alert's incident at the top level or where there
  /// is no primary object, else to the primary object.
  void attach(ObjectRef primary, ObjectRef object) const;

  /// Maps a member that holds evidence (or a list of it) by its own type, else by `type`, and relates `primary` to each
  /// object that it became.
  void nested(std::string_view member, std::string_view type, ObjectRef primary) const;
  /// The same for a single object and without a relationship; the caller must make one.
  ObjectRef map_nested(std::string_view member, std::string_view type) const;
  /// Maps each item of a list. `take` is called with the object that it became and, for a process, with its image.
  template <typename Take>
  void each_nested(std::string_view member, std::string_view type, const Take& take) const {
    std::size_t position = 0;
    for (const Json item : json_[member]) {
      ObjectRef image;
      if (const ObjectRef object = map_nested(item, member, position++, type, image)) take(object, image);
    }
  }

  /// For mappers of processes: the file that was run.
  void set_image(ObjectRef image) { image_ = image; }
  /// For mappers that return no object because the value names nothing in particular (a loopback address, say): the
  /// evidence becomes a line of the alert's description, not a note.
  void set_text_only() { text_only_ = true; }
  bool is_text_only() const { return text_only_; }

  /// Passes the evidence's verdict on to an object. `indicator` tells whether the object may become an indicator.
  void judge(ObjectRef object, ScoreKind kind, bool indicator) const;
  /// Remembers that the object was seen on the device that mdeDeviceId names.
  void seen_on_device(ObjectRef object) const;
  /// Adds an external reference to an object. Id or URL may be missing.
  void refer(ObjectRef object, std::string_view source, Json id, Json url = {}) const;

  void warn(std::string_view kind, std::string_view member, std::string_view detail) const;
  /// "alerts.0.evidence.3.image", for messages.
  std::string path() const;

 private:
  static constexpr std::size_t no_position = std::numeric_limits<std::size_t>::max();

  Evidence(const Evidence& parent, Json json, std::string_view member, std::size_t position);
  ObjectRef map_nested(Json json, std::string_view member, std::size_t position, std::string_view type,
                       ObjectRef& image) const;

  AlertScope& alert_;
  Json json_;
  const Evidence* parent_ = nullptr;
  std::string_view member_;
  std::size_t position_;  // in the list; no_position where it is in none
  common::Instant at_;
  ObjectRef image_ = {};
  bool text_only_ = false;
};

}  // namespace map_stix
