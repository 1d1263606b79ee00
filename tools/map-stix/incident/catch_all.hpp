// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "common/bytes/text_buffer.hpp"
#include "common/json/json_tree.hpp"
#include "tools/map-stix/text/markdown.hpp"

namespace map_stix {

using common::Json;
using common::JsonKind;

/// The member that names the type of evidence.
inline constexpr std::string_view type_member = "@odata.type";

/// Appends every value that is not marked as used, one line each as `path: value`, in input order, and marks it. Left
/// out are null, "", [], {}, "unknownFutureValue", and the `@odata.type` of evidence. Because this walks what is there
/// rather than what is known, members that Graph adds tomorrow are carried too. A list or object whose values would
/// repeat too long a path too often stands as one JSON text.
class CatchAll {
 public:
  /// The members below evidence, those that an analyst looks for first (verdict, roles …) in front. A mark on the
  /// evidence itself does not count.
  void append_evidence(common::TextBuffer& out, Json evidence);
  /// The same with the escapes of a JSON string. Most of a bundle is this text, so it is escaped as it is written.
  void append_escaped_evidence(common::TextBuffer& out, Json evidence);
  void append(common::TextBuffer& out, Json object);
  /// Appends to Markdown that others wrote. Where that may have left a fence open, no value becomes a fenced block (see
  /// append_code_lines).
  void append_below_markdown(common::TextBuffer& out, Json object);

 private:
  void begin();
  void append_member(common::TextBuffer& out, Json value, std::string_view name);
  void append_value(common::TextBuffer& out, Json value);
  bool repeats_too_much(Json value) const;
  void append_as_json(common::TextBuffer& out, Json value);

  common::TextBuffer path_;
  std::size_t repeated_ = 0;  // bytes of paths written so far
  void (*append_line_)(common::TextBuffer& out, std::string_view path, std::string_view value) = append_code_line;
};

}  // namespace map_stix
