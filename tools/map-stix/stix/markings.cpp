// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/stix/markings.hpp"

#include "common/program/failure.hpp"

namespace map_stix {

namespace {

constexpr Marking markings[] = {
    {"clear", "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
     R"({"type":"marking-definition","spec_version":"2.1","id":"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9","created":"2017-01-20T00:00:00.000Z","definition_type":"statement","name":"TLP:CLEAR","definition":{"statement":"custom"},"x_opencti_definition":"TLP:CLEAR","x_opencti_definition_type":"TLP"})"},
    {"green", "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
     R"({"type":"marking-definition","spec_version":"2.1","id":"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da","created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","name":"TLP:GREEN","definition":{"tlp":"green"}})"},
    {"amber", "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
     R"({"type":"marking-definition","spec_version":"2.1","id":"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82","created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","name":"TLP:AMBER","definition":{"tlp":"amber"}})"},
    {"amber+strict", "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37",
     R"({"type":"marking-definition","spec_version":"2.1","id":"marking-definition--826578e1-40ad-459f-bc73-ede076f81f37","created":"2017-01-20T00:00:00.000Z","definition_type":"statement","name":"TLP:AMBER+STRICT","definition":{"statement":"custom"},"x_opencti_definition":"TLP:AMBER+STRICT","x_opencti_definition_type":"TLP"})"},
    {"red", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
     R"({"type":"marking-definition","spec_version":"2.1","id":"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed","created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","name":"TLP:RED","definition":{"tlp":"red"}})"},
};

}  // namespace

const Marking& marking_of(std::string_view level) {
  for (const Marking& marking : markings) {
    if (marking.level == level) return marking;
  }
  throw common::Failure(common::ExitStatus::internal, "no marking for TLP level " + std::string(level));
}

}  // namespace map_stix
