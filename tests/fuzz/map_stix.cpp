// SPDX-License-Identifier: Apache-2.0
// Any line at all: map-stix must neither crash nor write a bundle that breaks a law. Seeds are the golden
// inputs.
#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/unit/map-stix/laws.hpp"
#include "tests/unit/map-stix/padded.hpp"
#include "tools/map-stix/line_mapper.hpp"

namespace {

// All that map-stix can write, so that every part is reached.
map_stix::MappingOptions everything() {
  map_stix::MappingOptions options;
  options.indicators = map_stix::IndicatorLevel::suspicious;
  options.actors = true;
  options.device_addresses = true;
  options.keep_redirected = true;
  options.observable_tlp = "green";
  return options;
}

struct Mapping {
  common::Log log{"map-stix", ::open("/dev/null", O_WRONLY | O_CLOEXEC)};
  map_stix::MappingOptions options = everything();
  map_stix::Report report{log, false};
  map_stix::Workspace work{options, report};
  map_stix::BundleWriter writer{options, work.ids};
  common::JsonTree bundle_tree;

  // "" where there is none.
  std::string bundle_of(const std::string& line) {
    if (!work.tree.parse(line).empty()) return {};
    const common::Json root = work.tree.root();
    if (!map_stix::is_incident(root)) return {};
    common::TextBuffer out;
    map_stix::map_incident(work, writer, root, line, out, [] {});
    return padded(out.view());
  }
};

[[noreturn]] void fail(const std::string& why, const std::string& bundle) {
  std::fprintf(stderr, "%s\n%s\n", why.c_str(), bundle.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static Mapping mapping;
  const std::string line = padded({reinterpret_cast<const char*>(bytes), size});
  const std::string bundle = mapping.bundle_of(line);
  if (bundle.empty()) return 0;
  if (const std::string wrong = mapping.bundle_tree.parse(bundle); !wrong.empty())
    fail("the bundle is " + wrong, bundle);
  if (mapping.bundle_tree.replaced() > 0 || mapping.bundle_tree.repeated_keys() > 0)
    fail("the bundle holds what it must not", bundle);
  if (const std::string wrong = laws::broken(mapping.bundle_tree.root()); !wrong.empty()) fail(wrong, bundle);
  return 0;
}
