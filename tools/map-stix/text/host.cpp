// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/text/host.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "tools/map-stix/text/address.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    out += escape ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

/// The part of the UTS 46 mapping, which browsers apply before they look up a host, that can turn something else into
/// an address: other full stops, and characters that are ignored.
struct Mapped {
  std::string_view from;  // in UTF-8
  std::string_view to;
};
constexpr Mapped mapped_characters[] = {
    {"\u3002", "."}, {"\uff0e", "."}, {"\uff61", "."}, {"\u00ad", ""}, {"\u200b", ""},
    {"\u2060", ""},  {"\ufeff", ""},  {"\t", ""},      {"\n", ""},     {"\r", ""},
};

// A full-width form, U+FF01 to U+FF5E in three bytes, as the ASCII character that it stands for; 0 for anything else.
char narrow_form(std::string_view text) {
  if (text.size() < 3 || text[0] != '\xef' || (text[1] != '\xbc' && text[1] != '\xbd')) return 0;
  if ((static_cast<unsigned char>(text[2]) & 0xc0) != 0x80) return 0;
  const int last = static_cast<unsigned char>(text[2]) & 0x3f;
  const int offset = (text[1] == '\xbc' ? 0 : 0x40) + last;  // from U+FF00
  return offset >= 1 && offset <= 0x5e ? static_cast<char>(offset + 0x20) : '\0';
}

// Whether the mapping changes nothing: nearly every host is printable ASCII.
bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char byte) { return byte >= ' ' && byte <= '~'; });
}

std::string with_mapped_characters(std::string_view text) {
  if (is_printable_ascii(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const auto mapped = std::find_if(std::begin(mapped_characters), std::end(mapped_characters),
                                     [text](const Mapped& row) { return text.starts_with(row.from); });
    if (mapped != std::end(mapped_characters)) {
      out += mapped->to;
      text.remove_prefix(mapped->from.size());
    } else if (const char narrow = narrow_form(text); narrow != 0) {
      out += narrow;
      text.remove_prefix(3);
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

// "0x7f", "0177" or "127"; an empty text and a bare "0x" are 0.
std::optional<std::uint64_t> v4_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  if (text.empty()) return 0;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The IPv4 parser of the URL Standard (WHATWG): one to four numbers, the last of which fills the remaining bytes.
std::optional<Address> browser_v4(std::string_view host) {
  std::array<std::uint64_t, 4> numbers{};
  std::size_t count = 0;
  for (;;) {
    const std::size_t dot = host.find('.');
    const std::string_view part = host.substr(0, dot);
    const auto number = part.empty() ? std::nullopt : v4_number(part);
    if (!number || count == numbers.size()) return std::nullopt;
    numbers[count++] = *number;
    if (dot == std::string_view::npos) break;
    host.remove_prefix(dot + 1);
  }
  const std::uint64_t last = numbers[count - 1];
  if (last >= std::uint64_t{1} << (8 * (5 - count))) return std::nullopt;
  std::uint64_t value = last;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    if (numbers[i] > 255) return std::nullopt;
    value += numbers[i] << (8 * (3 - i));
  }
  Address address{true, false, {}};
  for (std::size_t i = 0; i < 4; ++i) address.bytes[i] = static_cast<std::uint8_t>(value >> (8 * (3 - i)));
  return address;
}

std::optional<Address> address_of(std::string_view host) {
  const auto address = parse_address(host);
  return address ? address : browser_v4(host);
}

}  // namespace

std::string read_host(std::string_view host) {
  std::string text = with_mapped_characters(percent_decoded(host));
  text.resize(std::min(text.find_first_of("/\\?#@"), text.size()));
  std::string_view rest = text;
  if (rest.starts_with('[')) rest = rest.substr(1, std::min(rest.find(']'), rest.size()) - 1);
  if (rest.find(':') != std::string_view::npos) rest = rest.substr(0, rest.find('%'));  // the zone of an address
  while (rest.ends_with('.')) rest.remove_suffix(1);
  if (const auto address = address_of(rest)) return canonical_text(*address);
  // Percent-encoded bytes need not be UTF-8, which append_lower() requires.
  if (!simdjson::validate_utf8(rest)) return ascii_lower(rest);
  common::TextBuffer lower;
  append_lower(lower, rest);
  return std::string(lower.view());
}

bool is_internal_host(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost") || host == "localhost.localdomain") return true;
  const auto address = parse_address(host);
  return address && is_internal(*address);
}

}  // namespace map_stix
