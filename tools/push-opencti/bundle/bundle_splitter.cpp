// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/bundle/bundle_splitter.hpp"

#include <simdjson.h>

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "common/json/json_writer.hpp"

namespace push_opencti {

namespace {

namespace dom = simdjson::dom;

constexpr long most_needs = 1'000'000'000;
constexpr std::size_t frame_size = 200;  // the members of a bundle around its objects

struct Node {
  std::vector<std::size_t> references;
  long needs = 0;  // 0: not visited, -1: being visited
};

using Index = std::unordered_map<std::string_view, std::size_t>;

bool names_companion(std::string_view key) {
  return key == "created_by_ref" || key == "x_opencti_created_by_ref" || key == "object_marking_refs";
}

// Walks one object for what it refers to, at any depth.
class ReferenceWalk {
 public:
  ReferenceWalk(const Index& index, std::size_t self, std::vector<std::size_t>& references,
                std::vector<bool>& companions)
      : index_(index), self_(self), references_(references), companions_(companions) {}

  void visit(const dom::element& value) {
    dom::object members;
    dom::array items;
    if (value.get_object().get(members) == simdjson::SUCCESS) {
      for (const auto& [key, inner] : members) visit_member(key, inner);
    } else if (value.get_array().get(items) == simdjson::SUCCESS) {
      for (const dom::element inner : items) visit(inner);
    }
  }

 private:
  void visit_member(std::string_view key, const dom::element& value) {
    if (key.ends_with("_ref")) {
      note(key, value);
    } else if (dom::array ids; key.ends_with("_refs") && value.get_array().get(ids) == simdjson::SUCCESS) {
      for (const dom::element item : ids) note(key, item);
    } else {
      visit(value);
    }
  }

  void note(std::string_view key, const dom::element& value) {
    std::string_view id;
    if (value.get_string().get(id) != simdjson::SUCCESS) return;
    const auto found = index_.find(id);
    if (found == index_.end() || found->second == self_) return;
    references_.push_back(found->second);
    if (names_companion(key)) companions_[found->second] = true;
  }

  const Index& index_;
  std::size_t self_;
  std::vector<std::size_t>& references_;
  std::vector<bool>& companions_;
};

// Counts what each object needs, depth first without recursion: chains may be as long as the bundle. A cycle is cut at
// the second visit.
void count_needs(std::vector<Node>& nodes, std::vector<std::size_t>& order) {
  struct Visit {
    std::size_t node;
    std::size_t next = 0;
  };
  std::vector<Visit> path;
  for (std::size_t start = 0; start < nodes.size(); ++start) {
    if (nodes[start].needs != 0) continue;
    path.push_back({start});
    nodes[start].needs = -1;
    while (!path.empty()) {
      Visit& visit = path.back();
      Node& node = nodes[visit.node];
      if (visit.next < node.references.size()) {
        const std::size_t reference = node.references[visit.next++];
        if (nodes[reference].needs == 0) {
          nodes[reference].needs = -1;
          path.push_back({reference});
        }
        continue;
      }
      long needs = 1;
      for (const std::size_t reference : node.references) needs += std::max(0L, nodes[reference].needs);
      node.needs = std::min(needs, most_needs);
      order.push_back(visit.node);
      path.pop_back();
    }
  }
}

// Of objects with one id the last counts, as in the platform's own splitter.
std::vector<ObjectText> without_doubles(std::vector<ObjectText> objects) {
  Index last;
  for (std::size_t i = 0; i < objects.size(); ++i) last[objects[i].id] = i;
  std::vector<ObjectText> kept;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (last[objects[i].id] == i) kept.push_back(objects[i]);
  }
  return kept;
}

}  // namespace

DependencyOrder::DependencyOrder(std::string_view bundle) {
  const std::vector<ObjectText> objects = without_doubles(objects_of(bundle));
  Index index;
  for (std::size_t i = 0; i < objects.size(); ++i) index.emplace(objects[i].id, i);
  std::vector<Node> nodes(objects.size());
  std::vector<bool> companions(objects.size());
  dom::parser parser;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    dom::element root;
    if (parser.parse(objects[i].text.data(), objects[i].text.size()).get(root) != simdjson::SUCCESS) continue;
    ReferenceWalk(index, i, nodes[i].references, companions).visit(root);
  }
  std::vector<std::size_t> order;
  order.reserve(objects.size());
  count_needs(nodes, order);
  std::stable_sort(order.begin(), order.end(),
                   [&nodes](std::size_t a, std::size_t b) { return nodes[a].needs < nodes[b].needs; });
  for (const std::size_t i : order) {
    steps_.push_back({objects[i], nodes[i].needs});
    companion_.push_back(companions[i]);
  }
}

BundleSplitter::BundleSplitter(std::string_view bundle, std::string_view bundle_id) : order_(bundle), id_(bundle_id) {
  for (std::size_t i = 0; i < order_.steps().size(); ++i) {
    if (order_.is_companion(i)) companions_size_ += order_.steps()[i].object.text.size() + 1;
  }
}

std::vector<Piece> BundleSplitter::pieces(Piece whole, std::size_t limit) const {
  std::vector<Piece> all;
  Piece piece{whole.first, whole.first};
  std::size_t size = frame_size + companions_size_;
  for (std::size_t i = whole.first; i < whole.last; ++i) {
    const std::size_t cost = order_.is_companion(i) ? 0 : order_.steps()[i].object.text.size() + 1;
    if (size + cost > limit && piece.last > piece.first) {
      all.push_back(piece);
      piece.first = i;
      size = frame_size + companions_size_;
    }
    size += cost;
    piece.last = i + 1;
  }
  if (piece.last > piece.first) all.push_back(piece);
  return all;
}

std::string BundleSplitter::text(Piece piece) const {
  std::string out;
  common::JsonWriter json(out);
  json.begin_object().member("type", "bundle").member("id", id_).member("spec_version", "2.1");
  json.key("objects").begin_array();
  for (std::size_t i = 0; i < order_.steps().size(); ++i) {
    if (order_.is_companion(i)) json.raw(order_.steps()[i].object.text);
  }
  for (std::size_t i = piece.first; i < piece.last; ++i) {
    if (!order_.is_companion(i)) json.raw(order_.steps()[i].object.text);
  }
  json.end_array().end_object();
  return out;
}

bool BundleSplitter::is_single(Piece piece) const {
  std::size_t others = 0;
  for (std::size_t i = piece.first; i < piece.last; ++i) others += order_.is_companion(i) ? 0 : 1;
  return others <= 1;
}

std::string_view BundleSplitter::last_id(Piece piece) const { return order_.steps()[piece.last - 1].object.id; }

}  // namespace push_opencti
