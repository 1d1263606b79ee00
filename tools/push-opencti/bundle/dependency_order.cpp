// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/bundle/dependency_order.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "common/json/json_tree.hpp"
#include "common/json/json_writer.hpp"

namespace push_opencti {

namespace {

using common::Json;
using common::JsonKind;

constexpr long most_needs = 1'000'000'000;

struct Node {
  std::vector<std::size_t> references;
  long needs = 0;  // 0: not visited, -1: being visited
};

using Index = std::unordered_map<std::string_view, std::size_t>;

bool names_companion(std::string_view key) {
  return key == "created_by_ref" || key == "x_opencti_created_by_ref" || key == "object_marking_refs";
}

// Collects what one object refers to, at any depth.
class ReferenceWalk {
 public:
  ReferenceWalk(const Index& index, std::size_t self, std::vector<std::size_t>& references,
                std::vector<bool>& companions)
      : index_(index), self_(self), references_(references), companions_(companions) {}

  // No deeper than the parser allows.
  void visit(Json value) {
    for (const Json inner : value) {
      const std::string_view key = inner.key();
      if (key.ends_with("_ref")) {
        add(key, inner);
      } else if (key.ends_with("_refs") && inner.is(JsonKind::array)) {
        for (const Json item : inner) add(key, item);
      } else {
        visit(inner);
      }
    }
  }

 private:
  void add(std::string_view key, Json value) {
    if (!value.is(JsonKind::string)) return;
    const auto found = index_.find(value.text());
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
// the second visit. `order`: the nodes in the order in which they are done.
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
std::vector<ObjectText> without_doubles(const std::vector<ObjectText>& objects) {
  Index last;
  for (std::size_t i = 0; i < objects.size(); ++i) last[objects[i].id] = i;
  std::vector<ObjectText> kept;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (last[objects[i].id] == i) kept.push_back(objects[i]);
  }
  return kept;
}

// The object with those of its references that stand from `first` up to but without `last`.
std::string with_references(Json object, std::size_t first, std::size_t last) {
  std::string out;
  common::JsonWriter json(out);
  json.begin_object();
  for (const Json value : object) {
    json.key(value.key());
    if (value.key() != "object_refs") {
      json.raw(value.raw());
      continue;
    }
    json.begin_array();
    std::size_t index = 0;
    for (const Json reference : value) {
      if (index >= first && index < last) json.raw(reference.raw());
      ++index;
    }
    json.end_array();
  }
  json.end_object();
  return out;
}

// The sizes of the object's references with their commas; none where there are fewer than two, or the text is no
// object.
std::vector<std::size_t> reference_sizes(common::JsonTree& tree, std::string_view object) {
  std::vector<std::size_t> sizes;
  if (!tree.parse_copy(object).empty()) return sizes;
  for (const Json reference : tree.root()["object_refs"]) sizes.push_back(reference.raw().size() + 1);
  if (sizes.size() < 2) sizes.clear();
  return sizes;
}

}  // namespace

DependencyOrder::DependencyOrder(const Bundle& bundle, std::size_t largest) {
  const std::vector<ObjectText> objects = without_doubles(bundle.objects);
  Index index;
  for (std::size_t i = 0; i < objects.size(); ++i) index.emplace(objects[i].id, i);
  std::vector<Node> nodes(objects.size());
  std::vector<bool> companions(objects.size());
  common::JsonTree tree;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (!tree.parse_copy(objects[i].text).empty()) continue;
    ReferenceWalk(index, i, nodes[i].references, companions).visit(tree.root());
  }
  std::vector<std::size_t> order;
  order.reserve(nodes.size());
  count_needs(nodes, order);
  std::stable_sort(order.begin(), order.end(),
                   [&nodes](std::size_t a, std::size_t b) { return nodes[a].needs < nodes[b].needs; });
  for (const std::size_t i : order) {
    Step step{objects[i], nodes[i].needs, companions[i]};
    if (step.object.text.size() <= largest) {
      steps_.push_back(step);
      continue;
    }
    for (std::string& part : split_references(step.object.text, largest)) {
      step.object.text = split_.emplace_back(std::move(part));
      steps_.push_back(step);
    }
  }
}

std::vector<std::string> split_references(std::string_view object, std::size_t largest) {
  common::JsonTree tree;
  const std::vector<std::size_t> sizes = reference_sizes(tree, object);
  const std::size_t frame = sizes.empty() ? object.size() : with_references(tree.root(), 0, 0).size();
  if (object.size() <= largest || frame >= largest) return {std::string(object)};
  std::vector<std::string> parts;
  std::size_t first = 0;
  std::size_t size = frame;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (size + sizes[i] > largest && i > first) {
      parts.push_back(with_references(tree.root(), first, i));
      first = i;
      size = frame;
    }
    size += sizes[i];
  }
  parts.push_back(with_references(tree.root(), first, sizes.size()));
  return parts;
}

std::vector<std::string> halve_references(std::string_view object) {
  common::JsonTree tree;
  const std::size_t count = reference_sizes(tree, object).size();
  if (count == 0) return {std::string(object)};
  return {with_references(tree.root(), 0, count / 2), with_references(tree.root(), count / 2, count)};
}

}  // namespace push_opencti
