// SPDX-License-Identifier: Apache-2.0
// Inputs that once cost time or room out of proportion.
#include <ctime>

#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/mapped.hpp"

namespace {

// What the cases here take is tens of milliseconds, and was tens of seconds. CPU time, since machines are busy.
void check_quick(const std::string& incident) {
  const std::clock_t begin = std::clock();
  Mapped mapped(incident);
  CHECK(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC < 8.0);
}

std::string hash_of(std::size_t number) {
  std::string digits = std::to_string(number);
  return std::string(32 - digits.size(), '0') + digits;
}

std::string file_on_device(std::size_t number) {
  return evidence_of("file", R"("mdeDeviceId":"d","fileDetails":{"md5":")" + hash_of(number) + "\"}");
}

// COUNT pieces of evidence with a comma between them.
template <typename Make>
std::string repeated(std::size_t count, const Make& make) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) all += ',';
    all += make(i);
  }
  return all;
}

}  // namespace

TEST_CASE("a device that comes with each of many alerts costs no more than one") {
  const std::string device = evidence_of("device", R"("deviceDnsName":"ws.corp.example","mdeDeviceId":"d")");
  check_quick(incident_with(repeated(20000, [&](std::size_t i) { return i % 2 == 0 ? device : file_on_device(i); })));
}

TEST_CASE("a malware that comes many times costs no more than once") {
  const std::string malware = evidence_of("malware", R"("name":"Acme.A")");
  const std::string hash =
      evidence_of("fileHash", R"("verdict":"malicious","algorithm":"md5","value":")" + hash_of(7) + "\"");
  check_quick(incident_with(repeated(20000, [&](std::size_t i) { return i % 2 == 0 ? malware : hash; })));
}

TEST_CASE("many malware and many addresses make no product of both") {
  const auto alert = [](std::size_t i) {
    const std::string n = std::to_string(i);
    return i % 2 == 0 ? bad_ip("198.51." + std::to_string(i / 200) + "." + std::to_string(i % 200))
                      : evidence_of("malware", R"("name":"Acme.)" + n + "\"");
  };
  Mapped mapped(incident_with(repeated(400, alert)));
  CHECK(mapped.all("malware").size() == 200);
  CHECK(mapped.all("indicator").size() == 200);
  std::size_t indicates = 0;
  for (const common::Json one : mapped.all("relationship")) indicates += one["relationship_type"].text() == "indicates";
  CHECK(indicates == 200);  // each the incident
}

TEST_CASE("much malware of one file that comes under many names costs no more than as much of many files") {
  const auto piece = [](std::size_t i) {
    const std::string n = std::to_string(i);
    const std::string details = R"("fileDetails":{"md5":")" + hash_of(7) + "\"";
    return i % 2 == 0 ? evidence_of("file", R"("verdict":"malicious",)" + details + R"(,"fileName":"f)" + n + "\"}")
                      : evidence_of("malware", R"("name":"Acme.)" + n + R"(","files":[{)" + details + "}}]");
  };
  Mapped few(incident_with(repeated(20, piece)));
  // One indicator is made, and 10 malware name its file; the other names of the file add the relationship to the
  // incident.
  CHECK(few.all("indicator").size() == 1);
  for (const common::Json malware : few.all("malware"))
    CHECK(few.relationship("indicates", few.all("indicator")[0], malware));
  check_quick(incident_with(repeated(20000, piece)));
}

TEST_CASE("ten thousand starts of one process cost no more than as many processes") {
  const auto start = [](std::size_t i) {
    const std::string n = std::to_string(i);
    return evidence_of("process", R"("processCommandLine":"x","processCreationDateTime":"2026-03-02T07:00:00Z",)"
                                  R"("parentProcessCreationDateTime":"2026-03-02T07:00:00Z","processId":)" +
                                      n + R"(,"parentProcessId":)" + n);
  };
  check_quick(incident_with(repeated(10000, start)));
  const auto twin = [](std::size_t i) {
    return evidence_of("process", R"("processCreationDateTime":"2026-03-02T07:00:00Z","processId":1,)"
                                  R"("parentProcessCreationDateTime":"2026-03-02T07:00:00Z","parentProcessId":1,)"
                                  R"("processCommandLine":"x)" +
                                      std::to_string(i) + "\"");
  };
  Mapped twins(incident_with(repeated(50, twin)));
  CHECK(twins.all("relationship").size() == 50 + 49);  // to the incident, and from the first start that fits
}

TEST_CASE("a long list of unusable values costs no more than as many short ones") {
  const std::string list = repeated(120000, [](std::size_t) { return std::string(R"({"ipAddress":"x"})"); });
  Mapped few(incident_with(evidence_of("dns", R"("domainName":"a.example","ipAddresses":[{"ipAddress":"x"}])")));
  CHECK(few.warnings("no address") == 1);
  check_quick(incident_with(evidence_of("dns", R"("domainName":"a.example","ipAddresses":[)" + list + "]")));
}

TEST_CASE("of several names for one device the first is joined with what was seen there") {
  const auto device = [](std::size_t i) {
    return evidence_of("device", R"("mdeDeviceId":"d","hostName":"h)" + std::to_string(i) + "\"");
  };
  Mapped mapped(incident_with(repeated(3, file_on_device) + "," + repeated(3, device)));
  const auto files = mapped.all("file");
  REQUIRE(files.size() == 3);
  for (const common::Json file : files) {
    CHECK(mapped.relationship("related-to", file, mapped.find("identity", "name", "h0 (d)")));
    CHECK_FALSE(mapped.relationship("related-to", file, mapped.find("identity", "name", "h1 (d)")));
  }
}

TEST_CASE("below a very long name a list is written once, as JSON") {
  const std::string name(20000, 'k');
  const std::string numbers = repeated(10000, [](std::size_t i) { return std::to_string(i % 10); });
  const std::string incident = incident_with("", R"(,"customDetails":{")" + name + "\":[" + numbers + "]}");
  Mapped mapped(incident);
  CHECK(mapped.bundle().find("customDetails." + name + ": [0,1,2") != std::string::npos);
  CHECK(mapped.bundle().size() < incident.size() * 2);
}

TEST_CASE("a long name over a long list does not multiply, nor does a short one over a list without end") {
  const std::string numbers = repeated(10000, [](std::size_t i) { return std::to_string(i % 10); });
  for (const std::size_t length : {1, 200}) {
    const std::string name(length, 'k');
    const std::string incident = incident_with("", R"(,"customDetails":{")" + name + "\":[" + numbers + "]}");
    Mapped mapped(incident);
    CHECK(mapped.bundle().find("customDetails." + name + ": [0,1,2") != std::string::npos);
    CHECK(mapped.bundle().size() < incident.size() * 2);
  }
  const std::string lists = repeated(200, [&](std::size_t) { return "[" + numbers.substr(0, 199) + "]"; });
  const std::string incident =
      incident_with("", R"(,"customDetails":{")" + std::string(200, 'k') + "\":[" + lists + "]}");
  CHECK(Mapped(incident).bundle().size() < incident.size() * 4);
}

TEST_CASE("evidence without any value that is very long becomes a note, not a line of the alert") {
  const std::string words = repeated(5000, [](std::size_t) { return std::string("\"unknown\""); });
  const std::string incident =
      incident_with(evidence_of("device", "\"" + std::string(200, 'k') + "\":[" + words + "]"));
  Mapped mapped(incident);
  CHECK(mapped.all("note").size() == 1);
  CHECK(mapped.bundle().size() < incident.size() * 3);
}

TEST_CASE("below names of a usual length each value has its line") {
  Mapped mapped(incident_with("", R"(,"customDetails":{"User accounts":["mara","ola"]})"));
  CHECK(mapped.bundle().find("- `customDetails.User accounts.1: ola`") != std::string::npos);
}
