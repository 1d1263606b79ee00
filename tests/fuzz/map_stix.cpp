// Any line at all: map-stix must neither crash nor write a bundle that breaks a law. Seeds are the golden
// inputs.
#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/unit/map-stix/laws.hpp"
#include "tools/map-stix/incident.hpp"

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

// The parser may read up to 64 bytes behind its text.
std::string padded(std::string_view text) {
  std::string copy;
  copy.reserve(text.size() + 64);
  copy.append(text);
  return copy;
}

struct Mapping {
  common::Log log{"map-stix", ::open("/dev/null", O_WRONLY | O_CLOEXEC)};
  map_stix::MappingOptions options = everything();
  map_stix::Report report{log, false};
  map_stix::Workspace work{options, report};
  map_stix::BundleWriter writer{options, work.ids, work.tree};
  map_stix::JsonTree bundle_tree;
};

[[noreturn]] void fail(const std::string& why, const std::string& bundle) {
  std::fprintf(stderr, "%s\n%s\n", why.c_str(), bundle.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static Mapping mapping;
  const std::string line = padded({reinterpret_cast<const char*>(bytes), size});
  if (!mapping.work.tree.parse(line).empty()) return 0;
  const map_stix::Json root = mapping.work.tree.root();
  if (!map_stix::is_incident(root)) return 0;
  common::TextBuffer out;
  map_stix::map_incident(mapping.work, mapping.writer, root, line, out, [] {});
  const std::string bundle = padded(out.view());
  if (const std::string wrong = mapping.bundle_tree.parse(bundle); !wrong.empty())
    fail("the bundle is " + wrong, bundle);
  if (mapping.bundle_tree.replaced() > 0 || mapping.bundle_tree.repeated_keys() > 0)
    fail("the bundle holds what it must not", bundle);
  if (const std::string wrong = laws::broken(mapping.bundle_tree.root()); !wrong.empty()) fail(wrong, bundle);
  return 0;
}
