// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "common/bytes/text_buffer.hpp"
#include "common/json/json_tree.hpp"
#include "tools/map-stix/text/markdown.hpp"

namespace map_stix {

using common::Json;
using common::JsonKind;

/// Appends every value below `json` that no mapper has written into a STIX property, one line each as `path:
/// value`, in input order, and marks it as used (evidence itself may be marked already, its members count).
/// Members named in `first` come first. Left out: null, "", [], {}, "unknownFutureValue", and the
/// `@odata.type` of evidence. Because this walks what is there rather than what is known, a member that Graph
/// adds tomorrow is carried too. Below a path that is longer than any of Graph's, a list or object stands as one JSON
/// text: with the path before each of its values, a small input could make an output without measure.
class CatchAll {
 public:
  void append_evidence(common::TextBuffer& out, Json evidence);
  /// The same as it stands in a JSON string. Most of a bundle is this text, so it goes straight into the output.
  void append_escaped_evidence(common::TextBuffer& out, Json evidence);
  void append(common::TextBuffer& out, Json object);
  /// The same behind text that is Markdown by intention: no value becomes a fenced block, see append_code_lines().
  void append_below_markdown(common::TextBuffer& out, Json object);

 private:
  void append_member(common::TextBuffer& out, Json value, std::string_view name);
  void append_value(common::TextBuffer& out, Json value);
  void append_as_json(common::TextBuffer& out, Json value);

  common::TextBuffer path_;
  void (*append_line_)(common::TextBuffer& out, std::string_view path, std::string_view value) = append_code_line;
};

}  // namespace map_stix
