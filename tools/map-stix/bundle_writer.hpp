#pragma once
#include <functional>
#include <string>

#include "tools/map-stix/bundle.hpp"
#include "tools/map-stix/catch_all.hpp"
#include "tools/map-stix/json_tree.hpp"
#include "tools/map-stix/options.hpp"
#include "tools/map-stix/stix_ids.hpp"

namespace map_stix {

/// Writes bundles as JSON, one after another, at the end of a string. Author and markings, the same in every
/// bundle, are put together once.
class BundleWriter {
 public:
  /// The tree is the one that the bundles are made from; texts of evidence are read from it.
  BundleWriter(const MappingOptions& options, StixIds& ids, JsonTree& tree);

  /// Appends `{"type":"bundle",…}` without LF: author, markings, then the objects in their order. The case
  /// gets every object as object_refs but itself and the notes on it. `relieve` is called now and then and
  /// may take away what `out` holds, so that a bundle larger than memory is no reason to fail.
  void append(std::string& out, const Bundle& bundle, const common::Uuid& id, ObjectRef case_incident,
              const std::function<void()>& relieve);

 private:
  void append_object(std::string& out, const Bundle& bundle, ObjectRef object, ObjectRef case_incident);
  void append_values(std::string& out, const Bundle& bundle, const Bundle::Object& object);
  void append_value(std::string& out, const Bundle& bundle, const Bundle::Value& value);
  void append_list(std::string& out, const Bundle& bundle, const Bundle::Value& value);
  void append_item(std::string& out, const Bundle& bundle, Form form, const Bundle::Item& item);
  /// Writes a member whose text is the distinct blocks; nothing where none says anything.
  void append_blocks(std::string& out, const Bundle& bundle, const Bundle::Value& value);
  /// Joins the distinct blocks of a text; "" where none says anything.
  std::string_view joined_blocks(const Bundle& bundle, const Bundle::Value& value);
  void append_hashes(std::string& out, const Bundle& bundle, std::uint32_t& at);
  void append_object_refs(std::string& out, const Bundle& bundle, ObjectRef case_incident);
  bool refers_to(const Bundle& bundle, const Bundle::Object& note, ObjectRef target) const;

  std::string preamble_;         // author and markings, with a comma after each
  std::string author_member_;    // ,"created_by_ref":"…"
  std::string observable_tail_;  // marking and, on request, author of observables
  std::string object_tail_;      // marking of all other objects
  JsonTree& tree_;
  CatchAll catch_all_;
  std::string block_;
  std::string blocks_;
};

}  // namespace map_stix
