// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/amqp/amqp_message.hpp"

#include <simdjson.h>

#include "tests/stand-in/base64.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/push-opencti/fake_platform.hpp"

using namespace push_opencti;
using namespace push_opencti::testing;

namespace {

MessageFrame frame_at(const char* version) { return {*parse_platform_version(version), "user-1", "work_1", ""}; }

std::string content_of(const std::string& body) {
  simdjson::dom::parser parser;
  const std::string_view content = parser.parse(body)["content"];
  return stand_in::base64_decoded(content);
}

std::string without_content(const std::string& body) {
  const std::size_t begin = body.find("\"content\":\"");
  const std::size_t end = body.find('"', begin + 11);
  return body.substr(0, begin) + body.substr(end + 2);
}

}  // namespace

TEST_CASE("a message says what the worker of its version reads") {
  const auto bundle = bundle_of(bundle_line(7, "2026-01-01T00:00:00Z"), 0);
  const BundleMessages messages(*bundle);
  REQUIRE(messages.count() == 4);
  CHECK(
      without_content(messages.body(3, frame_at("6.4.5"))) ==
      R"({"bundle_type":"QUEUE_BUNDLE","applicant_id":"user-1","action_sequence":4,"entities_types":[],"update":false,)"
      R"("draft_id":null,"work_id":"work_1"})");
  CHECK(
      without_content(messages.body(0, frame_at("6.9.17"))) ==
      R"({"bundle_type":"QUEUE_BUNDLE","applicant_id":"user-1","action_sequence":1,"entities_types":[],"update":false,)"
      R"("draft_id":null,"no_split":false,"work_id":"work_1"})");
  MessageFrame with_draft = frame_at("7.260817.0");
  with_draft.draft_id = "draft-1";
  CHECK_THAT(messages.body(0, with_draft), contains_text(R"("draft_id":"draft-1")"));
}

TEST_CASE("a message's content is a bundle of one object, marked as the platform's splitter marks it") {
  const auto bundle = bundle_of(bundle_line(7, "2026-01-01T00:00:00Z"), 0);
  const BundleMessages messages(*bundle);
  CHECK(
      content_of(messages.body(0, frame_at("6.9.17"))) ==
      R"({"type":"bundle","id":"bundle--00000007-0000-4000-8000-000000000000","spec_version":"2.1","x_opencti_seq":1,"objects":[{"type":"identity",)"
      R"("id":"identity--11111111-1111-5111-8111-111111111111","name":"Microsoft Sentinel","nb_deps":1}]})");
  // The case needs itself, its author, and the address with its marking.
  CHECK_THAT(content_of(messages.body(3, frame_at("6.9.17"))), contains_text(R"("nb_deps":4}]})"));
}

TEST_CASE("base64 is that of RFC 4648, at every remainder") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64(std::string("\xff\xfe\x00", 3)) == "//4A");
}
