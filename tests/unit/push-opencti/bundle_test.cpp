// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/bundle/bundle.hpp"

#include <algorithm>
#include <set>

#include "tests/unit/catch.hpp"
#include "tests/unit/push-opencti/fake_platform.hpp"
#include "tools/push-opencti/bundle/bundle_splitter.hpp"
#include "tools/push-opencti/bundle/case_identities.hpp"
#include "tools/push-opencti/bundle/merge_bundles.hpp"

using namespace push_opencti;
using namespace push_opencti::testing;

namespace {

// simdjson reads up to 64 bytes beyond the text.
bool parse(const std::string& line, Bundle& bundle, std::string& reason) {
  BundleParser parser;
  std::string padded = line;
  padded.resize(line.size() + 64, '\0');
  return parser.parse({padded.data(), line.size()}, bundle, reason);
}

std::shared_ptr<const Bundle> parsed(const std::string& line) {
  auto bundle = std::make_shared<Bundle>();
  std::string reason;
  INFO(line);
  REQUIRE(parse(line, *bundle, reason));
  return bundle;
}

std::string refusal(const std::string& line) {
  Bundle bundle;
  std::string reason;
  CHECK_FALSE(parse(line, bundle, reason));
  return reason;
}

std::string bundle_of(const std::string& objects) {
  return R"({"type":"bundle","id":"bundle--1","objects":[)" + objects + "]}";
}

std::vector<std::string> ids_of(const std::string& line) {
  std::vector<std::string> ids;
  const auto bundle = parsed(line);
  for (const ObjectText& object : bundle->objects) ids.emplace_back(object.id);
  return ids;
}

}  // namespace

TEST_CASE("a bundle is known by its only case") {
  const auto bundle = parsed(bundle_line(7, "2026-01-01T00:00:00.1234567Z"));
  CHECK(bundle->incident == "7");
  CHECK(bundle->last_update == "2026-01-01T00:00:00.1234567Z");
  CHECK(bundle->object_count == 4);
  CHECK(bundle->id == "bundle--00000007-0000-4000-8000-000000000000");
}

TEST_CASE("a bundle with no case, or with two, belongs to no incident") {
  CHECK(parsed(bundle_of(R"({"type":"ipv4-addr","id":"ipv4-addr--1"})"))->incident.empty());
  const std::string one =
      R"({"type":"case-incident","id":"case-incident--1","external_references":[{"external_id":"1"}],"x_graph_last_update":"2026-01-01T00:00:00Z"})";
  const std::string two =
      R"({"type":"case-incident","id":"case-incident--2","external_references":[{"external_id":"2"}],"x_graph_last_update":"2026-01-02T00:00:00Z"})";
  const auto both = parsed(bundle_of(one + "," + two));
  CHECK(both->incident.empty());
  CHECK(both->last_update.empty());
  CHECK(both->object_count == 2);
}

TEST_CASE("of a merged incident the case that took it over, which is only named, does not count") {
  const auto bundle = parsed(
      bundle_of(R"({"type":"case-incident","id":"case-incident--1","external_references":[{"external_id":"41"}],)"
                R"("x_graph_last_update":"2026-01-01T00:00:00Z","x_graph_merged_into":"42"},)"
                R"({"type":"case-incident","id":"case-incident--2","name":"Incident 42"})"));
  CHECK(bundle->incident == "41");
  CHECK(bundle->case_id == "case-incident--1");
  CHECK(bundle->merged_into == "42");
  CHECK(bundle->last_update == "2026-01-01T00:00:00Z");
}

TEST_CASE("two incidents of one case are found, and versions of one incident are not") {
  CaseIdentities cases;
  const auto bundle_of_incident = [](int incident) {
    return parsed(
        bundle_of(R"({"type":"case-incident","id":"case-incident--1","external_references":[{"external_id":")" +
                  std::to_string(incident) + R"("}]})"));
  };
  CHECK_FALSE(cases.knows("case-incident--1"));
  CHECK_FALSE(cases.note(*bundle_of_incident(41)));
  CHECK_FALSE(cases.note(*bundle_of_incident(41)));
  CHECK(cases.knows("case-incident--1"));
  CHECK(cases.note(*bundle_of_incident(42)) == "41");
  CHECK_FALSE(cases.note(*parsed(bundle_line(7, "2026-01-01T00:00:00Z"))));
}

TEST_CASE("a last update that is no timestamp does not count") {
  const auto bundle = parsed(bundle_line(7, "yesterday"));
  CHECK(bundle->incident == "7");
  CHECK(bundle->last_update.empty());
}

TEST_CASE("what is no bundle is refused with the reason") {
  CHECK(refusal("not json") == "not a JSON object");
  CHECK_THAT(refusal(R"({"type":"bundle","id":"bundle--1","objects":[{"type":"a","id":"b"}])"),
             contains_text("not JSON"));
  CHECK(refusal("[]") == "not a JSON object");
  CHECK(refusal(R"({"type":"report","id":"report--1","objects":[{"type":"a","id":"b"}]})") == "not a STIX bundle");
  CHECK(refusal(R"({"type":"bundle","objects":[{"type":"a","id":"b"}]})") == "a bundle without an id");
  CHECK(refusal(R"({"type":"bundle","id":"bundle--1","objects":[]})") == "a bundle without objects");
  CHECK(refusal(R"({"type":"bundle","id":"bundle--1"})") == "a bundle without objects");
  CHECK(refusal(bundle_of("1")) == "a bundle with an object that has no type or no id");
  CHECK(refusal(bundle_of(R"({"type":"a"})")) == "a bundle with an object that has no type or no id");
}

TEST_CASE("a record of an earlier stage is refused with the advice where to put it") {
  for (const std::string incident :
       {R"({"id":"7","lastUpdateDateTime":"2026-01-01T00:00:00Z"})", R"({"IncidentNumber":7})", R"({"value":[]})"}) {
    INFO(incident);
    CHECK_THAT(refusal(incident), contains_text("put map-stix in front"));
  }
  CHECK_THAT(refusal(R"({"token_type":"Bearer","access_token":"secret"})"), contains_text("fetch-incidents takes it"));
}

TEST_CASE("objects are found whatever surrounds them") {
  const std::string text =
      R"( { "objects" : [ {"a":"]}\"","id" : "x--1","type":"x"} , {"n":{"id":"no"},"type":"y","id":"y--2"} ], "type":"bundle","id":"bundle--1" } )";
  const auto bundle = parsed(text);
  const auto& objects = bundle->objects;
  REQUIRE(objects.size() == 2);
  CHECK(objects[0].id == "x--1");
  CHECK(objects[0].text == R"({"a":"]}\"","id" : "x--1","type":"x"})");
  CHECK(objects[1].id == "y--2");
  CHECK(objects[1].type == "y");
}

TEST_CASE("united bundles hold each id once, in the order of first appearance") {
  const std::string a = bundle_line(1, "2026-01-01T00:00:00Z");
  const std::string b = bundle_line(2, "2026-01-02T00:00:00Z");
  const std::vector<std::shared_ptr<const Bundle>> both = {parsed(a), parsed(b)};
  const std::string united = merge_bundles(both);
  CHECK(parsed(united)->object_count == 6);
  CHECK(ids_of(united)[2] == "ipv4-addr--00000001-0000-4000-8000-000000000000");
  CHECK(ids_of(united)[4] == "ipv4-addr--00000002-0000-4000-8000-000000000000");
}

TEST_CASE("of an id that comes twice lists are united and later scalars win") {
  const std::string a =
      bundle_of(R"({"type":"t","id":"t--1","labels":["x","y"],"name":"old","only_a":1,"hashes":{"MD5":"m"}})");
  const std::string b =
      bundle_of(R"({"type":"t","id":"t--1","labels":["y","z"],"name":"new","only_b":null,"hashes":{"SHA-1":"s"}})");
  const std::vector<std::shared_ptr<const Bundle>> both = {parsed(a), parsed(b)};
  const auto objects_text = merge_bundles(both);
  CHECK_THAT(
      objects_text,
      contains_text(
          R"({"type":"t","id":"t--1","labels":["x","y","z"],"name":"new","only_a":1,"hashes":{"MD5":"m","SHA-1":"s"},"only_b":null})"));
}

TEST_CASE("a null does not wipe out what an earlier bundle said") {
  const std::string a = bundle_of(R"({"type":"t","id":"t--1","name":"kept"})");
  const std::string b = bundle_of(R"({"type":"t","id":"t--1","name":null})");
  const std::vector<std::shared_ptr<const Bundle>> both = {parsed(a), parsed(b)};
  CHECK_THAT(merge_bundles(both), contains_text(R"("name":"kept")"));
}

TEST_CASE("a bundle of one object is pushed with a marking beside it, and only such a one") {
  const std::string text = text_to_push(*parsed(bundle_of(R"({"type":"ipv4-addr","id":"ipv4-addr--1"})")));
  const std::string clear = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9";
  CHECK(ids_of(text) == std::vector<std::string>{"ipv4-addr--1", clear});
  const std::string marking = bundle_of(R"({"type":"marking-definition","id":")" + clear + R"("})");
  CHECK(ids_of(text_to_push(*parsed(marking))) ==
        std::vector<std::string>{clear, "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"});
  const std::string two = bundle_line(1, "2026-01-01T00:00:00Z");
  CHECK(text_to_push(*parsed(two)) == two);
}

TEST_CASE("a cut bundle loses nothing, and every reference of a piece lies in it or in an earlier one") {
  std::string objects =
      R"({"type":"report","id":"report--1","object_refs":["b--1","b--2"],"created_by_ref":"identity--1"})";
  for (int i = 1; i <= 200; ++i) {
    objects += R"(,{"type":"b","id":"b--)" + std::to_string(i) + R"(","of_ref":"a--)" + std::to_string(i) +
               R"(","created_by_ref":"identity--1","object_marking_refs":["marking-definition--1"]})";
  }
  for (int i = 1; i <= 200; ++i) objects += R"(,{"type":"a","id":"a--)" + std::to_string(i) + R"("})";
  objects += R"(,{"type":"identity","id":"identity--1"},{"type":"marking-definition","id":"marking-definition--1"})";
  const auto whole = parsed(bundle_of(objects));
  BundleSplitter splitter(*whole, 3000);
  REQUIRE(splitter.left() > 5);
  std::set<std::string> seen;
  while (const auto piece = splitter.next()) {
    const std::string text = splitter.text(*piece);
    CHECK(text.size() <= 3000);
    const auto part = parsed(text);
    CHECK(part->id == "bundle--1");
    const auto ids = ids_of(text);
    CHECK(std::count(ids.begin(), ids.end(), "identity--1") == 1);
    CHECK(std::count(ids.begin(), ids.end(), "marking-definition--1") == 1);
    seen.insert(ids.begin(), ids.end());
    for (const ObjectText& object : part->objects) {
      const std::size_t at = object.text.find("of_ref\":\"");
      if (at == std::string_view::npos) continue;
      const std::string_view rest = object.text.substr(at + 9);
      CHECK(seen.contains(std::string(rest.substr(0, rest.find('"')))));
    }
  }
  CHECK(seen.size() == 403);
  CHECK(seen.contains("report--1"));
}

TEST_CASE("a bundle of author and marking alone is cut as well") {
  const auto whole =
      parsed(bundle_of(R"({"type":"identity","id":"identity--1","object_marking_refs":["marking-definition--1"]},)"
                       R"({"type":"marking-definition","id":"marking-definition--1","created_by_ref":"identity--1"})"));
  BundleSplitter splitter(*whole, 250);
  std::set<std::string> seen;
  while (const auto piece = splitter.next()) {
    for (const ObjectText& object : piece->objects) seen.emplace(object.id);
  }
  CHECK(seen == std::set<std::string>{"identity--1", "marking-definition--1"});
}

TEST_CASE("a case whose references do not fit one message is divided: all references, each part with all the rest") {
  std::string references;
  std::set<std::string> expected;
  for (int i = 0; i < 500; ++i) {
    const std::string id = "ipv4-addr--" + std::to_string(i);
    references += (i > 0 ? ",\"" : "\"") + id + "\"";
    expected.insert("\"" + id + "\"");
  }
  const std::string a_case = R"({"type":"case-incident","id":"case-incident--1","name":"big","object_refs":[)" +
                             references + R"(],"x_last":1})";
  const auto parts = split_references(a_case, 1000);
  REQUIRE(parts.size() > 8);
  std::set<std::string> seen;
  for (const std::string& part : parts) {
    CHECK(part.size() <= 1000);
    CHECK_THAT(part, contains_text(R"({"type":"case-incident","id":"case-incident--1","name":"big","object_refs":[")"));
    CHECK(part.ends_with(R"(],"x_last":1})"));
    for (const std::string& id : expected) {
      if (part.find(id) != std::string::npos) CHECK(seen.insert(id).second);
    }
  }
  CHECK(seen == expected);
}

TEST_CASE("what has no references to divide, or too much beside them, stays whole") {
  const std::string file = R"({"type":"file","id":"file--1","name":")" + std::string(2000, 'x') + R"("})";
  CHECK(split_references(file, 1000) == std::vector<std::string>{file});
  const std::string wordy = R"({"type":"case-incident","id":"case-incident--1","name":")" + std::string(2000, 'x') +
                            R"(","object_refs":["a--1","a--2"]})";
  CHECK(split_references(wordy, 1000) == std::vector<std::string>{wordy});
  CHECK(halve_references(wordy).size() == 2);
}

TEST_CASE("objects that refer to one another in a circle are all in the order") {
  const auto bundle = parsed(bundle_of(
      R"({"type":"a","id":"a--1","x_ref":"a--2"},{"type":"a","id":"a--2","x_ref":"a--3"},{"type":"a","id":"a--3","x_ref":"a--1"},{"type":"a","id":"a--4","x_ref":"a--4"})"));
  CHECK(DependencyOrder(*bundle, 1000).steps().size() == 4);
}

TEST_CASE("a chain as long as a bundle can hold does not exhaust the stack") {
  std::string objects = R"({"type":"a","id":"a--0"})";
  for (int i = 1; i < 50000; ++i)
    objects += R"(,{"type":"a","id":"a--)" + std::to_string(50000 - i) + R"(","x_ref":"a--)" +
               std::to_string(49999 - i) + R"("})";
  const auto bundle = parsed(bundle_of(objects));
  const DependencyOrder order(*bundle, 1000);
  REQUIRE(order.steps().size() == 50000);
  CHECK(order.steps().front().object.id == "a--0");
  CHECK(order.steps().back().object.id == "a--49999");
}
