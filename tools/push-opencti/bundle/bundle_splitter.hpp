// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/push-opencti/bundle/bundle.hpp"

namespace push_opencti {

/// The objects of one bundle in an order in which each comes after what it refers to. The views point into the bundle's
/// text.
class DependencyOrder {
 public:
  explicit DependencyOrder(std::string_view bundle);

  struct Step {
    ObjectText object;
    /// 1 + what it needs, transitively counted; never less than that of anything it refers to, as the platform's own
    /// splitter has it (nb_deps).
    long needs = 1;
  };
  const std::vector<Step>& steps() const { return steps_; }
  /// Whether it is an author or a marking of the bundle: every piece repeats those.
  bool is_companion(std::size_t step) const { return companion_[step]; }

 private:
  std::vector<Step> steps_;
  std::vector<bool> companion_;
};

/// A run of steps, from `first` up to but without `last`.
struct Piece {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// Cuts a bundle that is too large for one request into bundles that can be sent one after the other.
class BundleSplitter {
 public:
  BundleSplitter(std::string_view bundle, std::string_view bundle_id);

  /// Pieces whose bundles stay under `limit` bytes each; an object that is larger all by itself makes a piece of its
  /// own.
  std::vector<Piece> pieces(std::size_t limit) const { return pieces({0, order_.steps().size()}, limit); }
  std::vector<Piece> pieces(Piece whole, std::size_t limit) const;
  /// The bundle of a piece: the companions first, so that each piece can stand alone.
  std::string text(Piece piece) const;
  /// Whether the piece has one object besides the companions, so that it cannot be cut further.
  bool is_single(Piece piece) const;
  /// The id of the piece's last object, for messages.
  std::string_view last_id(Piece piece) const;

 private:
  DependencyOrder order_;
  std::string id_;
  std::size_t companions_size_ = 0;
};

}  // namespace push_opencti
