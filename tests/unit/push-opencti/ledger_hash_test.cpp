// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "tests/unit/catch.hpp"
#include "tools/push-opencti/ledger/content_hash.hpp"

namespace {

using push_opencti::ContentHash;
using push_opencti::ObjectMark;
using push_opencti::single_ref;

ObjectMark mark(std::string_view object) { return ContentHash({1, 2}).of(object); }

}  // namespace

TEST_CASE("two ways to write one JSON object have one hash") {
  const ObjectMark plain = mark(R"({"a":"x","b":[1,80,true,null],"c":{"d":"é","e":2.5}})");
  CHECK(mark(R"({ "c": {"e":2.50, "d":"\u00e9"}, "b":[1.0, 8e1, true,null], "a":"\u0078" })") == plain);
}

TEST_CASE("two different JSON objects have two hashes") {
  const std::string_view plain = R"({"a":"1","b":["x","y"]})";
  for (const std::string_view other :
       {R"({"a":1,"b":["x","y"]})", R"({"a":"1","b":["y","x"]})", R"({"a":"1","b":["x"]})", R"({"a":"1"})",
        R"({"a":"1","b":["x","y"],"c":null})", R"({"b":"1","a":["x","y"]})", R"({"a":"1","b":[["x","y"]]})",
        R"({"a":true,"b":["x","y"]})", R"({"a":"1","b":{"x":"y"}})", R"({"a":"1","b":["x","y"],"c":0.5})"}) {
    INFO(other);
    CHECK(mark(other).content != mark(plain).content);
  }
}

TEST_CASE("a reference of an observable that OpenCTI takes once is no part of the content") {
  const ObjectMark with = mark(R"({"type":"file","name":"a","parent_directory_ref":"directory--1"})");
  const ObjectMark without = mark(R"({"type":"file","name":"a"})");
  CHECK(with.content == without.content);
  CHECK(with.refs == single_ref("parent_directory_ref"));
  CHECK(without.refs == 0);
  CHECK(mark(R"({"source_ref":"a"})").content != mark(R"({"source_ref":"b"})").content);
  CHECK(mark(R"({"created_by_ref":"a","src_ref":"b","belongs_to_ref":"c"})").refs == 0);
}

TEST_CASE("an object loses the references that it must not bring again, and nothing else") {
  const std::string_view process =
      R"({"type":"process","pid":1,"image_ref":"file--1","creator_user_ref":"user--1","x":[1,{"y":2}]})";
  CHECK(push_opencti::without_refs(process, single_ref("image_ref")) ==
        R"({"type":"process","pid":1,"creator_user_ref":"user--1","x":[1,{"y":2}]})");
  CHECK(push_opencti::ids_referred_to(R"({"a_ref":"x--1","b_refs":["y--1","z--1"],"c":"no","d_ref":null})") ==
        std::vector<std::string>{"x--1", "y--1", "z--1"});
}

TEST_CASE("an object that simdjson cannot read has a hash of its bytes") {
  CHECK(mark(R"({"n":123456789012345678901234567890})") == mark(R"({"n":123456789012345678901234567890})"));
  CHECK(mark(R"({"n":123456789012345678901234567890})") != mark(R"({"n":123456789012345678901234567891})"));
}

TEST_CASE("ledgers with different keys have different hashes") {
  CHECK(ContentHash({1, 2}).of(R"({"a":1})") != ContentHash({1, 3}).of(R"({"a":1})"));
}
