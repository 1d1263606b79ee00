// SPDX-License-Identifier: Apache-2.0
// What stands together in one piece of evidence stays together, also where two pieces become one object.
#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/laws.hpp"
#include "tests/unit/map-stix/mapped.hpp"

using common::Json;

namespace {

/// The blocks of a description.
std::vector<std::string> blocks_of(Json object) {
  constexpr std::string_view rule = "\n\n---\n\n";
  std::vector<std::string> blocks;
  std::string_view rest = object["description"].text();
  for (;;) {
    const std::size_t end = rest.find(rule);
    blocks.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) return blocks;
    rest.remove_prefix(end + rule.size());
  }
}

/// The only block that holds `wanted`.
std::string block_with(const std::vector<std::string>& blocks, std::string_view wanted) {
  std::string found;
  for (const std::string& block : blocks) {
    if (block.find(wanted) == std::string::npos) continue;
    CHECK(found.empty());
    found = block;
  }
  return found;
}

void check_says(const std::string& block, std::initializer_list<std::string_view> lines) {
  for (const std::string_view line : lines) CHECK_THAT(block, contains_text("- `" + std::string(line) + "`"));
}

bool related(Mapped& mapped, Json source, Json target) {
  return static_cast<bool>(mapped.relationship("related-to", source, target));
}

std::string process(std::string_view members) {
  return evidence_of("process", R"("processCommandLine":"tool.exe -q",)" + std::string(members));
}

}  // namespace

TEST_CASE("two copies of one mail each say recipient, sender address, delivery and links together") {
  const auto copy = [](std::string_view number, std::string_view delivery) {
    const std::string n(number);
    return evidence_of(
        "analyzedMessage",
        R"("subject":"Parcel","p2Sender":{"emailAddress":"post@shop.example"},"recipientEmailAddress":"r)" + n +
            R"(@corp.example","senderIp":"203.0.113.)" + n + R"(","internetMessageId":"<)" + n +
            R"(@shop.example>","urls":["https://shop.example/)" + n + R"("],"receivedDateTime":"2026-03-02T08:0)" + n +
            R"(:00Z","deliveryAction":")" + std::string(delivery) + "\"");
  };
  Mapped mapped(incident_with(copy("1", "delivered") + "," + copy("2", "blocked")));
  REQUIRE(mapped.all("email-message").size() == 1);
  const Json message = mapped.all("email-message")[0];
  const auto blocks = blocks_of(mapped.relationship("related-to", message, mapped.all("incident")[0]));
  REQUIRE(blocks.size() == 2);
  check_says(block_with(blocks, "delivered"),
             {"recipientEmailAddress: r1@corp.example", "senderIp: 203.0.113.1", "urls.0: https://shop.example/1",
              "internetMessageId: <1@shop.example>", "receivedDateTime: 2026-03-02T08:01:00Z"});
  check_says(block_with(blocks, "blocked"),
             {"recipientEmailAddress: r2@corp.example", "senderIp: 203.0.113.2", "urls.0: https://shop.example/2",
              "internetMessageId: <2@shop.example>", "receivedDateTime: 2026-03-02T08:02:00Z"});
  for (const auto& [type, value] : {std::pair{"email-addr", "post@shop.example"},
                                    {"email-addr", "r2@corp.example"},
                                    {"url", "https://shop.example/1"},
                                    {"ipv4-addr", "203.0.113.2"}}) {
    INFO(value);
    CHECK(related(mapped, message, mapped.find(type, "value", value)));
  }
}

TEST_CASE("each sign-in is a note of its own that begins with its request id") {
  const auto sign_in = [](std::string_view id, std::string_view verdict) {
    return evidence_of("cloudLogonRequest",
                       R"("requestId":")" + std::string(id) + R"(","verdict":")" + std::string(verdict) + "\"");
  };
  Mapped mapped(incident_with(sign_in("req-a", "malicious") + "," + sign_in("req-b", "unknown") + "," +
                              evidence_of("cloudLogonRequest", R"("requestId":"req-c")")));
  const auto notes = mapped.all("note");
  REQUIRE(notes.size() == 3);
  CHECK(notes[0]["content"].text().starts_with("`req-a` (cloudLogonRequestEvidence)\n\n- `verdict: malicious`"));
  CHECK(notes[1]["content"].text().starts_with("`req-b` (cloudLogonRequestEvidence)\n\n- `verdict: unknown`"));
  CHECK(notes[2]["content"].text() == "`req-c` (cloudLogonRequestEvidence)");
}

TEST_CASE("a session's user is related to its user agent and host, and the text holds its id") {
  Mapped mapped(incident_with(evidence_of(
      "cloudLogonSession",
      R"("account":{"userAccount":{"accountName":"mara"}},"sessionId":"s-9","userAgent":"Fox/1","deviceName":"lap4")")));
  const Json user = mapped.all("user-account")[0];
  CHECK(related(mapped, user, mapped.all("user-agent")[0]));
  CHECK(related(mapped, user, mapped.all("hostname")[0]));
  check_says(blocks_of(mapped.relationship("related-to", user, mapped.all("incident")[0]))[0],
             {"sessionId: s-9", "userAgent: Fox/1", "deviceName: lap4"});
}

TEST_CASE("accounts of one login in two domains are one object with a block for each") {
  const auto account = [](std::string_view domain) {
    const std::string d(domain);
    return evidence_of("user", R"("userAccount":{"accountName":"svc","domainName":")" + d +
                                   R"(","displayName":"Svc of )" + d + R"(","userPrincipalName":"svc@)" + d +
                                   R"(.example"})");
  };
  Mapped mapped(incident_with(account("east") + "," + account("west")));
  REQUIRE(mapped.all("user-account").size() == 1);
  const auto blocks =
      blocks_of(mapped.relationship("related-to", mapped.all("user-account")[0], mapped.all("incident")[0]));
  for (const std::string domain : {"east", "west"}) {
    check_says(
        block_with(blocks, "domainName: " + domain),
        {"userAccount.displayName: Svc of " + domain, "userAccount.userPrincipalName: svc@" + domain + ".example"});
  }
}

TEST_CASE("a process is its command line, and each start a block with its id, time, host and user") {
  Mapped mapped(incident_with(
      process(
          R"("processId":11,"processCreationDateTime":"2026-03-02T07:00:00Z","mdeDeviceId":"d1","verdict":"malicious",)"
          R"("userAccount":{"accountName":"mara"})") +
      "," +
      process(R"("processId":12,"processCreationDateTime":"2026-03-02T07:05:00Z","mdeDeviceId":"d2",)"
              R"("userAccount":{"accountName":"ola"})")));
  REQUIRE(mapped.all("process").size() == 1);
  const Json object = mapped.all("process")[0];
  CHECK(object["id"].text() == "process--fdadf55d-4c3b-521d-b759-4ab78f6c6e92");
  for (const auto* member : {"pid", "created_time", "image_ref", "creator_user_ref"}) CHECK_FALSE(object[member]);
  const auto blocks = blocks_of(mapped.relationship("related-to", object, mapped.all("incident")[0]));
  REQUIRE(blocks.size() == 2);
  check_says(block_with(blocks, "processId: 11"),
             {"verdict: malicious", "processCreationDateTime: 2026-03-02T07:00:00Z", "mdeDeviceId: d1",
              "userAccount.accountName: mara"});
  check_says(block_with(blocks, "processId: 12"), {"mdeDeviceId: d2", "userAccount.accountName: ola"});
  for (const Json account : mapped.all("user-account")) CHECK(related(mapped, account, object));
}

TEST_CASE("a block ends with the name of the device that it was seen on, the first where there are several") {
  const auto device = [](std::string_view name) {
    return evidence_of("device", R"("mdeDeviceId":"d1","hostName":")" + std::string(name) + "\"");
  };
  Mapped mapped(incident_with(process(R"("mdeDeviceId":"d1")") + "," + process(R"("mdeDeviceId":"d2")") + "," +
                              device("lap4") + "," + device("lap5")));
  const auto blocks = blocks_of(mapped.relationship("related-to", mapped.all("process")[0], mapped.all("incident")[0]));
  REQUIRE(blocks.size() == 2);
  CHECK(blocks[0] == "- `mdeDeviceId: d1`\n- `host: lap4`");
  CHECK(blocks[1] == "- `mdeDeviceId: d2`");
  CHECK(mapped.bundle().find("host: lap5") == std::string::npos);
}

TEST_CASE("a parent is related to what it started where process id, creation time and device agree") {
  const auto start = [](std::string_view command, std::string_view members) {
    return evidence_of("process", R"("processCommandLine":")" + std::string(command) + "\"," + std::string(members));
  };
  const std::string child = R"("processId":20,"parentProcessId":10,"parentProcessCreationDateTime":)";
  Mapped mapped(incident_with(
      start("child", child + R"("2026-03-02T07:00:00.1234567Z","mdeDeviceId":"d1")") + "," +
      start("late", child + R"("2026-03-02T07:00:00.2Z","mdeDeviceId":"d1")") + "," +
      start("elsewhere", child + R"("2026-03-02T07:00:00.1234567Z","mdeDeviceId":"d2")") + "," +
      start("parent", R"("processId":"10","processCreationDateTime":"2026-03-02T07:00:00.123Z","mdeDeviceId":"d1")")));
  const auto named = [&](std::string_view command) { return mapped.find("process", "command_line", command); };
  CHECK(related(mapped, named("parent"), named("child")));
  for (const auto* other : {"late", "elsewhere"}) CHECK_FALSE(related(mapped, named("parent"), named(other)));
  CHECK_FALSE(related(mapped, named("child"), named("parent")));
}

TEST_CASE("processes that are each other's parents, or their own, are no trouble") {
  const auto start = [](std::string_view command, std::string_view own, std::string_view parent) {
    const std::string at = R"("2026-03-02T07:00:00Z")";
    return evidence_of("process", R"("processCommandLine":")" + std::string(command) + R"(","processId":)" +
                                      std::string(own) + R"(,"processCreationDateTime":)" + at +
                                      R"(,"parentProcessId":)" + std::string(parent) +
                                      R"(,"parentProcessCreationDateTime":)" + at);
  };
  Mapped mapped(incident_with(start("a", "1", "2") + "," + start("b", "2", "1") + "," + start("c", "3", "3")));
  const auto named = [&](std::string_view command) { return mapped.find("process", "command_line", command); };
  CHECK(related(mapped, named("a"), named("b")));
  CHECK(related(mapped, named("b"), named("a")));
  CHECK_FALSE(related(mapped, named("c"), named("c")));
}

TEST_CASE("image, parent image, user and device hang on the process by relationships") {
  const std::string image =
      R"("imageFile":{"md5":"11111111111111111111111111111111","fileName":"t.exe","filePath":"C:\\x"})";
  const std::string parent =
      R"("parentProcessImageFile":{"md5":"22222222222222222222222222222222","fileName":"p.exe","filePath":"C:\\y"})";
  Mapped mapped(
      incident_with(process(image + "," + parent + R"(,"userAccount":{"userPrincipalName":"m@corp.example"})")));
  const Json object = mapped.all("process")[0];
  CHECK(related(mapped, mapped.find("file", "name", "t.exe"), object));
  CHECK(related(mapped, mapped.find("file", "name", "p.exe"), object));
  CHECK(related(mapped, mapped.all("user-account")[0], object));
  CHECK(related(mapped, mapped.all("email-addr")[0], mapped.all("user-account")[0]));
  CHECK(mapped.all("directory").size() == 1);
}

TEST_CASE("evidence nested in evidence of an odd type leaves no lone node") {
  const std::string mail =
      evidence_of("analyzedMessage", R"("subject":"s","senderIp":"203.0.113.7",)"
                                     R"("urls":["https://a.example/"],"recipientEmailAddress":"r@b.example")");
  const std::string teams =
      evidence_of("teamsMessage", R"("senderIP":"203.0.113.8","files":[{"fileDetails":)"
                                  R"({"md5":"11111111111111111111111111111111","filePath":"/tmp"}}])");
  const std::string session = evidence_of("cloudLogonSession", R"("userAgent":"Fox/1","deviceName":"lap4")");
  const std::string blob = evidence_of("blob", R"("url":"https://s.example/b","name":"b","fileHashes":)"
                                               R"([{"algorithm":"md5","value":"33333333333333333333333333333333"}])");
  for (const std::string& inner : {mail, teams, session, blob}) {
    INFO(inner);
    for (const std::string& outer :
         {evidence_of("malware", R"("name":"Acme","files":[)" + inner + "]"),
          evidence_of("networkConnection", R"("sourceAddress":)" + inner),
          evidence_of("networkConnection",
                      R"("destinationAddress":{"ipAddress":"203.0.113.9"},"sourceAddress":)" + inner),
          evidence_of("dns", R"("domainName":"a.example","ipAddresses":[)" + inner + "]"),
          evidence_of("hostLogonSession", R"("host":)" + inner),
          evidence_of("sasToken", R"("storageResource":)" + inner),
          evidence_of("kubernetesCluster", R"("name":"c","cloudResource":)" + inner)}) {
      Mapped mapped(incident_with(outer));
      std::string text = mapped.bundle();
      text.reserve(text.size() + 64);
      common::JsonTree tree;
      REQUIRE(tree.parse(text).empty());
      CHECK(laws::broken(tree.root()) == "");
    }
  }
}
