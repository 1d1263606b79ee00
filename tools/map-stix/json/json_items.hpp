// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tools/map-stix/json/json_tree.hpp"

namespace map_stix {

/// The items of a list, one after another. Those of a long list (see JsonTree::parse) are built as they are asked for,
/// each in the place of the one before: an item, and every handle into it, is valid until the next one is asked for.
/// Its texts stay.
class JsonItems {
 public:
  explicit JsonItems(Json list)
      : list_(list), at_(list.begin()), long_(list && list.tree_->counts_.left_out > 0 && begin_long()) {}

  /// The next item, or missing behind the last.
  Json next() {
    if (long_) return next_of_long();
    if (at_ == list_.end()) return {};
    const Json item = *at_;
    ++at_;
    return item;
  }

 private:
  bool begin_long();
  Json next_of_long();

  Json list_;
  Json::Iterator at_;
  bool long_;
};

}  // namespace map_stix
