#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/text_buffer.hpp"
#include "common/time.hpp"
#include "common/uuid.hpp"
#include "tools/map-stix/stix_types.hpp"

namespace map_stix {

/// Names an object of the bundle by its place there. A default one is "no object".
struct ObjectRef {
  static constexpr std::uint32_t none = 0xffffffff;
  std::uint32_t index = none;
  explicit operator bool() const { return index != none; }
  bool operator==(const ObjectRef&) const = default;
};

/// An entry of external_references; empty parts are left out.
struct Reference {
  std::string_view source_name;
  std::string_view url;
  std::string_view external_id;
};

/// An entry of a registry key's values; empty parts are left out.
struct RegistryValue {
  std::string_view name;
  std::string_view data;
  std::string_view data_type;
};

/// The objects of one bundle before they are written: each id once, with the rules for what happens where two
/// parts of an incident make the same object (see Merge). Texts are views that must outlive the bundle's use:
/// they point into the line or into the TextArena. Everything lies in a few vectors that are reused from
/// incident to incident.
class Bundle {
 public:
  /// Finds the object of this type and UUID, or makes it. Where it exists, modified becomes the greater of
  /// the two.
  ObjectRef add(ObjectType type, const common::Uuid& uuid, common::Instant created = {},
                common::Instant modified = {});
  /// The object of that id, or none.
  ObjectRef find(ObjectType type, const common::Uuid& uuid) const;

  /// Set a property by its merge rule. True when the object now holds exactly this value, so that its source
  /// counts as written.
  bool set_text(ObjectRef object, Property property, std::string_view text);
  bool set_number(ObjectRef object, Property property, std::int64_t number);
  bool set_boolean(ObjectRef object, Property property, bool value);
  bool set_time(ObjectRef object, Property property, common::Instant at);
  bool set_ref(ObjectRef object, Property property, ObjectRef target);
  /// Add to a list unless it is there already.
  void add_text(ObjectRef object, Property property, std::string_view text);
  void add_ref(ObjectRef object, Property property, ObjectRef target);
  void add_reference(ObjectRef object, Property property, const Reference& reference);
  void add_registry_value(ObjectRef object, const RegistryValue& value);
  /// Adds a block of text that is made when the bundle is written: whatever of the evidence at this index of
  /// the JSON tree no property holds. Most of a bundle is such text, so it is never stored.
  void add_rest_of(ObjectRef object, Property property, std::uint32_t evidence);

  ObjectType type(ObjectRef object) const { return objects_[object.index].type; }
  common::Instant created(ObjectRef object) const { return objects_[object.index].created; }
  common::Instant modified(ObjectRef object) const { return objects_[object.index].modified; }
  /// The id: the type's name, "--" and the UUID.
  void append_id(common::TextBuffer& out, ObjectRef object) const;
  std::string id(ObjectRef object) const;
  /// The text of a property, or "" where the object has none.
  std::string_view text(ObjectRef object, Property property) const;
  /// The time that a property holds, if the object has it.
  std::optional<common::Instant> time(ObjectRef object, Property property) const;
  /// Takes a property away again.
  void remove(ObjectRef object, Property property);
  /// What a reference property points to, or none.
  ObjectRef ref(ObjectRef object, Property property) const;
  std::size_t size() const { return objects_.size(); }
  void clear();
  /// Makes room for the objects of a line of that many JSON values, so that growing never needs old and new
  /// room at once.
  void expect(std::size_t json_values);

 private:
  friend class BundleWriter;

  struct Object {
    ObjectType type;
    std::uint32_t first = 0;  // index in values_, 0 for none; sorted by property
    common::Uuid uuid;
    common::Instant created;
    common::Instant modified;
  };
  struct List {
    std::uint32_t first;  // items; 0 for none
    std::uint32_t last;
  };
  // A bundle has many of these: 24 bytes each.
  struct Value {
    union {
      const char* text;     // texts and hashes
      std::int64_t number;  // numbers, booleans, ticks, an object's index
      List list;
    };
    std::uint32_t size = 0;  // of a text or list
    std::uint32_t next = 0;
    Property property;

    std::string_view as_text() const { return {text, size}; }
  };
  struct Item {
    std::string_view a;
    std::string_view b;
    std::string_view c;
    std::uint32_t ref = ObjectRef::none;  // an object, or evidence whose rest is a text
    std::uint32_t next = 0;
    std::uint32_t owner = 0;  // the list's place in values_
  };
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t index = 0;
    std::uint32_t generation = 0;
  };

  /// The value of a property, made empty where there is none; `fresh` tells which.
  Value& value(ObjectRef object, Property property, bool& fresh);
  bool set_ordered(ObjectRef object, Property property, std::int64_t number);
  void add_item(ObjectRef object, Property property, Item item);
  bool in_large_list(ObjectRef object, Property property, const Value& list, const Item& item);
  /// The slot of a key in a table that grows; `matches` tells whether an occupied slot is the right one.
  template <typename Matches>
  static Slot& slot(std::vector<Slot>& table, std::uint32_t generation, std::uint32_t hash,
                    const Matches& matches);
  static void make_room(std::vector<Slot>& table, std::size_t used, std::uint32_t generation);
  bool holds(std::uint32_t index, ObjectType type, const common::Uuid& uuid) const;

  std::vector<Object> objects_;
  std::vector<Value> values_ = std::vector<Value>(1);
  std::vector<Item> items_ = std::vector<Item>(1);
  std::vector<Slot> by_id_;
  std::vector<Slot> listed_;  // items of long lists
  std::size_t listed_count_ = 0;
  std::uint32_t generation_ = 1;
};

}  // namespace map_stix
