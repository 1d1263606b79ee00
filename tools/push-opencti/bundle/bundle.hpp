// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace push_opencti {

/// One object of a bundle. The views point into the text of the bundle that it stands in.
struct ObjectText {
  std::string_view id;
  std::string_view type;
  std::string_view text;
};

/// One line of input: a STIX bundle, and what its receipt and the state need to know of it.
struct Bundle {
  Bundle() = default;
  Bundle(const Bundle&) = delete;  // `objects` points into `text`
  Bundle& operator=(const Bundle&) = delete;

  std::string text;                 ///< the line as it came
  std::vector<ObjectText> objects;  ///< in the order of the line
  std::size_t object_count = 0;     ///< stays when text and objects were given up
  std::string id;                   ///< "bundle--…"
  std::string incident;             ///< Graph's id from the only case-incident; "" without one, or with several
  std::string last_update;          ///< its x_graph_last_update, Graph's own text; "" likewise
  std::string case_id;              ///< its STIX id; "" likewise
  std::string merged_into;          ///< its x_graph_merged_into: the incident that took it over; "" likewise
  std::size_t body_size = 0;        ///< bytes of the text as a JSON string
  std::string where;                ///< "line 12", for messages
  std::uint64_t number = 0;         ///< place in the input, counted from 0
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

/// The text of a bundle of these objects. Beside a single object stands a TLP marking that every platform has: some
/// versions never finish the work of a bundle with one object.
std::string bundle_text(std::string_view id, std::span<const ObjectText> objects);

/// What is pushed for a bundle that goes alone: its own text, or bundle_text() where it has a single object.
std::string text_to_push(const Bundle& bundle);

/// How many bytes the text takes as a JSON string, its quotes included.
std::size_t json_string_size(std::string_view text);

}  // namespace push_opencti
