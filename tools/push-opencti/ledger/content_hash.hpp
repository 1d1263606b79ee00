// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "tools/push-opencti/ledger/nested_refs.hpp"

namespace push_opencti {

/// What the ledger remembers of an object.
struct ObjectMark {
  std::uint64_t content = 0;  ///< keyed hash of all that is not in `refs`
  RefSet refs = 0;            ///< the members of single_ref() that the object has
  bool operator==(const ObjectMark&) const = default;
};

/// Makes marks. Two texts of one JSON value get the same: the order of members, white space, escapes and the way in
/// which a number is written (80, 80.0, 8e1) do not count. Without the key nobody can make two contents of one hash, so
/// a hostile incident cannot hide a change.
class ContentHash {
 public:
  using Key = std::array<std::uint64_t, 2>;
  explicit ContentHash(const Key& key);
  ~ContentHash();
  ContentHash(const ContentHash&) = delete;
  ContentHash& operator=(const ContentHash&) = delete;

  /// `object` is the text of a JSON object. What is none gets the hash of its bytes.
  ObjectMark of(std::string_view object);

 private:
  struct Parser;
  Key key_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace push_opencti
