// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without a fuzzer: over the files named, and over variants of each that a fixed seed draws (cut
// off, bytes changed, parts doubled or taken out of another file). A crash ends it as it would the fuzzer.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

constexpr std::uint64_t seed = 20'261'124;
constexpr std::size_t largest_variant = 64u << 10;
/// What parsers of text stumble over.
constexpr std::string_view pieces[] = {"\"",
                                       "\\",
                                       "{",
                                       "}",
                                       "[",
                                       "]",
                                       ":",
                                       ",",
                                       "\n",
                                       "\r\n",
                                       "\\u0000",
                                       "\\ud800",
                                       "\xc3",
                                       "\xff",
                                       "null",
                                       "-1e999",
                                       std::string_view("\0", 1),
                                       "99999999999999999999"};

class Variants {
 public:
  explicit Variants(const std::vector<std::string>& all) : all_(all) {}

  std::string next(std::string text) {
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(text);
    if (text.size() > largest_variant) text.resize(largest_variant);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  void change(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = below(std::min<std::size_t>(text.size() - at, 64) + 1);
    switch (below(6)) {
      case 0: text.resize(at); break;
      case 1: text.erase(at, length); break;
      case 2: {
        const std::string part = text.substr(at, length);
        text.insert(at, part);
        break;
      }
      case 3: text.insert(at, pieces[below(std::size(pieces))]); break;
      case 4:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      default: {
        const std::string& other = all_[below(all_.size())];
        const std::size_t from = below(other.size() + 1);
        text.insert(at, other.substr(from, below(256)));
      }
    }
  }

  const std::vector<std::string>& all_;
  std::mt19937_64 random_{seed};
};

void run(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc < 3) {
    std::fputs("usage: replay-TARGET VARIANTS FILE...\n", stderr);
    return 64;
  }
  const unsigned long variants = std::strtoul(argv[1], nullptr, 10);
  std::vector<std::string> all;
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "replay: cannot read %s\n", argv[i]);
      return 66;
    }
    all.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  Variants drawn(all);
  for (const std::string& text : all) run(text);
  for (unsigned long i = 0; i < variants; ++i) run(drawn.next(all[i % all.size()]));
  std::printf("%zu files and %lu variants\n", all.size(), variants);
  return 0;
}
