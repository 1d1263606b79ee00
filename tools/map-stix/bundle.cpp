#include "tools/map-stix/bundle.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <iterator>

namespace map_stix {

namespace {

// From this length on, a list finds its repeats by hash, so that long lists cost no more per item than short ones.
constexpr std::uint32_t long_list = 24;
// Vectors larger than this are given back after the incident that needed them.
constexpr std::size_t kept_entries = 1u << 16;

std::array<char, 36> text_of(const common::Uuid& uuid) {
  static constexpr char hex[] = "0123456789abcdef";
  std::array<char, 36> text{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    text[at++] = hex[uuid[i] >> 4];
    text[at++] = hex[uuid[i] & 15];
  }
  return text;
}

// A UUID of version 5 is a hash already.
std::uint64_t hash_of(ObjectType type, const std::array<char, 36>& uuid) {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::memcpy(&a, uuid.data(), 8);
  std::memcpy(&b, uuid.data() + 24, 8);
  return (a * 0x9e3779b97f4a7c15u) ^ (b * 0xc2b2ae3d27d4eb4fu) ^ static_cast<std::uint64_t>(type);
}

template <typename Entry>
void empty(std::vector<Entry>& vector, std::size_t first) {
  if (vector.capacity() > kept_entries) std::vector<Entry>().swap(vector);
  vector.resize(first);
}

std::size_t rank(std::string_view severity) {
  return static_cast<std::size_t>(std::find(std::begin(severities), std::end(severities), severity) - std::begin(severities));
}

}  // namespace

template <typename Matches>
Bundle::Slot& Bundle::slot(std::vector<Slot>& table, std::uint32_t generation, std::uint64_t hash, const Matches& matches) {
  std::size_t at = (hash ^ (hash >> 29)) & (table.size() - 1);
  while (table[at].generation == generation && !(table[at].hash == hash && matches(table[at].index))) {
    at = (at + 1) & (table.size() - 1);
  }
  return table[at];
}

void Bundle::make_room(std::vector<Slot>& table, std::size_t used, std::uint32_t generation) {
  if (used * 2 < table.size()) return;
  std::vector<Slot> old(std::max<std::size_t>(1024, table.size() * 2));
  old.swap(table);
  for (const Slot& taken : old) {
    if (taken.generation == generation) slot(table, generation, taken.hash, [](std::uint32_t) { return false; }) = taken;
  }
}

bool Bundle::holds(std::uint32_t index, ObjectType type, const std::array<char, 36>& uuid) const {
  return objects_[index].type == type && objects_[index].uuid == uuid;
}

ObjectRef Bundle::add(ObjectType type, const common::Uuid& uuid, common::Instant created, common::Instant modified) {
  make_room(by_id_, objects_.size() + 1, generation_);
  const std::array<char, 36> text = text_of(uuid);
  const std::uint64_t hash = hash_of(type, text);
  Slot& found = slot(by_id_, generation_, hash, [&](std::uint32_t index) { return holds(index, type, text); });
  if (found.generation == generation_) {
    Object& object = objects_[found.index];
    object.modified = std::max(object.modified, modified);
    return {found.index};
  }
  found = Slot{hash, static_cast<std::uint32_t>(objects_.size()), generation_};
  objects_.push_back(Object{type, text, created, std::max(created, modified)});
  return {found.index};
}

ObjectRef Bundle::find(ObjectType type, const common::Uuid& uuid) const {
  if (by_id_.empty()) return {};
  const std::array<char, 36> text = text_of(uuid);
  auto& table = const_cast<std::vector<Slot>&>(by_id_);
  const Slot& found = slot(table, generation_, hash_of(type, text), [&](std::uint32_t index) { return holds(index, type, text); });
  return found.generation == generation_ ? ObjectRef{found.index} : ObjectRef{};
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
  values_.push_back(Value{property, at, {}, 0, 0, 0});
  (before == 0 ? objects_[object.index].first : values_[before].next) = made;
  return values_.back();
}

bool Bundle::set_text(ObjectRef object, Property property, std::string_view text) {
  bool fresh = false;
  Value& held = value(object, property, fresh);
  if (fresh || (row_of(property).merge == Merge::greatest && rank(text) > rank(held.text))) held.text = text;
  return held.text == text;
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

bool Bundle::set_number(ObjectRef object, Property property, std::int64_t number) { return set_ordered(object, property, number); }
bool Bundle::set_boolean(ObjectRef object, Property property, bool flag) { return set_ordered(object, property, flag ? 1 : 0); }
bool Bundle::set_time(ObjectRef object, Property property, common::Instant at) { return set_ordered(object, property, at.ticks); }
bool Bundle::set_ref(ObjectRef object, Property property, ObjectRef target) { return set_ordered(object, property, target.index); }

bool Bundle::in_large_list(ObjectRef object, Property property, const Value& list, const Item& item) {
  const auto same = [&](std::uint32_t at) {
    const Item& other = items_[at];
    return other.ref == item.ref && other.a == item.a && other.b == item.b && other.c == item.c;
  };
  const auto hash = [&](const Item& it) {
    const std::hash<std::string_view> of;
    return (of(it.a) * 31 + of(it.b)) * 31 + of(it.c) + it.ref * 0x9e3779b97f4a7c15u + object.index * 0xc2b2ae3d27d4eb4fu +
           static_cast<std::uint64_t>(property);
  };
  const auto enter = [&](std::uint32_t at) {
    make_room(listed_, ++listed_count_, generation_);
    const std::uint64_t key = hash(items_[at]);
    slot(listed_, generation_, key, [](std::uint32_t) { return false; }) = Slot{key, at, generation_};
  };
  if (list.count == long_list) {
    for (auto at = static_cast<std::uint32_t>(list.number); at != 0; at = items_[at].next) enter(at);
  }
  // Two lists may hold equal items, but their object and property are part of the hash.
  if (slot(listed_, generation_, hash(item), same).generation == generation_) return true;
  items_.push_back(item);
  enter(static_cast<std::uint32_t>(items_.size() - 1));
  return false;
}

void Bundle::add_item(ObjectRef object, Property property, const Item& item) {
  bool fresh = false;
  Value& list = value(object, property, fresh);
  if (list.count >= long_list) {
    if (in_large_list(object, property, list, item)) return;
  } else {
    for (auto at = static_cast<std::uint32_t>(list.number); at != 0; at = items_[at].next) {
      const Item& other = items_[at];
      if (other.ref == item.ref && other.a == item.a && other.b == item.b && other.c == item.c) return;
    }
    items_.push_back(item);
  }
  const auto made = static_cast<std::uint32_t>(items_.size() - 1);
  if (list.count == 0) list.number = made;
  else items_[list.last].next = made;
  list.last = made;
  ++list.count;
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

void Bundle::append_id(std::string& out, ObjectRef object) const {
  const std::string_view type = row_of(objects_[object.index].type).name;
  const std::size_t size = out.size();
  out.resize(size + type.size() + 38);
  char* const at = out.data() + size;
  std::memcpy(at, type.data(), type.size());
  at[type.size()] = at[type.size() + 1] = '-';
  std::memcpy(at + type.size() + 2, objects_[object.index].uuid.data(), 36);
}

std::string_view Bundle::text(ObjectRef object, Property property) const {
  for (std::uint32_t at = objects_[object.index].first; at != 0; at = values_[at].next) {
    if (values_[at].property == property) return values_[at].text;
  }
  return {};
}

ObjectRef Bundle::ref(ObjectRef object, Property property) const {
  for (std::uint32_t at = objects_[object.index].first; at != 0; at = values_[at].next) {
    if (values_[at].property == property) return {static_cast<std::uint32_t>(values_[at].number)};
  }
  return {};
}

void Bundle::clear() {
  empty(objects_, 0);
  empty(values_, 1);
  empty(items_, 1);
  if (by_id_.size() > kept_entries * 2) by_id_.clear();
  if (listed_.size() > kept_entries * 2) listed_.clear();
  listed_count_ = 0;
  ++generation_;
}

}  // namespace map_stix
