// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "common/bytes/text_buffer.hpp"
#include "common/time.hpp"
#include "common/uuid.hpp"
#include "tools/map-stix/stix/bundle.hpp"

namespace map_stix {

/// Makes deterministic ids: UUID version 5 of the RFC 8785 JSON of an object's contributing properties, the
/// same as pycti and the stix2 library make, so that a platform fed by the Python connectors is updated and
/// not duplicated.
class StixIds {
 public:
  StixIds();
  /// A contributing property: a text, or JSON text that goes in as it is. An empty text is left out.
  struct Member {
    std::string_view key;
    std::string_view text;
    bool raw = false;
  };
  /// Members must come sorted by key.
  common::Uuid of(std::initializer_list<Member> members);

  /// {"value":…}: addresses, URLs, names of hosts and domains.
  common::Uuid by_value(std::string_view value) { return of({{"value", value}}); }
  /// {"name":…} in lower case without white space at the ends: malware, vulnerabilities, intrusion sets.
  common::Uuid by_name(std::string_view name);
  common::Uuid identity(std::string_view identity_class, std::string_view name);
  /// Incidents and cases: {"created":…,"name":…}. The platform's own key has milliseconds in `created`; the Python
  /// connectors' ids have whole seconds.
  common::Uuid by_name_and_created(std::string_view name, std::string_view created);
  common::Uuid attack_pattern(std::string_view mitre_id);
  common::Uuid indicator(std::string_view pattern);
  common::Uuid note(std::string_view content, common::Instant created);
  common::Uuid relationship(const Bundle& bundle, RelationshipType type, ObjectRef source, ObjectRef target);
  /// One hash (MD5, else SHA-1, else SHA-256) and the name; `directory_id` only for the Python connectors' ids, which
  /// hold the file's folder as well.
  common::Uuid file(std::string_view hash_name, std::string_view hash, std::string_view name,
                    std::string_view directory_id = {});
  /// The UUID of a bare text.
  common::Uuid of_text(std::string_view text) { return common::uuid5(text); }
  /// An id that does not depend on names: {"id":…,"tenant_id":…}.
  common::Uuid unnamed(std::string_view id, std::string_view tenant) { return of({{"id", id}, {"tenant_id", tenant}}); }

 private:
  // Most relationships are of this type. Namespace and type fill the first SHA-1 block, so its result is kept.
  common::NameBeginning related_to_;
  common::TextBuffer canonical_;
  common::TextBuffer lower_;
  common::TextBuffer hash_;
};

}  // namespace map_stix
