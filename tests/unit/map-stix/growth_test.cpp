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

TEST_CASE("below names of a usual length each value has its line") {
  Mapped mapped(incident_with("", R"(,"customDetails":{"User accounts":["mara","ola"]})"));
  CHECK(mapped.bundle().find("- `customDetails.User accounts.1: ola`") != std::string::npos);
}
