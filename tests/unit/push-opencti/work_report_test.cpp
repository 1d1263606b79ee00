// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/ledger/work_report.hpp"

#include "tests/unit/catch.hpp"

namespace {

using push_opencti::fate_of;
using push_opencti::IngestError;
using push_opencti::LedgerWork;
using push_opencti::read_work_report;
using push_opencti::WorkFate;
using push_opencti::WorkReport;

constexpr std::int64_t now = 1'800'000'000;

struct Row {
  const char* what;
  std::int64_t objects, own, doubtful;  // as this tool knows them
  bool complete;
  std::int64_t expected, processed;  // as the platform says
  std::int64_t still;                // for so many seconds
  WorkFate fate;
};

WorkFate fate_of_row(const Row& row) {
  LedgerWork work;
  work.objects = row.objects;
  work.own = row.own;
  work.doubtful = row.doubtful;
  work.seen_expected = row.expected;
  work.seen_processed = row.processed;
  work.seen_at = now - row.still;
  WorkReport report;
  report.found = true;
  report.complete = row.complete;
  report.expected = row.expected;
  report.processed = row.processed;
  return fate_of(work, report, now);
}

}  // namespace

TEST_CASE("what has become of a work is decided by its numbers, and by how long they have stood still") {
  for (const Row& row : {
           Row{"all counted and processed", 81, 0, 0, true, 81, 81, 0, WorkFate::ingested},
           Row{"more counted than sent", 81, 0, 0, true, 90, 90, 0, WorkFate::ingested},
           Row{"half processed", 81, 0, 0, false, 81, 40, 0, WorkFate::running},
           Row{"complete, and nothing counted yet", 81, 0, 0, true, 0, 0, 0, WorkFate::running},
           Row{"6.8: complete, 1 of 255", 254, 1, 0, true, 255, 1, 0, WorkFate::running},
           Row{"6.8: complete with its hold alone", 254, 1, 0, true, 1, 1, 0, WorkFate::running},
           Row{"the same for ten minutes", 254, 1, 0, true, 1, 1, 600, WorkFate::running},
           Row{"6.8: complete with all", 254, 1, 0, true, 255, 255, 0, WorkFate::ingested},
           Row{"a part counted and done, the rest in the queue", 81, 0, 0, true, 20, 20, 0, WorkFate::running},
           Row{"the splitter dropped one", 81, 0, 0, true, 80, 80, 599, WorkFate::running},
           Row{"the splitter dropped one, ten minutes ago", 81, 0, 0, true, 80, 80, 600, WorkFate::ingested},
           Row{"left open by a killed run, all processed", 81, 0, 0, false, 81, 81, 0, WorkFate::ingested},
           Row{"left open with its hold", 81, 1, 0, false, 82, 81, 0, WorkFate::ingested},
           Row{"a lost push was counted", 2729, 0, 20, false, 2749, 2729, 599, WorkFate::running},
           Row{"a lost push was counted, ten minutes ago", 2729, 0, 20, false, 2749, 2729, 600, WorkFate::ingested},
           Row{"more is missing than was lost", 2729, 0, 19, false, 2749, 2729, 600, WorkFate::running},
           Row{"purged, a day ago", 81, 0, 0, false, 81, 40, 86'400, WorkFate::stuck},
           Row{"nothing counted, a day ago", 81, 0, 0, true, 0, 0, 86'400, WorkFate::stuck},
       }) {
    INFO(row.what);
    CHECK(static_cast<int>(fate_of_row(row)) == static_cast<int>(row.fate));
  }
}

TEST_CASE("a work that is not there is gone, and numbers that moved start their rest anew") {
  LedgerWork work;
  CHECK(fate_of(work, WorkReport{}, now) == WorkFate::gone);
  WorkReport report;
  report.found = true;
  report.expected = 5;
  CHECK(fate_of(work, report, now) == WorkFate::running);
  CHECK(work.seen_at == now);
  report.processed = 1;
  CHECK(fate_of(work, report, now + 90'000) == WorkFate::running);
  CHECK(work.seen_at == now + 90'000);
  // A clock that was set back does not make it look old.
  CHECK(fate_of(work, report, now) == WorkFate::running);
  CHECK(work.seen_at == now);
}

TEST_CASE("errors of a work are read with object, kind and reason") {
  const WorkReport report = read_work_report(R"({"status":"complete",
    "tracking":{"import_expected_number":3,"import_processed_number":2},"errors":[
    {"message":"{'name': 'UNSUPPORTED_ERROR', 'error_message': \"Cant add another relation on single ref\", 'x': 1}",
     "source":"{\"id\":\"file--1\",\"type\":\"file\"}"},
    {"message":"{'name': 'MISSING_REFERENCE_ERROR', 'error_message': 'Element(s) not found'}",
     "source":"{\"type\":\"bundle\",\"objects\":[{\"id\":\"relationship--1\",\"source_ref\":\"a--1\",\"target_ref\":\"b--1\"}]}"},
    {"message":"plain words","source":"Bundle too large"},
    {"message":null,"source":null}]})");
  CHECK(report.found);
  CHECK(report.complete);
  CHECK(report.expected == 3);
  CHECK(report.processed == 2);
  REQUIRE(report.errors.size() == 4);
  CHECK(report.errors[0].kind == IngestError::harmless);
  CHECK(report.errors[0].object == "file--1");
  CHECK(report.errors[0].reason == "Cant add another relation on single ref");
  CHECK(report.errors[1].kind == IngestError::missing_reference);
  CHECK(report.errors[1].object == "relationship--1");
  CHECK(report.errors[1].refers_to == std::vector<std::string>{"a--1", "b--1"});
  CHECK(report.errors[2].kind == IngestError::other);
  CHECK(report.errors[2].object.empty());
  CHECK(report.errors[2].reason == "plain words");
  CHECK(report.errors[3].object.empty());
}

TEST_CASE("an answer without a work, or none at all, is a work that is not there") {
  for (const char* text : {"", "null", "[]", "{", "7"}) CHECK_FALSE(read_work_report(text).found);
  const WorkReport strange = read_work_report(R"({"status":5,"tracking":null,"errors":{"a":1}})");
  CHECK(strange.found);
  CHECK_FALSE(strange.complete);
  CHECK(strange.errors.empty());
}
