// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/bytes/keyed_hash.hpp"
#include "common/bytes/text_buffer.hpp"
#include "common/time.hpp"
#include "common/uuid.hpp"
#include "tools/map-stix/stix/hash_index.hpp"
#include "tools/map-stix/stix/stix_types.hpp"

namespace map_stix {

/// Refers to an object of the bundle by its index. A default-constructed one refers to no object.
struct ObjectRef {
  static constexpr std::uint32_t none = HashIndex::none;
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

/// The objects of one bundle before they are written. Each id exists once; where two parts of an incident make the same
/// object, Merge says how their values are combined. Texts are views into the input line or the TextArena and must
/// outlive the bundle. All data is held in a few vectors that are reused for the next incident.
class Bundle {
 public:
  /// Finds the object of this type and UUID, or makes it. Where it exists, modified becomes the greater of
  /// the two.
  ObjectRef add(ObjectType type, const common::Uuid& uuid, common::Instant created = {}, common::Instant modified = {});
  /// Finds the relationship of that type between two objects, or makes it with this UUID. Where it exists, modified
  /// becomes the later of the two dates.
  ObjectRef relate(ObjectRef source, RelationshipType type, ObjectRef target, common::Instant date,
                   const common::Uuid& uuid);
  /// The object of that id, or none. Relationships are not found.
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
  /// Adds a block to a text of several, with a ruled line between them, unless it is there already. The block stands
  /// as in a JSON string: with escapes, without quotes.
  void add_block(ObjectRef object, Property property, std::string_view escaped);

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
  /// The number that a property holds; 0 where the object has none.
  std::int64_t number(ObjectRef object, Property property) const;
  /// Removes a property.
  void remove(ObjectRef object, Property property);
  std::size_t size() const { return objects_.size(); }
  /// Removes all objects and reserves memory for an incident of that many JSON values, so that vectors seldom have to
  /// grow, which would need their old and new memory at the same time.
  void reset(std::size_t json_values);

 private:
  friend class BundleWriter;

  // Type and ends of a relationship. Most objects are relationships, so these are members instead of property values.
  struct Ends {
    ObjectRef source;
    ObjectRef target;
    RelationshipType type = {};
    bool operator==(const Ends&) const = default;
  };
  struct Object {
    ObjectType type;
    std::uint32_t first = 0;  // index in values_, 0 for none; sorted by property
    common::Uuid uuid;
    common::Instant created;
    common::Instant modified;
    Ends ends = {};
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
    std::uint32_t ref = ObjectRef::none;
    std::uint32_t next = 0;
    std::uint32_t owner = 0;  // the list's place in values_
  };

  /// The value of a property, made empty where there is none; `fresh` tells which.
  Value& value(ObjectRef object, Property property, bool& fresh);
  bool set_ordered(ObjectRef object, Property property, std::int64_t number);
  void add_item(ObjectRef object, Property property, Item item);
  bool in_large_list(ObjectRef object, Property property, const Value& list, const Item& item);
  std::uint32_t hash_of(ObjectType type, const common::Uuid& uuid) const;
  std::uint32_t hash_of(const Ends& ends) const {
    std::uint64_t hash =
        (std::uint64_t{ends.source.index} << 32 | ends.target.index) + static_cast<std::uint64_t>(ends.type);
    hash *= secret_;
    return static_cast<std::uint32_t>(((hash ^ hash >> 32) * 0x9e3779b97f4a7c15u) >> 32);
  }
  bool holds(std::uint32_t index, ObjectType type, const common::Uuid& uuid) const;
  ObjectRef make(std::uint32_t place, const Object& object);

  const std::uint64_t secret_ = common::process_key()[0] | 1;
  std::vector<Object> objects_;
  std::vector<Value> values_ = std::vector<Value>(1);
  std::vector<Item> items_ = std::vector<Item>(1);
  HashIndex by_id_;    // of all objects but relationships
  HashIndex by_ends_;  // of relationships
  HashIndex listed_;   // of items of long lists
};

}  // namespace map_stix
