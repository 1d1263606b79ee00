// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/token/token_claims.hpp"

#include "tests/stand-in/base64.hpp"
#include "tests/unit/catch.hpp"

using fetch_incidents::may_read_incidents;
using fetch_incidents::read_claims;

namespace {

std::string token_with(const std::string& claims) {
  return stand_in::base64url("{}") + "." + stand_in::base64url(claims) + ".signature";
}

}  // namespace

TEST_CASE("a token's roles, scopes and application are read from its claims") {
  const auto application = read_claims(
      token_with(R"({"appid":"1","app_displayname":"importer","roles":["A","SecurityIncident.Read.All"]})"));
  REQUIRE(application);
  CHECK(application->roles == std::vector<std::string>{"A", "SecurityIncident.Read.All"});
  CHECK(application->application == "importer");
  CHECK(may_read_incidents(*application));
  const auto user = read_claims(token_with(R"({"appid":"1","scp":"User.Read  SecurityIncident.ReadWrite.All"})"));
  REQUIRE(user);
  CHECK(user->scopes == std::vector<std::string>{"User.Read", "SecurityIncident.ReadWrite.All"});
  CHECK(user->application == "1");
  CHECK(may_read_incidents(*user));
  CHECK_FALSE(may_read_incidents(*read_claims(token_with(R"({"roles":["SecurityIncident.Read"],"scp":""})"))));
  CHECK_FALSE(may_read_incidents(*read_claims(token_with(R"({"roles":"SecurityIncident.Read.All"})"))));
}

TEST_CASE("claims of every length of padding are decoded") {
  for (const std::string name : {"", "a", "ab", "abc", "\xc3\xa9\xc3\xbf~?"}) {
    INFO(name);
    CHECK(read_claims(token_with("{\"appid\":\"" + name + "\"}"))->application == name);
  }
}

TEST_CASE("a token that is no JWT has no claims, whatever it holds") {
  for (const std::string& token :
       {std::string("opaque"), std::string("a.b"), std::string("a.!!.c"), std::string(".."), std::string("a.bnVsbA.c"),
        std::string("a.W10.c"), token_with("{\"roles\":["), token_with(std::string(300, '['))}) {
    INFO(token);
    CHECK_FALSE(read_claims(token));
  }
}
