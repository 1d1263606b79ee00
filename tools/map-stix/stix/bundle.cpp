// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/stix/bundle.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace map_stix {

namespace {

// Lists of this length or more find duplicates by hash, so that adding to a long list takes constant time.
constexpr std::uint32_t long_list = 24;
// Vectors larger than this are given back after the incident that needed them.
constexpr std::size_t kept_entries = 1u << 16;

// Forgets all entries but the first `kept`, and makes room for `expected`.
template <typename Entry>
void reset(std::vector<Entry>& vector, std::size_t kept, std::size_t expected) {
  if (vector.capacity() > kept_entries) std::vector<Entry>().swap(vector);
  vector.resize(kept);
  vector.reserve(expected);
}

std::size_t rank(std::string_view severity) {
  return static_cast<std::size_t>(std::find(std::begin(severities), std::end(severities), severity) -
                                  std::begin(severities));
}

}  // namespace

// A version 5 UUID is a hash already, but an attacker can choose its input; the secret keeps collisions unpredictable.
std::uint32_t Bundle::hash_of(ObjectType type, const common::Uuid& uuid) const {
  std::uint64_t hash = 0;
  std::memcpy(&hash, uuid.data(), sizeof hash);
  return static_cast<std::uint32_t>(((hash ^ static_cast<std::uint64_t>(type)) * secret_) >> 32);
}

bool Bundle::holds(std::uint32_t index, ObjectType type, const common::Uuid& uuid) const {
  return objects_[index].type == type && objects_[index].uuid == uuid;
}

// Returns the object at that place, and appends it first where the place is one past the end.
ObjectRef Bundle::make(std::uint32_t place, const Object& object) {
  if (place == objects_.size())
    objects_.push_back(object);
  else
    objects_[place].modified = std::max(objects_[place].modified, object.modified);
  return {place};
}

ObjectRef Bundle::add(ObjectType type, const common::Uuid& uuid, common::Instant created, common::Instant modified) {
  const std::uint32_t place = by_id_.enter(hash_of(type, uuid), static_cast<std::uint32_t>(objects_.size()),
                                           [&](std::uint32_t index) { return holds(index, type, uuid); });
  return make(place, {type, 0, uuid, created, std::max(created, modified)});
}

ObjectRef Bundle::relate(ObjectRef source, RelationshipType type, ObjectRef target, common::Instant date,
                         const common::Uuid& uuid) {
  // The ends identify a relationship as well as its id, and comparing them is cheaper.
  const Ends ends{source, target, type};
  const std::uint32_t place = by_ends_.enter(hash_of(ends), static_cast<std::uint32_t>(objects_.size()),
                                             [&](std::uint32_t index) { return objects_[index].ends == ends; });
  return make(place, {ObjectType::relationship, 0, uuid, date, date, ends});
}

ObjectRef Bundle::find(ObjectType type, const common::Uuid& uuid) const {
  return {by_id_.find(hash_of(type, uuid), [&](std::uint32_t index) { return holds(index, type, uuid); })};
}

Bundle::Value& Bundle::value(ObjectRef object, Property property, bool& fresh) {
  std::uint32_t before = 0;
  std::uint32_t at = objects_[object.index].first;
  while (at != 0 && values_[at].property < property) {
    before = at;
    at = values_[at].next;
  }
  fresh = at == 0 || values_[at].property != property;
  if (!fresh) return values_[at];
  const auto made = static_cast<std::uint32_t>(values_.size());
  values_.push_back(Value{{.number = 0}, 0, at, property});
  (before == 0 ? objects_[object.index].first : values_[before].next) = made;
  return values_.back();
}

bool Bundle::set_text(ObjectRef object, Property property, std::string_view text) {
  bool fresh = false;
  Value& held = value(object, property, fresh);
  if (fresh || (row_of(property).merge == Merge::greatest && rank(text) > rank(held.as_text()))) {
    held.text = text.data();
    held.size = static_cast<std::uint32_t>(text.size());
    return true;
  }
  return held.as_text() == text;
}

bool Bundle::set_ordered(ObjectRef object, Property property, std::int64_t number) {
  bool fresh = false;
  Value& held = value(object, property, fresh);
  const Merge merge = row_of(property).merge;
  if (fresh || (merge == Merge::least && number < held.number) || (merge == Merge::greatest && number > held.number)) {
    held.number = number;
  }
  return held.number == number;
}

bool Bundle::set_number(ObjectRef object, Property property, std::int64_t number) {
  return set_ordered(object, property, number);
}
bool Bundle::set_boolean(ObjectRef object, Property property, bool flag) {
  return set_ordered(object, property, flag ? 1 : 0);
}
bool Bundle::set_time(ObjectRef object, Property property, common::Instant at) {
  return set_ordered(object, property, at.ticks);
}
bool Bundle::set_ref(ObjectRef object, Property property, ObjectRef target) {
  return set_ordered(object, property, target.index);
}

bool Bundle::in_large_list(ObjectRef object, Property property, const Value& list, const Item& item) {
  const auto same = [&](std::uint32_t at) {
    const Item& other = items_[at];
    return other.owner == item.owner && other.ref == item.ref && other.a == item.a && other.b == item.b &&
           other.c == item.c;
  };
  const auto hash = [&](const Item& it) {
    const auto of = common::keyed_hash;
    const std::uint64_t whole = ((of(it.a) * 31 + of(it.b)) * 31 + of(it.c) + it.ref) * 0x9e3779b97f4a7c15u +
                                (object.index * 67u + static_cast<std::uint64_t>(property)) * 0xc2b2ae3d27d4eb4fu;
    return static_cast<std::uint32_t>(whole >> 32);
  };
  if (list.size == long_list) {
    for (std::uint32_t at = list.list.first; at != 0; at = items_[at].next) {
      listed_.enter(hash(items_[at]), at, [](std::uint32_t) { return false; });
    }
  }
  const auto fresh = static_cast<std::uint32_t>(items_.size());
  if (listed_.enter(hash(item), fresh, same) != fresh) return true;
  items_.push_back(item);
  return false;
}

void Bundle::add_item(ObjectRef object, Property property, Item item) {
  bool fresh = false;
  const std::size_t place = static_cast<std::size_t>(&value(object, property, fresh) - values_.data());
  Value& list = values_[place];
  item.owner = static_cast<std::uint32_t>(place);
  if (fresh) list.list = {0, 0};
  if (list.size >= long_list) {
    if (in_large_list(object, property, list, item)) return;
  } else {
    for (std::uint32_t at = list.list.first; at != 0; at = items_[at].next) {
      const Item& other = items_[at];
      if (other.ref == item.ref && other.a == item.a && other.b == item.b && other.c == item.c) return;
    }
    items_.push_back(item);
  }
  const auto made = static_cast<std::uint32_t>(items_.size() - 1);
  if (list.size == 0)
    list.list.first = made;
  else
    items_[list.list.last].next = made;
  list.list.last = made;
  ++list.size;
}

void Bundle::add_text(ObjectRef object, Property property, std::string_view text) {
  if (!text.empty()) add_item(object, property, Item{text, {}, {}});
}

void Bundle::add_ref(ObjectRef object, Property property, ObjectRef target) {
  add_item(object, property, Item{{}, {}, {}, target.index});
}

void Bundle::add_reference(ObjectRef object, Property property, const Reference& reference) {
  if (reference.url.empty() && reference.external_id.empty()) return;
  add_item(object, property, Item{reference.source_name, reference.url, reference.external_id});
}

void Bundle::add_registry_value(ObjectRef object, const RegistryValue& entry) {
  add_item(object, Property::values, Item{entry.name, entry.data, entry.data_type});
}

void Bundle::add_block(ObjectRef object, Property property, std::string_view escaped) {
  add_text(object, property, escaped);
}

void Bundle::append_id(common::TextBuffer& out, ObjectRef object) const {
  const std::string_view type = row_of(objects_[object.index].type).name;
  constexpr std::string_view separator = "--";
  char* const at = common::put(out.room(type.size() + separator.size() + common::uuid_text_size), type);
  out.end_at(common::put_text(common::put(at, separator), objects_[object.index].uuid));
}

std::string Bundle::id(ObjectRef object) const {
  common::TextBuffer id;
  append_id(id, object);
  return std::string(id.view());
}

std::string_view Bundle::text(ObjectRef object, Property property) const {
  for (std::uint32_t at = objects_[object.index].first; at != 0; at = values_[at].next) {
    if (values_[at].property == property) return values_[at].as_text();
  }
  return {};
}

std::optional<common::Instant> Bundle::time(ObjectRef object, Property property) const {
  for (std::uint32_t at = objects_[object.index].first; at != 0; at = values_[at].next) {
    if (values_[at].property == property) return common::Instant{values_[at].number};
  }
  return std::nullopt;
}

std::int64_t Bundle::number(ObjectRef object, Property property) const {
  for (std::uint32_t at = objects_[object.index].first; at != 0; at = values_[at].next) {
    if (values_[at].property == property) return values_[at].number;
  }
  return 0;
}

void Bundle::remove(ObjectRef object, Property property) {
  std::uint32_t* link = &objects_[object.index].first;
  while (*link != 0 && values_[*link].property != property) link = &values_[*link].next;
  if (*link != 0) *link = values_[*link].next;
}

void Bundle::reset(std::size_t json_values) {
  map_stix::reset(objects_, 0, json_values / 4);
  map_stix::reset(values_, 1, json_values);
  map_stix::reset(items_, 1, json_values / 8);
  by_id_.reset(json_values / 16);
  by_ends_.reset(json_values / 12);
  listed_.reset(0);
}

}  // namespace map_stix
