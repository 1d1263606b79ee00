// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/ledger/content_hash.hpp"

#include <simdjson.h>

#include <bit>
#include <cmath>

#include "common/bytes/keyed_hash.hpp"

namespace push_opencti {

namespace {

namespace dom = simdjson::dom;

// What a value is goes into its hash, so that "1", 1, true, null and [] differ.
enum class Kind : std::uint64_t { text, integer, large_integer, fraction, truth, nothing, list, members };

constexpr double exact_integers = 9007199254740992.0;  // 2^53: below that a double holds each integer exactly

class Hasher {
 public:
  explicit Hasher(const ContentHash::Key& key) : key_(key) {}

  std::uint64_t value(const dom::element& element) const {
    switch (element.type()) {
      case dom::element_type::STRING: return text(element.get_string().value_unsafe());
      case dom::element_type::INT64:
        return words(Kind::integer, static_cast<std::uint64_t>(element.get_int64().value_unsafe()));
      case dom::element_type::UINT64: return words(Kind::large_integer, element.get_uint64().value_unsafe());
      case dom::element_type::DOUBLE: return number(element.get_double().value_unsafe());
      case dom::element_type::BOOL: return words(Kind::truth, element.get_bool().value_unsafe() ? 1 : 0);
      case dom::element_type::ARRAY: return list(element.get_array().value_unsafe());
      case dom::element_type::OBJECT: return members(element);
      default: return words(Kind::nothing, 0);
    }
  }

  // Added up, members give the same in every order.
  std::uint64_t member(std::string_view name, const dom::element& element) const {
    const std::array<std::uint64_t, 2> pair = {text(name), value(element)};
    return bytes(pair.data(), sizeof pair);
  }

  std::uint64_t text(std::string_view content) const { return words(Kind::text, common::siphash<1, 3>(content, key_)); }

 private:
  std::uint64_t bytes(const void* data, std::size_t size) const {
    return common::siphash<1, 3>({static_cast<const char*>(data), size}, key_);
  }

  std::uint64_t words(Kind kind, std::uint64_t word) const {
    const std::array<std::uint64_t, 2> pair = {static_cast<std::uint64_t>(kind), word};
    return bytes(pair.data(), sizeof pair);
  }

  std::uint64_t number(double fraction) const {
    if (std::abs(fraction) < exact_integers && fraction == std::trunc(fraction)) {
      return words(Kind::integer, static_cast<std::uint64_t>(static_cast<std::int64_t>(fraction)));
    }
    return words(Kind::fraction, std::bit_cast<std::uint64_t>(fraction));
  }

  std::uint64_t members(const dom::element& element) const {
    std::uint64_t sum = 0;
    dom::object all;
    if (element.get_object().get(all) != simdjson::SUCCESS) return 0;
    for (const auto& [name, value] : all) sum += member(name, value);
    return words(Kind::members, sum);
  }

  std::uint64_t list(const dom::array& items) const {
    std::uint64_t chain = words(Kind::list, 0);
    for (const dom::element item : items) {
      const std::array<std::uint64_t, 2> pair = {chain, value(item)};
      chain = bytes(pair.data(), sizeof pair);
    }
    return chain;
  }

  const ContentHash::Key& key_;
};

}  // namespace

struct ContentHash::Parser {
  dom::parser parser;
};

ContentHash::ContentHash(const Key& key) : key_(key), parser_(std::make_unique<Parser>()) {}
ContentHash::~ContentHash() = default;

ObjectMark ContentHash::of(std::string_view object) {
  const Hasher hasher(key_);
  dom::element root;
  dom::object members;
  if (parser_->parser.parse(object.data(), object.size()).get(root) != simdjson::SUCCESS ||
      root.get_object().get(members) != simdjson::SUCCESS) {
    return {hasher.text(object), 0};
  }
  ObjectMark mark;
  for (const auto& [name, value] : members) {
    if (const RefSet ref = single_ref(name); ref != 0) {
      mark.refs |= ref;
    } else {
      mark.content += hasher.member(name, value);
    }
  }
  return mark;
}

}  // namespace push_opencti
