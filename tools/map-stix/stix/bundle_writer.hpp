// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <functional>
#include <string>

#include "common/bytes/text_buffer.hpp"
#include "tools/map-stix/options.hpp"
#include "tools/map-stix/stix/bundle.hpp"
#include "tools/map-stix/stix/stix_ids.hpp"

namespace map_stix {

/// Appends bundles as JSON to a buffer. Author and markings are the same in every bundle and are composed once.
class BundleWriter {
 public:
  BundleWriter(const MappingOptions& options, StixIds& ids);

  using FlushOutput = std::function<void()>;

  /// Appends `{"type":"bundle",…}` without LF: author (unless it is one of the objects), markings, then the objects in
  /// their order. The object_refs of the case hold every object except the case itself and notes that refer to it.
  /// `flush_output` is called from time to time and may empty `out`, so that a bundle larger than memory can be
  /// written.
  void append(common::TextBuffer& out, const Bundle& bundle, const common::Uuid& id, ObjectRef case_incident,
              const FlushOutput& flush_output);

 private:
  void append_object(common::TextBuffer& out, const Bundle& bundle, ObjectRef object, ObjectRef case_incident,
                     const FlushOutput& flush_output);
  void append_date(common::TextBuffer& out, common::Instant at);
  void append_values(common::TextBuffer& out, const Bundle& bundle, const Bundle::Object& object);
  void append_ends(common::TextBuffer& out, const Bundle& bundle, const Bundle::Ends& ends);
  void append_value(common::TextBuffer& out, const Bundle& bundle, const Bundle::Value& value);
  void append_list(common::TextBuffer& out, const Bundle& bundle, const Bundle::Value& value);
  void append_item(common::TextBuffer& out, const Bundle& bundle, Form form, const Bundle::Item& item);
  void append_blocks(common::TextBuffer& out, const Bundle& bundle, const Bundle::Value& value);
  void append_hashes(common::TextBuffer& out, const Bundle& bundle, std::uint32_t& at);
  void append_object_refs(common::TextBuffer& out, const Bundle& bundle, ObjectRef case_incident,
                          const FlushOutput& flush_output);
  bool refers_to(const Bundle& bundle, const Bundle::Object& note, ObjectRef target) const;

  /// The JSON that all objects of a type have in common.
  struct Frame {
    std::string begin;   // {"type":"…","spec_version":"2.1","id":"…--
    std::string middle;  // what follows the id's UUID, up to the first date
    std::string end;     // markings, }
  };

  std::string author_;  // with a comma behind it
  common::Uuid author_id_;
  std::string preamble_;  // markings, entries of vocabularies; with a comma after each
  std::array<Frame, object_type_count> frames_;
  std::array<std::string, property_count> names_;  // ,"…":
  common::Instant date_;
  common::TextBuffer date_text_;  // of date_, since objects in a row most often have the same
};

}  // namespace map_stix
