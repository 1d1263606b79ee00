// SPDX-License-Identifier: Apache-2.0
#include "common/uuid.hpp"

#include "tests/unit/catch.hpp"

using namespace common;

TEST_CASE("Name-based ids equal the published test vectors", "[uuid]") {
  CHECK(to_text(uuid5(R"({"value":"198.51.100.3"})")) == "28bb3599-77cd-5a82-a950-b5bc3caf07c4");
  CHECK(to_text(uuid5(R"({"x_mitre_id":"T1059.001"})")) == "5a9d0c10-3eab-5b54-9d30-d9ae590d238b");
  // RFC 4122 appendix B's name space for DNS, with the value that every implementation gives.
  const Uuid dns = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
  CHECK(to_text(uuid5("www.example.com", dns)) == "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST_CASE("A name that is hashed in two parts has the id of the whole", "[uuid]") {
  const std::string name(200, 'n');
  for (std::size_t cut = 0; cut <= name.size(); ++cut) {
    const NameBeginning beginning(std::string_view(name).substr(0, cut));
    CHECK(beginning.uuid5_with(std::string_view(name).substr(cut)) == uuid5(name));
    CHECK(beginning.uuid5_with("other") == uuid5(name.substr(0, cut) + "other"));
  }
}

TEST_CASE("UUID texts are told from others", "[uuid]") {
  CHECK(is_uuid("28bb3599-77cd-5a82-a950-b5bc3caf07c4"));
  CHECK(is_uuid("28BB3599-77CD-5A82-A950-B5BC3CAF07C4"));
  CHECK_FALSE(is_uuid("28bb359977cd5a82a950b5bc3caf07c4"));
  CHECK_FALSE(is_uuid("28bb3599-77cd-5a82-a950-b5bc3caf07cg"));
  CHECK_FALSE(is_uuid(""));
}

TEST_CASE("Random ids are of version 4 and differ", "[uuid]") {
  const std::string first = random_uuid();
  CHECK(is_uuid(first));
  CHECK(first[14] == '4');
  CHECK(first != random_uuid());
}
