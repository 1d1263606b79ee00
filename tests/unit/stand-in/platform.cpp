// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/platform.hpp"

#include "tests/unit/catch.hpp"

#include <limits>

using stand_in::Json;
using stand_in::Platform;
using stand_in::PlatformError;
using stand_in::Version;

namespace {

constexpr const char* two_objects =
    R"({"type":"bundle","objects":[{"id":"a--1","type":"a"},{"id":"b--1","type":"b"}]})";
constexpr const char* one_object = R"({"type":"bundle","objects":[{"id":"a--1","type":"a"}]})";
constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();

/// A platform of one version with one registered connector, "c".
struct Fixture {
  explicit Fixture(const char* version) : platform(Version::parse(version), version, {}, clock) { register_again(); }

  Json register_again() {
    return platform.register_connector(Json().set("id", "c").set("name", "Test").set("type", "EXTERNAL_IMPORT"));
  }
  std::string open_work(bool multipart = false) { return platform.add_work("c", "run", multipart).text("id"); }
  std::string status(const std::string& work) const { return platform.work(work).text("status"); }
  std::int64_t expected(const std::string& work) const {
    return platform.work(work).find("tracking")->number("import_expected_number");
  }
  std::int64_t processed(const std::string& work) const {
    return platform.work(work).find("tracking")->number("import_processed_number");
  }
  std::int64_t lost() const { return platform.ledger().number("lost_messages"); }
  std::string state() const { return platform.connector("c").text("connector_state", "(none)"); }

  stand_in::Clock clock;
  Platform platform;
};

}  // namespace

TEST_CASE("a ping stores the state, and register leaves it alone") {
  Fixture here("7.260817.0");
  CHECK(here.platform.connector("c").find("connector_state")->is_null());
  CHECK(here.platform.ping_connector("c", "{\"a\":1}", {}).text("connector_state") == "{\"a\":1}");
  CHECK(here.register_again().text("connector_state") == "{\"a\":1}");
}

TEST_CASE("the first ping after a reset takes the mark away and stores nothing") {
  Fixture here("7.260817.0");
  here.platform.ping_connector("c", "old", {});
  here.platform.push_bundle("c", two_objects, "");
  here.platform.reset_state("c");
  CHECK(here.platform.connector("c").find("connector_queue_details")->number("messages_number") == 0);
  here.clock.advance(400);
  const Json info = Json().set("buffering", true);
  CHECK(here.platform.ping_connector("c", "mine", info).text("connector_state") == "");
  CHECK(here.platform.connector("c").find("connector_info")->is_null());
  CHECK_FALSE(here.platform.connector("c").flag("active"));
  CHECK(here.platform.ping_connector("c", "mine", {}).text("connector_state") == "mine");
  CHECK(here.platform.connector("c").flag("active"));
}

TEST_CASE("a connector is active until 300 s after its last register or ping") {
  Fixture here("7.260817.0");
  here.clock.advance(299);
  CHECK(here.platform.connector("c").flag("active"));
  here.clock.advance(2);
  CHECK_FALSE(here.platform.connector("c").flag("active"));
}

TEST_CASE("an unknown connector cannot ping, and its bundles are invalid") {
  Fixture here("7.260817.0");
  here.platform.delete_connector("c");
  CHECK_THROWS_AS(here.platform.ping_connector("c", "x", {}), PlatformError);
  try {
    here.platform.push_bundle("c", two_objects, "");
    FAIL("accepted");
  } catch (const PlatformError& error) {
    CHECK(error.code() == "UNSUPPORTED_ERROR");
  }
}

TEST_CASE("a bundle is refused that is no JSON, of another type, or empty") {
  Fixture here("7.260817.0");
  for (const char* bundle : {"", "{", "[]", "{}", R"({"type":"report","objects":[{}]})", R"({"type":"bundle"})",
                             R"({"type":"bundle","objects":[]})", R"({"type":"bundle","objects":{}})"}) {
    CAPTURE(bundle);
    CHECK_THROWS_AS(here.platform.push_bundle("c", bundle, ""), PlatformError);
  }
}

TEST_CASE("up to 7.260817 the worker adds a split bundle's expectations and nobody a single object's") {
  Fixture here("7.260817.0");
  const auto work = here.open_work();
  here.platform.push_bundle("c", two_objects, work);
  CHECK(here.expected(work) == 0);
  CHECK(here.platform.run_worker(1) == 1);
  CHECK(here.expected(work) == 2);
  CHECK(here.platform.run_worker(all) == 2);
  CHECK(here.status(work) == "complete");

  const auto single = here.open_work();
  here.platform.push_bundle("c", one_object, single);
  here.platform.run_worker(all);
  CHECK(here.expected(single) == 0);
  CHECK(here.processed(single) == 1);
}

TEST_CASE("after 7.260817 the push itself splits and adds the expectations") {
  Fixture here("7.260824.0");
  const auto work = here.open_work();
  here.platform.push_bundle("c", two_objects, work);
  CHECK(here.expected(work) == 2);
  here.platform.push_bundle("c", one_object, work);
  CHECK(here.expected(work) == 3);
  here.platform.run_worker(all);
  CHECK(here.status(work) == "complete");
}

TEST_CASE("at 6.4 a push opens a work of the platform's own, whatever work is named") {
  Fixture here("6.4.5");
  const auto work = here.open_work();
  here.platform.push_bundle("c", two_objects, work);
  here.platform.run_worker(all);
  CHECK(here.processed(work) == 0);
  CHECK(here.platform.state("").find("works")->array().size() == 2);
}

TEST_CASE("before 7.260422 more processed than expected is not complete") {
  Fixture strict("7.260416.0");
  const auto stuck = strict.open_work();
  strict.platform.push_bundle("c", one_object, stuck);
  strict.platform.run_worker(all);
  CHECK(strict.status(stuck) == "progress");
  Fixture later("7.260422.0");
  const auto done = later.open_work();
  later.platform.push_bundle("c", one_object, done);
  later.platform.run_worker(all);
  CHECK(later.status(done) == "complete");
}

TEST_CASE("from 6.8.7 to 7.260507 toProcessed on a work that counts as complete loses what is still queued") {
  const auto lost_at = [](const char* version) {
    Fixture here(version);
    const auto work = here.open_work();
    here.platform.push_bundle("c", two_objects, work);
    here.platform.process_work(work, "done", false);
    here.platform.run_worker(all);
    return here.lost();
  };
  CHECK(lost_at("6.8.6") == 0);
  CHECK(lost_at("6.8.7") == 1);
  CHECK(lost_at("7.260507.0") == 1);
  CHECK(lost_at("7.260521.0") == 0);
}

TEST_CASE("an expectation held open keeps the work alive over toProcessed") {
  Fixture here("6.9.17");
  const auto work = here.open_work();
  here.platform.add_expectations(work, 1);
  here.platform.push_bundle("c", two_objects, work);
  here.platform.process_work(work, "done", false);
  CHECK(here.platform.is_work_alive(work));
  here.platform.report_expectation(work, {});
  here.platform.run_worker(all);
  CHECK(here.lost() == 0);
  CHECK(here.platform.ledger().number("ingested_objects") == 2);
  CHECK(here.status(work) == "complete");
}

TEST_CASE("a multipart work completes only once it is marked processed") {
  Fixture here("7.260817.0");
  const auto work = here.open_work(true);
  here.platform.push_bundle("c", two_objects, work);
  here.platform.run_worker(all);
  CHECK(here.status(work) == "progress");
  here.platform.push_bundle("c", two_objects, work);
  here.platform.run_worker(1);
  here.platform.process_work(work, "done", false);
  CHECK(here.status(work) == "progress");
  here.platform.run_worker(all);
  CHECK(here.status(work) == "complete");
}

TEST_CASE(
    "the connector manager completes open works older than the one last reported, and kills them where it "
    "does") {
  for (const char* version : {"6.9.17", "7.260817.0"}) {
    CAPTURE(version);
    Fixture here(version);
    const auto old = here.open_work();
    here.platform.push_bundle("c", two_objects, old);
    const auto recent = here.open_work();
    here.platform.report_expectation(recent, {});
    here.platform.close_old_works();
    CHECK(here.status(old) == "complete");
    here.platform.run_worker(all);
    CHECK(here.lost() == (std::string(version) == "6.9.17" ? 1 : 0));
  }
}

TEST_CASE("messages of a deleted work are lost since 6.8.7") {
  Fixture here("7.260817.0");
  const auto work = here.open_work();
  here.platform.push_bundle("c", two_objects, work);
  here.platform.delete_work(work);
  here.platform.run_worker(all);
  CHECK(here.lost() == 1);
}

TEST_CASE("the ledger knows each incident's last update from its case, acknowledged and ingested") {
  Fixture here("7.260817.0");
  here.platform.push_bundle("c", R"({"type":"bundle","objects":[{"type":"identity","id":"identity--1"},
    {"id":"case-incident--1","type":"case-incident","external_references":[{"source_name":"x"},{"external_id":"42"}],
     "x_graph_last_update":"2026-01-01T00:00:00.1Z"}]})",
                            "");
  CHECK(here.platform.ledger().find("acknowledged")->text("42") == "2026-01-01T00:00:00.1Z");
  CHECK(here.platform.ledger().find("ingested")->object().empty());
  here.platform.run_worker(all);
  CHECK(here.platform.ledger().find("ingested")->text("42") == "2026-01-01T00:00:00.1Z");
}

TEST_CASE("a message of the AMQP path counts as a bundle once a worker has taken it") {
  Fixture here("7.260817.0");
  const auto work = here.open_work();
  here.platform.add_expectations(work, 1);
  here.platform.deliver_message(
      "c", Json().set("work_id", work).set("content", "eyJ0eXBlIjoiYnVuZGxlIiwib2JqZWN0cyI6W3siaWQiOiJhLS0xIn1dfQ=="));
  here.platform.run_worker(all);
  CHECK(here.status(work) == "complete");
  CHECK_THROWS(here.platform.deliver_message("c", Json().set("content", "???")));
}
