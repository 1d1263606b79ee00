// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/ledger/ledger.hpp"

#include <unistd.h>

#include <filesystem>
#include <memory>

#include "common/program/failure.hpp"
#include "tests/unit/catch.hpp"

namespace {

using namespace push_opencti;

// A ledger in a folder of its own, and bundles for it.
class Scene {
 public:
  Scene() {
    std::string name = (std::filesystem::temp_directory_path() / "ledger-test.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
    folder_ = name;
  }
  ~Scene() { std::filesystem::remove_all(folder_); }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  std::string path() const { return folder_ + "/ledger"; }

  /// Opens it as a run does that finds `mark` in OpenCTI; `mark` is then the one that OpenCTI holds.
  std::unique_ptr<Ledger> open(const std::vector<WorkFate>& fates = {}, const std::string& version = "1") {
    auto ledger = std::make_unique<Ledger>(Ledger::Options{path(), "connector", version, false}, log_);
    std::size_t at = 0;
    for (LedgerWork& work : ledger->pending_works()) {
      const WorkFate fate = at < fates.size() ? fates[at] : WorkFate::running;
      WorkReport report = at == 0 ? first_report : WorkReport{};
      ++at;
      ledger->learn(std::move(work), std::move(report), fate);
    }
    mark = ledger->propose(mark);
    trusted = ledger->confirm();
    return ledger;
  }

  std::string mark;
  bool trusted = false;
  WorkReport first_report;

 private:
  std::string folder_;
  common::Log log_{"test", -1};
};

std::unique_ptr<Bundle> bundle(const std::string& objects, const std::string& incident = "7") {
  std::string text = R"({"type":"bundle","id":"bundle--1","objects":[)" + objects + "]}";
  const std::size_t size = text.size();
  text.append(64, '\0');
  auto read = std::make_unique<Bundle>();
  std::string reason;
  if (!BundleParser().parse({text.data(), size}, *read, reason)) throw std::runtime_error(reason);
  read->incident = incident;
  return read;
}

const std::string address = R"({"type":"ipv4-addr","id":"ipv4-addr--1","value":"1"})";
const std::string file = R"({"type":"file","id":"file--1","name":"a","parent_directory_ref":"directory--1"})";
const std::string file_renamed = R"({"type":"file","id":"file--1","name":"b","parent_directory_ref":"directory--1"})";

void record(Ledger& ledger, const Bundle& one, const std::vector<ToSend>& sent, const std::string& work) {
  const Ledger::Acknowledged acknowledged{&one, &sent, work, static_cast<std::int64_t>(sent.size()), 0, {}};
  ledger.record({&acknowledged, 1}, 0);
}

void push(Ledger& ledger, const Bundle& one, const std::string& work) { record(ledger, one, ledger.select(one), work); }

std::size_t selected(Scene& scene, const std::string& objects) {
  const auto one = bundle(objects);
  return scene.open()->select(*one).size();
}

}  // namespace

TEST_CASE("what is pending or held is not selected, what changed is") {
  Scene scene;
  const auto one = bundle(address + "," + file);
  auto ledger = scene.open();
  CHECK(ledger->select(*one).size() == 2);
  ledger->give_up(*one, ledger->select(*one));
  push(*ledger, *one, "work-1");
  CHECK(ledger->select(*one).empty());
  ledger.reset();
  ledger = scene.open({WorkFate::ingested});
  CHECK(scene.trusted);
  CHECK(ledger->select(*one).empty());
  const auto changed = bundle(address + "," + file_renamed);
  const auto sent = ledger->select(*changed);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].omitted == single_ref("parent_directory_ref"));
}

TEST_CASE("what was selected is not held until it was acknowledged") {
  Scene scene;
  const auto one = bundle(file);
  push(*scene.open(), *one, "work-1");
  const auto changed = bundle(file_renamed);
  {
    auto ledger = scene.open({WorkFate::ingested});
    ledger->select(*changed);
  }
  // The run was killed here. The former content is not held either, but the reference is.
  auto ledger = scene.open();
  const auto sent = ledger->select(*one);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].omitted != 0);
}

TEST_CASE("the objects of a work that is gone or stuck are not held, and their incidents are asked for three times") {
  Scene scene;
  const auto one = bundle(file);
  for (int time = 1; time <= 5; ++time) {
    auto ledger = scene.open({time % 2 == 0 ? WorkFate::gone : WorkFate::stuck});
    if (time > 1) CHECK(ledger->counts().unknown == 1);
    const auto asked = ledger->incidents_to_repeat();
    CHECK(asked == (time > 1 && time <= 4 ? std::vector<std::string>{"7"} : std::vector<std::string>{}));
    ledger->note_repeats_listed();
    const auto sent = ledger->select(*one);
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].omitted == 0);
    record(*ledger, *one, sent, "work-" + std::to_string(time));
  }
}

TEST_CASE("what has to be asked for again is kept until it was listed") {
  Scene scene;
  push(*scene.open(), *bundle(file), "work-1");
  CHECK(scene.open({WorkFate::gone})->incidents_to_repeat().size() == 1);
  CHECK(scene.open()->incidents_to_repeat().size() == 1);
  scene.open()->note_repeats_listed();
  CHECK(scene.open()->incidents_to_repeat().empty());
}

TEST_CASE("a full list of errors says nothing about the other objects") {
  Scene scene;
  push(*scene.open(), *bundle(address), "work-1");
  scene.first_report.found = true;
  scene.first_report.errors.assign(100, WorkError{IngestError::harmless, "file--9", "known"});
  auto ledger = scene.open({WorkFate::ingested});
  CHECK(ledger->select(*bundle(address)).size() == 1);
  CHECK(ledger->counts().unknown == 1);
  CHECK(ledger->incidents_to_repeat().empty());
}

TEST_CASE("an error without its object is that of one that is too long to be shown, else of any") {
  const std::string large = R"({"type":"url","id":"url--1","value":")" + std::string(60'000, 'x') + "\"}";
  for (const bool has_large : {true, false}) {
    Scene scene;
    push(*scene.open(), *bundle(has_large ? address + "," + large : address), "work-1");
    scene.first_report.found = true;
    scene.first_report.errors = {WorkError{IngestError::other, "", "reason"}};
    auto ledger = scene.open({WorkFate::ingested});
    CHECK(ledger->select(*bundle(address)).size() == (has_large ? 0 : 1));
    if (has_large) CHECK(ledger->select(*bundle(large)).size() == 1);
  }
}

TEST_CASE("two contents of one object on their way at once leave it open which one OpenCTI has") {
  Scene scene;
  auto ledger = scene.open();
  const auto first = bundle(file);
  const auto second = bundle(file_renamed, "8");
  const auto first_sent = ledger->select(*first);
  const auto second_sent = ledger->select(*second);
  record(*ledger, *second, second_sent, "work-1");
  record(*ledger, *first, first_sent, "work-1");
  CHECK(ledger->select(*first).size() == 1);
  ledger->give_up(*first, first_sent);
  CHECK(ledger->select(*second).size() == 1);
}

TEST_CASE("a ledger whose mark OpenCTI does not hold is emptied") {
  Scene scene;
  push(*scene.open(), *bundle(address), "work-1");
  const std::string old = scene.mark;
  scene.open({WorkFate::ingested});
  SECTION("another mark") { scene.mark = "0badcafe:3"; }
  SECTION("none") { scene.mark.clear(); }
  SECTION("an earlier one") { scene.mark = old; }
  SECTION("one that is no mark") { scene.mark = "x"; }
  CHECK(selected(scene, address) == 1);
  CHECK_FALSE(scene.trusted);
}

TEST_CASE("a mark that was proposed and never confirmed may have reached OpenCTI or not") {
  for (const bool reached : {true, false}) {
    Scene scene;
    push(*scene.open(), *bundle(address), "work-1");
    scene.open({WorkFate::ingested});
    {
      common::Log log("test", -1);
      Ledger ledger({scene.path(), "connector", "1", false}, log);
      const std::string proposed = ledger.propose(scene.mark);
      if (reached) scene.mark = proposed;
    }
    CHECK(selected(scene, address) == 0);
    CHECK(scene.trusted);
  }
}

TEST_CASE("another version and another connector empty the ledger") {
  Scene scene;
  push(*scene.open(), *bundle(address), "work-1");
  CHECK(scene.open({}, "2")->select(*bundle(address)).size() == 1);
}

TEST_CASE("a ledger that is in use is left alone") {
  Scene scene;
  const auto ledger = scene.open();
  CHECK_THROWS_AS(scene.open(), common::Failure);
}

TEST_CASE("ids of every form are kept apart") {
  Scene scene;
  LedgerStore store(scene.path(), Database::Access::write);
  const std::vector<std::string> ids = {"file--8d0f7c52-1f0b-4c0e-9a55-2f0c6f1f7e10",
                                        "file--8D0F7C52-1f0b-4c0e-9a55-2f0c6f1f7e10",
                                        "x-file--8d0f7c52-1f0b-4c0e-9a55-2f0c6f1f7e10",
                                        "--8d0f7c52-1f0b-4c0e-9a55-2f0c6f1f7e10",
                                        "8d0f7c52-1f0b-4c0e-9a55-2f0c6f1f7e10",
                                        "",
                                        "x",
                                        std::string("\1") + "0123456789abcdeffile"};
  std::int64_t number = 0;
  for (const std::string& id : ids) store.put(id, {static_cast<std::uint64_t>(++number), 0, 1, 0, 0});
  number = 0;
  for (const std::string& id : ids) CHECK(store.find(id)->content == static_cast<std::uint64_t>(++number));
  std::set<std::string> seen;
  store.each_object([&](const std::string& id, const HeldObject&) { seen.insert(id); });
  CHECK(seen == std::set<std::string>(ids.begin(), ids.end()));
}
