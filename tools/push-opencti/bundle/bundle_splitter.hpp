// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/push-opencti/bundle/bundle.hpp"
#include "tools/push-opencti/bundle/dependency_order.hpp"

namespace push_opencti {

/// Cuts a bundle that is too large for one request into bundles that can be sent one after the other. Each begins with
/// the author and the markings, so that it can stand alone. The bundle must outlive this.
class BundleSplitter {
 public:
  /// The first pieces stay under `limit` bytes each; an object that is larger by itself, and that split_references()
  /// cannot divide, makes a piece of its own.
  BundleSplitter(const Bundle& bundle, std::size_t limit);

  /// One request.
  struct Piece {
    std::vector<ObjectText> objects;  ///< besides author and markings
    std::string_view last_id() const { return objects.back().id; }
  };
  /// The next piece, until there is none.
  std::optional<Piece> next();
  /// How many pieces are still to come.
  std::size_t left() const { return pieces_.size(); }
  std::string text(const Piece& piece) const;
  /// How many objects each piece has beside its own: the author and the markings.
  std::size_t companions() const { return companions_.size(); }
  /// Puts the piece back, cut into smaller ones; false, and nothing is put back, when it cannot be cut further.
  bool cut_further(const Piece& piece);

 private:
  std::vector<Piece> cut(const std::vector<ObjectText>& objects, std::size_t limit) const;

  std::string id_;
  DependencyOrder order_;
  std::vector<ObjectText> companions_;
  std::size_t companions_size_ = 0;
  std::deque<Piece> pieces_;
  std::deque<std::string> split_;  // texts of objects that cut_further() divided
};

}  // namespace push_opencti
