// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "tools/push-opencti/bundle/bundle.hpp"

namespace push_opencti {

/// The objects of one bundle in an order in which each comes after what it refers to. The bundle must outlive this.
class DependencyOrder {
 public:
  /// An object larger than `largest` bytes stands there as several, as split_references() makes them.
  DependencyOrder(const Bundle& bundle, std::size_t largest);
  DependencyOrder(const DependencyOrder&) = delete;
  DependencyOrder& operator=(const DependencyOrder&) = delete;

  struct Step {
    ObjectText object;
    /// 1 + the number of objects it needs, transitively counted; never less than that of anything it refers to, as the
    /// platform's own splitter has it (nb_deps).
    long needs = 1;
    /// An author or a marking of the bundle: every piece of the bundle repeats those.
    bool is_companion = false;
  };
  const std::vector<Step>& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
  std::deque<std::string> split_;  // the texts that split_references() made
};

/// The object as several of at most `largest` bytes each where its `object_refs` can be divided so: each has all its
/// other members and a part of those references. The platform adds references at each update, so that it ends up with
/// all of them. Just the object where there is nothing to divide.
std::vector<std::string> split_references(std::string_view object, std::size_t largest);
/// The same, in two parts with half of the references each.
std::vector<std::string> halve_references(std::string_view object);

}  // namespace push_opencti
