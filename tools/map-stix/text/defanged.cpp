// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/text/defanged.hpp"

#include <algorithm>
#include <iterator>

#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

struct Mark {
  std::string_view defanged;  // in lower case
  std::string_view plain;
};
constexpr Mark marks[] = {{"[.]", "."}, {"(.)", "."},  {"{.}", "."},     {"[dot]", "."}, {"(dot)", "."},
                          {"[:]", ":"}, {"(:)", ":"},  {"[://]", "://"}, {"[/]", "/"},   {"[@]", "@"},
                          {"(@)", "@"}, {"[at]", "@"}, {"(at)", "@"}};
constexpr Mark schemes[] = {{"hxxps", "https"}, {"hxxp", "http"}, {"h**ps", "https"}, {"h**p", "http"}, {"fxp", "ftp"}};

const Mark* mark_at(std::string_view lower) {
  const auto found = std::find_if(std::begin(marks), std::end(marks),
                                  [lower](const Mark& mark) { return lower.starts_with(mark.defanged); });
  return found != std::end(marks) ? found : nullptr;
}

const Mark* scheme_of(std::string_view lower) {
  const auto found = std::find_if(std::begin(schemes), std::end(schemes), [lower](const Mark& scheme) {
    const std::string_view behind = lower.substr(std::min(scheme.defanged.size(), lower.size()));
    return lower.starts_with(scheme.defanged) && (behind.starts_with(':') || mark_at(behind) != nullptr);
  });
  return found != std::end(schemes) ? found : nullptr;
}

// Where the host ends: at the first slash, question mark or number sign behind the "//" of a scheme.
std::size_t end_of_host(std::string_view text) {
  constexpr std::size_t longest_scheme = 12;
  const std::size_t slashes = text.find("//");
  const std::size_t begin = slashes != std::string_view::npos && slashes <= longest_scheme ? slashes + 2 : 0;
  return std::min(text.find_first_of("/?#", begin), text.size());
}

}  // namespace

std::string refanged(std::string_view text) {
  // Most texts hold no bracket and begin with a common scheme: then no mark can be in them.
  constexpr std::size_t longest_scheme = 5;
  const bool has_bracket = text.find_first_of("[({") != std::string_view::npos;
  if (!has_bracket && scheme_of(ascii_lower(text.substr(0, longest_scheme + 1))) == nullptr) return std::string(text);
  const std::string lower = ascii_lower(text);
  const std::string_view whole = lower;
  const Mark* const scheme = scheme_of(whole);
  const std::size_t head = end_of_host(text);
  bool is_defanged = scheme != nullptr;
  for (std::size_t at = 0; at < head && !is_defanged; ++at) is_defanged = mark_at(whole.substr(at)) != nullptr;
  if (!is_defanged) return std::string(text);
  std::string out(scheme != nullptr ? scheme->plain : std::string_view{});
  for (std::size_t at = scheme != nullptr ? scheme->defanged.size() : 0; at < text.size();) {
    const Mark* const mark = mark_at(whole.substr(at));
    out += mark != nullptr ? mark->plain : text.substr(at, 1);
    at += mark != nullptr ? mark->defanged.size() : 1;
  }
  return out;
}

}  // namespace map_stix
