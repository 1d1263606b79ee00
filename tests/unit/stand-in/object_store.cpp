// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/object_store.hpp"

#include "tests/unit/catch.hpp"

namespace {

using stand_in::ObjectStore;
using Fate = ObjectStore::Fate;

constexpr const char* folder = R"({"type":"directory","id":"directory--1","path":"/a"})";
constexpr const char* file = R"({"type":"file","id":"file--1","name":"b","parent_directory_ref":"directory--1"})";

}  // namespace

TEST_CASE("what an object refers to must have been imported before it") {
  ObjectStore store(false);
  CHECK(store.import(file).fate == Fate::missing_reference);
  CHECK(store.size() == 0);
  CHECK(store.import(folder).fate == Fate::taken);
  CHECK(store.import(file).error.is_null());
  CHECK(store.size() == 2);
}

TEST_CASE("a reference that may be there once gives an error the second time, and the rest is updated") {
  ObjectStore store(false);
  store.import(folder);
  store.import(file);
  const auto again = store.import(R"({"type":"file","id":"file--1","name":"c","parent_directory_ref":"directory--1"})");
  CHECK(again.fate == Fate::taken);
  CHECK(again.error.text("error").find("Cant add another relation on single ref") != std::string::npos);
  CHECK(store.all().dump().find(R"("name":"c")") != std::string::npos);
}

TEST_CASE("lists of an object that comes again grow, and other members are overwritten") {
  ObjectStore store(false);
  store.import(R"({"type":"url","id":"url--1","labels":["a"],"x_opencti_score":1})");
  store.import(R"({"type":"url","id":"url--1","labels":["b","a"],"x_opencti_score":2})");
  CHECK(store.all().dump() == R"([{"id":"url--1","labels":["a","b"],"type":"url","x_opencti_score":2}])");
}

TEST_CASE("an ordered error comes as often as it was ordered") {
  ObjectStore store(false);
  store.order_error("url--1", 1, "LOCK_ERROR", "locked");
  CHECK(store.import(R"({"type":"url","id":"url--1"})").fate == Fate::failed);
  CHECK(store.import(R"({"type":"url","id":"url--1"})").fate == Fate::taken);
}

TEST_CASE("the importer of 6.8 refuses the ends of a network-traffic at the first import") {
  ObjectStore store(true);
  store.import(R"({"type":"ipv4-addr","id":"ipv4-addr--1"})");
  const auto result = store.import(R"({"type":"network-traffic","id":"network-traffic--1","src_ref":"ipv4-addr--1"})");
  CHECK(result.fate == Fate::taken);
  CHECK(result.error.text("error").find("single ref") != std::string::npos);
}
