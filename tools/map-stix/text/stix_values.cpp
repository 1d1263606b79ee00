// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/text/stix_values.hpp"

#include <algorithm>
#include <array>

#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }
constexpr std::array<bool, 256> make_hex_digits() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("0123456789abcdefABCDEF")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
// A table: files bring up to three hashes each, and this is asked for every digit of theirs.
constexpr std::array<bool, 256> hex_digits = make_hex_digits();
bool is_hex(char c) { return hex_digits[static_cast<unsigned char>(c)]; }

// Calls `check` with each part between dots; false as soon as one fails.
template <typename Check>
bool all_labels(std::string_view text, const Check& check) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!check(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// À to ÿ, the only letters beyond ASCII that OpenCTI 6.4 takes in a domain: U+00C0 to U+00FF, two bytes each.
bool is_latin_pair(std::string_view text, std::size_t at) {
  return at + 1 < text.size() && text[at] == '\xc3' && (static_cast<unsigned char>(text[at + 1]) & 0xc0) == 0x80;
}

// A label of 1 to 63 characters of a domain; the last one has letters only, two at least.
bool is_domain_label(std::string_view label, bool last) {
  std::size_t length = 0;
  for (std::size_t at = 0; at < label.size(); ++at, ++length) {
    const char c = label[at];
    if (is_latin_pair(label, at))
      ++at;
    else if (!is_letter(c) && (last || (!is_digit(c) && c != '-' && c != '_')))
      return false;
  }
  return length >= (last ? 2 : 1) && length <= 63;
}

constexpr std::string_view local_part_signs = "!#$%&'*+/=?^_`{|}~-";

}  // namespace

bool is_domain_name(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos || text.size() > 253 || text.front() == '-' || text.front() == '_') return false;
  // Punycode that does not decode is refused by the schema's host name check; none of it is worth a guess.
  const auto ordinary = [](std::string_view label) {
    return is_domain_label(label, false) &&
           !(label.size() >= 4 && equals_ignoring_case(label.substr(0, 4), "xn--") && label.size() < 6);
  };
  return is_domain_label(text.substr(dot + 1), true) && all_labels(text.substr(0, dot), ordinary);
}

bool is_host_name(std::string_view text) {
  return all_labels(text, [](std::string_view label) {
    return !label.empty() && is_alphanumeric(label.front()) && is_alphanumeric(label.back()) &&
           std::all_of(label.begin(), label.end(), [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
  });
}

bool is_email_address(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view domain = text.substr(at + 1);
  const bool local_fits = all_labels(text.substr(0, at), [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
      return is_alphanumeric(c) || local_part_signs.find(c) != std::string_view::npos;
    });
  });
  return local_fits && domain.find('.') != std::string_view::npos && all_labels(domain, [](std::string_view label) {
           return !label.empty() && label.size() <= 63 && is_alphanumeric(label.front()) &&
                  is_alphanumeric(label.back()) &&
                  std::all_of(label.begin(), label.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
         });
}

std::optional<std::string> normal_mac_address(std::string_view text) {
  std::string digits;
  for (const char c : strip(text)) {
    if (is_hex(c))
      digits += c;
    else if (c != ':' && c != '-' && c != '.')
      return std::nullopt;
  }
  if (digits.size() != 12) return std::nullopt;
  std::string address;
  for (std::size_t at = 0; at < 12; at += 2) {
    if (at > 0) address += ':';
    address += digits.substr(at, 2);
  }
  return ascii_lower(address);
}

std::string domain_of_address(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string() : ascii_lower(strip(address.substr(at + 1)));
}

std::vector<std::string> technique_ids(std::string_view text) {
  constexpr std::size_t digits = 4, sub_digits = 3;
  std::vector<std::string> ids;
  const auto number_at = [text](std::size_t at, std::size_t size) {
    if (at + size > text.size() || !std::all_of(text.begin() + at, text.begin() + at + size, is_digit)) return false;
    return at + size == text.size() || !is_alphanumeric(text[at + size]);
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((text[at] != 'T' && text[at] != 't') || (at > 0 && is_alphanumeric(text[at - 1]))) continue;
    if (!number_at(at + 1, digits)) continue;
    std::string id = "T" + std::string(text.substr(at + 1, digits));
    at += digits;
    const bool has_sub =
        at + 1 < text.size() && (text[at + 1] == '.' || text[at + 1] == '/') && number_at(at + 2, sub_digits);
    if (has_sub) id.append(".").append(text.substr(at + 2, sub_digits));
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  }
  return ids;
}

std::string_view malware_type_of(std::string_view category) {
  struct Row {
    std::string_view category;  // in lower case, letters only
    std::string_view type;
  };
  constexpr Row rows[] = {{"adware", "adware"},
                          {"backdoor", "backdoor"},
                          {"bot", "bot"},
                          {"bootkit", "bootkit"},
                          {"coinminer", "resource-exploitation"},
                          {"ddos", "ddos"},
                          {"downloader", "downloader"},
                          {"trojandownloader", "downloader"},
                          {"dropper", "dropper"},
                          {"trojandropper", "dropper"},
                          {"exploitkit", "exploit-kit"},
                          {"keylogger", "keylogger"},
                          {"ransom", "ransomware"},
                          {"ransomware", "ransomware"},
                          {"remoteaccess", "remote-access-trojan"},
                          {"remoteaccesstrojan", "remote-access-trojan"},
                          {"resourceexploitation", "resource-exploitation"},
                          {"rogue", "rogue-security-software"},
                          {"roguesecuritysoftware", "rogue-security-software"},
                          {"rootkit", "rootkit"},
                          {"screencapture", "screen-capture"},
                          {"spyware", "spyware"},
                          {"trojanspy", "spyware"},
                          {"trojan", "trojan"},
                          {"virus", "virus"},
                          {"webshell", "webshell"},
                          {"wiper", "wiper"},
                          {"worm", "worm"}};
  std::string word = ascii_lower(category);
  std::erase_if(word, [](char c) { return !is_letter(c); });
  const auto found =
      std::find_if(std::begin(rows), std::end(rows), [&](const Row& row) { return row.category == word; });
  return found == std::end(rows) ? std::string_view{} : found->type;
}

bool is_hash(HashKind kind, std::string_view text) {
  const std::size_t wanted = kind == HashKind::md5 ? 32 : kind == HashKind::sha1 ? 40 : 64;
  if (text.size() != wanted) return false;
  bool all = true;
  for (const char c : text) all &= is_hex(c);
  return all;
}

std::optional<HashKind> hash_kind(std::string_view word) {
  std::string plain = ascii_lower(word);
  std::erase(plain, '-');
  if (plain == "md5") return HashKind::md5;
  if (plain == "sha1") return HashKind::sha1;
  if (plain == "sha256") return HashKind::sha256;
  return std::nullopt;
}

bool is_hash_of_nothing(std::string_view text) {
  constexpr std::string_view empty_hashes[] = {"d41d8cd98f00b204e9800998ecf8427e",
                                               "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                                               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"};
  return std::any_of(std::begin(empty_hashes), std::end(empty_hashes),
                     [&](std::string_view hash) { return equals_ignoring_case(hash, text); });
}

}  // namespace map_stix
