// SPDX-License-Identifier: Apache-2.0
// Writes incidents of the shape and size that an ordinary tenant has, for the benchmarks and the load tests: the same
// bytes for the same arguments on every machine.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/records/record_writer.hpp"
#include "common/time.hpp"
#include "tests/bench/evidence_templates.hpp"

namespace {

// splitmix64: tiny, and the same everywhere, unlike the standard library's distributions.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }

 private:
  std::uint64_t state_;
};

constexpr std::string_view words[] = {"aurora", "basalt", "cobalt", "drift",   "ember",   "fjord",
                                      "garnet", "harbor", "indigo", "juniper", "krypton", "lagoon",
                                      "meadow", "nimbus", "onyx",   "prairie"};
constexpr std::string_view people[] = {"Ada Okafor", "Bo Lindqvist", "Chidi Bauer", "Dana Novak",
                                       "Emre Rossi", "Farah Kim",    "Goran Silva", "Hana Meyer"};
constexpr std::string_view users[] = {"aokafor", "blindqvist", "cbauer", "dnovak",
                                      "erossi",  "fkim",       "gsilva", "hmeyer"};
constexpr std::string_view countries[] = {"DE", "FR", "US", "BR", "JP", "ZA"};
constexpr std::string_view files[] = {"setup.exe",      "update.dll",   "report.docm",
                                      "powershell.exe", "rundll32.exe", "invoice.js"};
constexpr std::string_view folders[] = {R"(C:\\Windows\\System32)", R"(C:\\Users\\Public\\Downloads)",
                                        R"(C:\\ProgramData\\temp)", R"(D:\\data)"};
constexpr std::string_view commands[] = {
    R"(powershell.exe -NoProfile -EncodedCommand SQBFAFgAKABOAGUAdwAtAE8AYgBqAGUAYwB0ACkA)",
    R"(\"C:\\Program Files\\app\\app.exe\" --service)", R"(cmd.exe /c \"whoami /all > C:\\temp\\out.txt\")",
    R"(rundll32.exe shell32.dll,Control_RunDLL)"};
constexpr std::string_view techniques[] = {"T1059", "T1059.001", "T1566.002", "T1003",
                                           "T1078", "T1021.001", "T1486",     "T1055"};
constexpr std::string_view verdicts[] = {"unknown", "suspicious", "malicious", "noThreatsFound"};
constexpr std::string_view severities[] = {"informational", "low", "medium", "high"};
constexpr std::string_view roles[] = {R"([])", R"(["attacker"])", R"(["source"])", R"(["compromised"])",
                                      R"(["contextual","destination"])"};

template <std::size_t N>
std::string_view one_of(const std::string_view (&list)[N], Random& random) {
  return list[random.below(N)];
}

void append_hex(std::string& out, std::size_t digits, Random& random) {
  for (std::size_t i = 0; i < digits; i += 16) {
    std::uint64_t bits = random.next();
    for (std::size_t j = i; j < digits && j < i + 16; ++j, bits >>= 4) out += "0123456789abcdef"[bits & 15];
  }
}

// A time within 100 days from the given day of 2026.
void append_date(std::string& out, std::int64_t day, Random& random) {
  const auto ticks = static_cast<std::int64_t>(random.below(100ULL * 86400 * 10'000'000));
  out += common::full_text({(1'767'225'600LL + day * 86400) * common::ticks_per_second + ticks});
}

void append_placeholder(std::string& out, std::string_view name, Random& random) {
  const auto number = [&](std::uint64_t limit) { out += std::to_string(random.below(limit)); };
  if (name == "date")
    append_date(out, 100, random);
  else if (name == "earlier")
    append_date(out, 0, random);
  else if (name == "later")
    append_date(out, 200, random);
  else if (name == "mac")
    append_hex(out, 2, random);
  else if (name == "n")
    number(4'000'000'000ULL);
  else if (name == "d")
    number(90);
  else if (name == "ip") {
    number(223);
    out += '.';
    number(256);
    out += '.';
    number(256);
    out += '.';
    number(256);
  } else if (name == "host") {
    out += "ws-";
    number(5000);
  } else if (name == "user")
    out += one_of(users, random);
  else if (name == "name")
    out += one_of(people, random);
  else if (name == "word")
    out += one_of(words, random);
  else if (name == "cc")
    out += one_of(countries, random);
  else if (name == "file")
    out += one_of(files, random);
  else if (name == "dir")
    out += one_of(folders, random);
  else if (name == "cmd")
    out += one_of(commands, random);
  else if (name == "md5")
    append_hex(out, 32, random);
  else if (name == "sha1")
    append_hex(out, 40, random);
  else if (name == "sha256")
    append_hex(out, 64, random);
  else if (name == "guid") {
    append_hex(out, 8, random);
    out += "-1111-4222-8333-";
    append_hex(out, 12, random);
  } else if (name == "verdict")
    out += one_of(verdicts, random);
  else if (name == "severity")
    out += one_of(severities, random);
  else if (name == "roles")
    out += one_of(roles, random);
  else if (name == "technique")
    out += one_of(techniques, random);
}

void append_filled(std::string& out, std::string_view pattern, Random& random) {
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t open = pattern.find('%', at);
    out.append(pattern.substr(at, open - at));
    if (open == std::string_view::npos) return;
    const std::size_t close = pattern.find('%', open + 1);
    append_placeholder(out, pattern.substr(open + 1, close - open - 1), random);
    at = close + 1;
  }
}

const bench::EvidenceTemplate& pick_evidence(Random& random) {
  static const int total = [] {
    int sum = 0;
    for (const auto& entry : bench::evidence_templates()) sum += entry.weight;
    return sum;
  }();
  auto left = static_cast<int>(random.below(static_cast<std::uint64_t>(total)));
  for (const auto& entry : bench::evidence_templates()) {
    if ((left -= entry.weight) < 0) return entry;
  }
  return bench::evidence_templates().front();
}

void append_evidence(std::string& out, Random& random) {
  const bench::EvidenceTemplate& chosen = pick_evidence(random);
  out.append(R"({"@odata.type":"#microsoft.graph.security.)").append(chosen.type).append("Evidence\",");
  append_filled(
      out,
      R"("createdDateTime":"%date%","verdict":"%verdict%","remediationStatus":"none","remediationStatusDetails":null,"roles":%roles%,"detailedRoles":[],"tags":[],)",
      random);
  append_filled(out, chosen.members, random);
  out += '}';
}

void append_alert(std::string& out, int evidence, std::uint64_t number, Random& random) {
  out.append(R"({"id":"da)").append(std::to_string(number));
  append_filled(
      out,
      R"(_1","providerAlertId":"%sha1%","incidentId":"%n%","status":"new","severity":"%severity%","classification":null,"determination":null,"serviceSource":"microsoftDefenderForEndpoint","detectionSource":"customDetection","detectorId":"%guid%","tenantId":"11111111-1111-4222-8333-444444444444","title":"Suspicious activity of %word% %n%","description":"A process on a device did what %word% is known to do. The actor may have tried to read credentials, to move to other devices, or to keep its foothold.","recommendedActions":"1. Isolate the device.\n2. Check the user's sign-ins.\n3. Collect the investigation package.","category":"Execution","assignedTo":null,"alertWebUrl":"https://security.microsoft.com/alerts/da%n%","incidentWebUrl":"https://security.microsoft.com/incidents/%n%","actorDisplayName":null,"threatDisplayName":null,"threatFamilyName":null,"mitreTechniques":["%technique%","%technique%"],"createdDateTime":"%date%","lastUpdateDateTime":"%later%","resolvedDateTime":null,"firstActivityDateTime":"%earlier%","lastActivityDateTime":"%date%","systemTags":[],"customDetails":{},"additionalData":null,"comments":[],"productName":"Microsoft Defender for Endpoint","evidence":[)",
      random);
  for (int i = 0; i < evidence; ++i) {
    if (i > 0) out += ',';
    append_evidence(out, random);
  }
  out += "]}";
}

void append_incident(std::string& out, int alerts, int evidence, std::uint64_t number, Random& random) {
  out.append(R"({"id":")").append(std::to_string(100'000 + number));
  append_filled(
      out,
      R"(","tenantId":"11111111-1111-4222-8333-444444444444","status":"active","incidentWebUrl":"https://security.microsoft.com/incidents/%n%","redirectIncidentId":null,"displayName":"Multi-stage incident of %word% on several endpoints %n%","createdDateTime":"%date%",)",
      random);
  // Ascending, as fetch-incidents writes them.
  out.append(R"("lastUpdateDateTime":")")
      .append(common::full_text({(1'795'000'000LL + static_cast<std::int64_t>(number)) * common::ticks_per_second}));
  append_filled(
      out,
      R"(","assignedTo":"%user%@contoso.com","classification":"unknown","determination":"unknown","severity":"%severity%","customTags":["%word%"],"systemTags":[],"description":null,"lastModifiedBy":"Microsoft 365 Defender","resolvingComment":null,"summary":null,"priorityScore":%d%,"comments":[],"alerts":[)",
      random);
  for (int i = 0; i < alerts; ++i) {
    if (i > 0) out += ',';
    append_alert(out, evidence, number * 1000 + static_cast<std::uint64_t>(i), random);
  }
  out += "]}";
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc > 5) {
    std::fputs("usage: generate_incidents [INCIDENTS [ALERTS [EVIDENCE [SEED]]]]\n", stderr);
    return 64;
  }
  const auto argument = [&](int index, int fallback) { return argc > index ? std::atoi(argv[index]) : fallback; };
  const int incidents = argument(1, 3000);
  const int alerts = argument(2, 3);
  const int evidence = argument(3, 6);
  Random random(static_cast<std::uint64_t>(argument(4, 1)));
  common::RecordWriter output;
  std::string line;
  for (int i = 0; i < incidents; ++i) {
    line.clear();
    append_incident(line, alerts, evidence, static_cast<std::uint64_t>(i), random);
    output.write(line);
  }
  output.flush();
  return 0;
}
