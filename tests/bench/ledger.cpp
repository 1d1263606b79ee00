// SPDX-License-Identifier: Apache-2.0
// ledger FILE OBJECTS: makes a ledger of so many held objects, then looks up bundles of 90 and prints how long one
// takes, of objects that are held, and of new ones that are recorded.
#include "tools/push-opencti/ledger/ledger.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "common/uuid.hpp"

namespace {

using namespace push_opencti;

constexpr std::size_t bundle_size = 90;

std::string object_text(std::uint64_t number) {
  const std::string id = "ipv4-addr--" + common::to_text(common::uuid5(std::to_string(number)));
  return R"({"type":"ipv4-addr","spec_version":"2.1","id":")" + id + R"(","value":"10.0.0.1","x_opencti_score":50,)" +
         R"("x_opencti_description":"Seen in an alert, with a text of the usual length behind it."})";
}

void read_bundle(BundleParser& parser, std::uint64_t first, Bundle& bundle) {
  std::string text = R"({"type":"bundle","id":"bundle--1","objects":[)";
  for (std::size_t i = 0; i < bundle_size; ++i) text.append(i == 0 ? "" : ",").append(object_text(first + i));
  text += "]}";
  const std::size_t size = text.size();
  text.append(64, '\0');
  std::string reason;
  if (!parser.parse({text.data(), size}, bundle, reason)) std::abort();
}

// Milliseconds of the processor for a bundle, without reading it. Of the processor, so that other load does not count.
double time_bundles(Ledger& ledger, std::uint64_t first, std::size_t count, std::uint64_t step) {
  BundleParser parser;
  std::clock_t spent = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Bundle bundle;
    read_bundle(parser, first + i * step, bundle);
    const std::clock_t before = std::clock();
    const auto sent = ledger.select(bundle);
    const Ledger::Acknowledged one{&bundle, &sent, "work", static_cast<std::int64_t>(sent.size()), 0, {}};
    ledger.record({&one, 1}, 0);
    spent += std::clock() - before;
  }
  return static_cast<double>(spent) * 1e3 / CLOCKS_PER_SEC / static_cast<double>(count);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  const std::uint64_t objects = std::strtoull(argv[2], nullptr, 10);
  common::Log log("ledger", -1);
  {
    LedgerStore store(argv[1], Database::Access::write);
    store.set("key", "1 2");
    store.set("format", "1");
    store.set("connector", "bench");
    store.set("version", "bench");
    ContentHash hash({1, 2});
    Transaction transaction(store.database());
    for (std::uint64_t number = 0; number < objects; ++number) {
      const std::string text = object_text(number);
      store.put("ipv4-addr--" + common::to_text(common::uuid5(std::to_string(number))),
                {hash.of(text).content, 0, 1, 0, 0});
    }
    transaction.commit();
  }
  Ledger ledger({argv[1], "bench", "bench", false}, log);
  ledger.propose("");
  ledger.confirm();
  constexpr std::size_t bundles = 200;
  const std::uint64_t step = objects / bundles > bundle_size ? objects / bundles - bundle_size : 0;
  const double held = time_bundles(ledger, 0, bundles, step);
  const double fresh = time_bundles(ledger, objects, bundles, bundle_size);
  std::printf("%.3f %.3f\n", held, fresh);
}
