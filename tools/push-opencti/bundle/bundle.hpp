// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace push_opencti {

/// One line of input: a STIX bundle and what the receipt and the state need to know of it.
struct Bundle {
  std::string text;         ///< the line as it came
  std::string id;           ///< "bundle--…"
  std::string incident;     ///< Graph's id from the only case-incident; "" when there is no such one
  std::string last_update;  ///< its x_graph_last_update, Graph's own text; "" likewise
  bool merged = false;      ///< whether the case is of an incident that was merged into another (x_graph_merged_into)
  std::size_t objects = 0;
  std::size_t body_size = 0;  ///< bytes of the text as a JSON string
  std::string where;          ///< "line 12", for messages
  std::uint64_t number = 0;   ///< place in the input, counted from 0
  /// Bundles with the same key must not overtake one another.
  std::string_view key() const { return incident.empty() ? std::string_view(id) : std::string_view(incident); }
};

/// Reads bundles; keeps its buffers for the next one, except after a very large one.
class BundleParser {
 public:
  BundleParser();
  ~BundleParser();
  BundleParser(const BundleParser&) = delete;
  BundleParser& operator=(const BundleParser&) = delete;

  /// Fills all of `bundle` but where and number. `line` must be followed by 64 readable bytes. False, with the reason,
  /// when the line is not JSON, or not a bundle with an id and objects that have a type and an id each.
  bool parse(std::string_view line, Bundle& bundle, std::string& reason);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

/// One object of a bundle, as views into the bundle's text.
struct ObjectText {
  std::string_view id;
  std::string_view type;
  std::string_view text;
};

/// The objects of a bundle that BundleParser has accepted, in order.
std::vector<ObjectText> objects_of(std::string_view bundle);

/// How many bytes the text takes as a JSON string, its quotes included.
std::size_t json_string_size(std::string_view text);

}  // namespace push_opencti
