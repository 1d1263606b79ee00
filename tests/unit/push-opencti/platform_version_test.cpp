// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/platform_version.hpp"

#include "tests/unit/catch.hpp"
#include "tools/push-opencti/platform/work.hpp"

using namespace push_opencti;

namespace {

PlatformVersion version(const char* text) { return parse_platform_version(text).value(); }

}  // namespace

TEST_CASE("versions are compared number by number, and what follows them is tolerated") {
  CHECK(version("6.10.0") > version("6.9.17"));
  CHECK(version("7.260309.0-lts.2") == version("7.260309.0"));
  CHECK(version("7.260318") == version("7.260318.0"));
  CHECK(version("7.260817.0") > version("6.9.28"));
  CHECK_FALSE(parse_platform_version("unknown"));
  CHECK_FALSE(parse_platform_version("6"));
  CHECK_FALSE(parse_platform_version(""));
}

TEST_CASE("each version is sent what it knows and nothing else") {
  struct Row {
    const char* version;
    bool supported, names_work, checks_work, multi_part;
  };
  const Row row = GENERATE(Row{"6.3.9", false, false, false, false}, Row{"6.4.5", true, false, false, false},
                           Row{"6.5.6", true, false, false, false}, Row{"6.5.7", true, true, false, false},
                           Row{"6.8.10", true, true, true, false}, Row{"6.9.17", true, true, true, false},
                           Row{"7.260318.0", true, true, true, false}, Row{"7.260422.0", true, true, true, true},
                           Row{"7.260817.0", true, true, true, true});
  INFO(row.version);
  const PlatformVersion played = version(row.version);
  CHECK(has_feature(played, Feature::supported) == row.supported);
  CHECK(has_feature(played, Feature::push_names_work) == row.names_work);
  CHECK(has_feature(played, Feature::worker_checks_work) == row.checks_work);
  CHECK(has_feature(played, Feature::multi_part_work) == row.multi_part);
  CHECK((operations::push_bundle(played).text.find("work_id") != std::string_view::npos) == row.names_work);
  CHECK((operations::work_add(played).text.find("isMultiPartWork") != std::string_view::npos) == row.multi_part);
}

TEST_CASE("the work is held open over the API exactly where closing it could lose messages") {
  CHECK_FALSE(work_policy(version("6.8.6"), "api", false).hold);
  CHECK(work_policy(version("6.8.7"), "api", false).hold);
  CHECK(work_policy(version("6.9.17"), "api", false).hold);
  CHECK(work_policy(version("7.260507.0"), "api", false).hold);
  CHECK_FALSE(work_policy(version("7.260508.0"), "api", false).hold);
  CHECK_FALSE(work_policy(version("6.9.17"), "amqp", false).hold);
}

TEST_CASE("at 6.4 the API makes works of its own, so none is opened; over AMQP one is") {
  CHECK_FALSE(work_policy(version("6.4.5"), "api", false).own_work);
  CHECK(work_policy(version("6.4.5"), "amqp", false).own_work);
  CHECK(work_policy(version("6.5.7"), "api", false).own_work);
}
