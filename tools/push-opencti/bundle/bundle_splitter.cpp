// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/bundle/bundle_splitter.hpp"

#include <utility>

namespace push_opencti {

namespace {

constexpr std::size_t frame_size = 200;  // the members of a bundle around its objects

}  // namespace

BundleSplitter::BundleSplitter(const Bundle& bundle, std::size_t limit)
    : id_(bundle.id), order_(bundle, limit > frame_size ? limit - frame_size : limit) {
  std::vector<ObjectText> objects;
  for (const DependencyOrder::Step& step : order_.steps()) {
    (step.is_companion ? companions_ : objects).push_back(step.object);
  }
  if (objects.empty()) objects.swap(companions_);
  for (const ObjectText& companion : companions_) companions_size_ += companion.text.size() + 1;
  for (Piece& piece : cut(objects, limit)) pieces_.push_back(std::move(piece));
}

std::vector<BundleSplitter::Piece> BundleSplitter::cut(const std::vector<ObjectText>& objects,
                                                       std::size_t limit) const {
  std::vector<Piece> pieces;
  std::size_t size = 0;
  for (const ObjectText& object : objects) {
    const std::size_t cost = object.text.size() + 1;
    // Two parts of one object in one bundle would replace one another.
    const bool is_next_part = !pieces.empty() && pieces.back().last_id() == object.id;
    if (pieces.empty() || is_next_part || size + cost > limit) {
      pieces.emplace_back();
      size = frame_size + companions_size_;
    }
    pieces.back().objects.push_back(object);
    size += cost;
  }
  return pieces;
}

std::optional<BundleSplitter::Piece> BundleSplitter::next() {
  if (pieces_.empty()) return {};
  Piece piece = std::move(pieces_.front());
  pieces_.pop_front();
  return piece;
}

std::string BundleSplitter::text(const Piece& piece) const {
  std::vector<ObjectText> objects = companions_;
  objects.insert(objects.end(), piece.objects.begin(), piece.objects.end());
  return bundle_text(id_, objects);
}

bool BundleSplitter::cut_further(const Piece& piece) {
  if (piece.objects.size() > 1) {
    // By count: the author and the markings alone may fill half the size.
    const auto middle = piece.objects.begin() + static_cast<std::ptrdiff_t>(piece.objects.size() / 2);
    pieces_.push_front({{middle, piece.objects.end()}});
    pieces_.push_front({{piece.objects.begin(), middle}});
    return true;
  }
  const ObjectText& object = piece.objects.front();
  std::vector<std::string> parts = halve_references(object.text);
  if (parts.size() < 2) return false;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    pieces_.push_front({{{object.id, object.type, split_.emplace_back(std::move(*part))}}});
  }
  return true;
}

}  // namespace push_opencti
