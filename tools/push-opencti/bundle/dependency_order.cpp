// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/bundle/dependency_order.hpp"

#include <simdjson.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "common/json/json_writer.hpp"

namespace push_opencti {

namespace {

namespace dom = simdjson::dom;

constexpr long most_needs = 1'000'000'000;

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
std::vector<std::size_t> without_doubles(const std::vector<ObjectText>& objects) {
  Index last;
  for (std::size_t i = 0; i < objects.size(); ++i) last[objects[i].id] = i;
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (last[objects[i].id] == i) kept.push_back(i);
  }
  return kept;
}

// The objects of a bundle's text, parsed.
std::vector<dom::element> parse_objects(dom::parser& parser, const Bundle& bundle) {
  std::vector<dom::element> parsed;
  dom::element root;
  dom::array objects;
  if (parser.parse(bundle.text).get(root) != simdjson::SUCCESS) return parsed;
  if (root["objects"].get_array().get(objects) != simdjson::SUCCESS) return parsed;
  for (const dom::element object : objects) parsed.push_back(object);
  return parsed;
}

// The object with those of its references that stand from `first` up to but without `last`.
std::string with_references(const dom::object& object, std::size_t first, std::size_t last) {
  std::string out;
  common::JsonWriter json(out);
  json.begin_object();
  for (const auto& [key, value] : object) {
    dom::array references;
    json.key(key);
    if (key != "object_refs" || value.get_array().get(references) != simdjson::SUCCESS) {
      json.raw(simdjson::minify(value));
      continue;
    }
    json.begin_array();
    std::size_t index = 0;
    for (const dom::element reference : references) {
      if (index >= first && index < last) json.raw(simdjson::minify(reference));
      ++index;
    }
    json.end_array();
  }
  json.end_object();
  return out;
}

struct Container {
  dom::object members;
  dom::array references;
};

// The object, if it has several references that can be divided.
std::optional<Container> read_container(dom::parser& parser, std::string_view object) {
  Container container;
  dom::element root;
  if (parser.parse(object.data(), object.size()).get(root) != simdjson::SUCCESS ||
      root.get_object().get(container.members) != simdjson::SUCCESS ||
      container.members["object_refs"].get_array().get(container.references) != simdjson::SUCCESS ||
      container.references.size() < 2) {
    return {};
  }
  return container;
}

}  // namespace

DependencyOrder::DependencyOrder(const Bundle& bundle, std::size_t largest) {
  dom::parser parser;
  const std::vector<dom::element> parsed = parse_objects(parser, bundle);
  const std::vector<std::size_t> kept = without_doubles(bundle.objects);
  Index index;
  for (std::size_t i = 0; i < kept.size(); ++i) index.emplace(bundle.objects[kept[i]].id, i);
  std::vector<Node> nodes(kept.size());
  std::vector<bool> companions(kept.size());
  for (std::size_t i = 0; i < kept.size() && kept[i] < parsed.size(); ++i) {
    ReferenceWalk(index, i, nodes[i].references, companions).visit(parsed[kept[i]]);
  }
  std::vector<std::size_t> order;
  order.reserve(nodes.size());
  count_needs(nodes, order);
  std::stable_sort(order.begin(), order.end(),
                   [&nodes](std::size_t a, std::size_t b) { return nodes[a].needs < nodes[b].needs; });
  for (const std::size_t i : order) {
    Step step{bundle.objects[kept[i]], nodes[i].needs, companions[i]};
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
  dom::parser parser;
  const std::optional<Container> container = read_container(parser, object);
  if (!container || object.size() <= largest) return {std::string(object)};
  const std::size_t frame = with_references(container->members, 0, 0).size();
  std::vector<std::string> parts;
  std::size_t index = 0;
  std::size_t first = 0;
  std::size_t size = frame;
  for (const dom::element reference : container->references) {
    const std::size_t cost = simdjson::minify(reference).size() + 1;
    if (size + cost > largest && index > first && frame < largest) {
      parts.push_back(with_references(container->members, first, index));
      first = index;
      size = frame;
    }
    size += cost;
    ++index;
  }
  parts.push_back(with_references(container->members, first, index));
  return parts;
}

std::vector<std::string> halve_references(std::string_view object) {
  dom::parser parser;
  const std::optional<Container> container = read_container(parser, object);
  if (!container) return {std::string(object)};
  const std::size_t count = container->references.size();
  return {with_references(container->members, 0, count / 2), with_references(container->members, count / 2, count)};
}

}  // namespace push_opencti
