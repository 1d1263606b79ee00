// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/text/address.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace map_stix {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A decimal number without leading zeros, at most `most`, at the front of `rest`.
bool take_number(std::string_view& rest, unsigned most, unsigned& value) {
  std::size_t size = 0;
  value = 0;
  while (size < rest.size() && size < 4 && is_digit(rest[size]))
    value = value * 10 + static_cast<unsigned>(rest[size++] - '0');
  if (size == 0 || value > most || (size > 1 && rest.front() == '0')) return false;
  rest.remove_prefix(size);
  return true;
}

bool parse_v4(std::string_view text, std::uint8_t* bytes) {
  for (int i = 0; i < 4; ++i) {
    unsigned value = 0;
    if (i > 0) {
      if (text.empty() || text.front() != '.') return false;
      text.remove_prefix(1);
    }
    if (!take_number(text, 255, value)) return false;
    bytes[i] = static_cast<std::uint8_t>(value);
  }
  return text.empty();
}

// Up to eight groups of up to four hex digits; returns their number, or -1.
int parse_groups(std::string_view text, std::uint8_t* bytes) {
  if (text.empty()) return 0;
  for (int count = 0; count < 8; ++count) {
    unsigned value = 0;
    std::size_t size = 0;
    for (; size < text.size() && size < 4 && hex_value(text[size]) >= 0; ++size) {
      value = value * 16 + static_cast<unsigned>(hex_value(text[size]));
    }
    if (size == 0) return -1;
    bytes[2 * count] = static_cast<std::uint8_t>(value >> 8);
    bytes[2 * count + 1] = static_cast<std::uint8_t>(value & 0xff);
    text.remove_prefix(size);
    if (text.empty()) return count + 1;
    if (text.front() != ':') return -1;
    text.remove_prefix(1);
  }
  return -1;
}

// With an IPv4 address at the end the platform takes "::a.b.c.d", "::ffff:a.b.c.d", "::ffff:0:a.b.c.d", and
// one to four groups before "::a.b.c.d".
bool parse_v6_with_v4(std::string_view text, std::uint8_t* bytes) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !parse_v4(text.substr(colon + 1), bytes + 12)) return false;
  const std::string_view front = text.substr(0, colon + 1);
  if (front == "::") return true;
  if (front.starts_with("::ffff:")) {
    const std::string_view zeros = front.substr(7);
    const std::size_t at = zeros.empty() ? 10 : 8;
    bytes[at] = bytes[at + 1] = 0xff;
    return zeros.empty() || (zeros.size() >= 2 && zeros.size() <= 5 && zeros.back() == ':' &&
                             zeros.find_first_not_of('0') == zeros.size() - 1);
  }
  if (!front.ends_with("::")) return false;
  const int groups = parse_groups(front.substr(0, front.size() - 2), bytes);
  return groups >= 1 && groups <= 4;
}

bool parse_v6(std::string_view text, std::uint8_t* bytes) {
  if (text.find('.') != std::string_view::npos) return parse_v6_with_v4(text, bytes);
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return parse_groups(text, bytes) == 8;
  std::array<std::uint8_t, 16> back{};
  const int before = parse_groups(text.substr(0, gap), bytes);
  const int after = parse_groups(text.substr(gap + 2), back.data());
  if (before < 0 || after < 0 || before + after > 7) return false;
  const auto size = static_cast<std::size_t>(after) * 2;
  std::memcpy(bytes + 16 - size, back.data(), size);
  return true;
}

struct Network {
  std::array<std::uint8_t, 4> bytes;
  unsigned prefix;
};
constexpr Network internal_v4[] = {
    {{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10},
    {{127, 0, 0, 0}, 8},    {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12},
    {{192, 168, 0, 0}, 16}, {{224, 0, 0, 0}, 4},    {{255, 255, 255, 255}, 32},
};

constexpr Network nobody_v4[] = {
    {{0, 0, 0, 0}, 32}, {{127, 0, 0, 0}, 8}, {{169, 254, 0, 0}, 16}, {{255, 255, 255, 255}, 32}};

bool in_any(std::span<const Network> networks, const std::uint8_t* bytes) {
  const auto number = [](const std::uint8_t* b) {
    return static_cast<std::uint32_t>(b[0]) << 24 | static_cast<std::uint32_t>(b[1]) << 16 |
           static_cast<std::uint32_t>(b[2]) << 8 | b[3];
  };
  return std::any_of(networks.begin(), networks.end(), [&](const Network& network) {
    return ((number(bytes) ^ number(network.bytes.data())) >> (32 - network.prefix)) == 0;
  });
}

bool is_internal_v4(const std::uint8_t* bytes) { return in_any(internal_v4, bytes); }
bool names_nobody_v4(const std::uint8_t* bytes) { return in_any(nobody_v4, bytes); }

bool all_zero(const std::uint8_t* bytes, std::size_t size) {
  return std::all_of(bytes, bytes + size, [](std::uint8_t byte) { return byte == 0; });
}

using V6Bytes = std::array<std::uint8_t, 16>;

bool holds_v4(const V6Bytes& b) { return all_zero(b.data(), 10) && b[10] == 0xff && b[11] == 0xff; }
bool is_unspecified_or_loopback(const V6Bytes& b) { return all_zero(b.data(), 15) && b[15] <= 1; }

bool names_nobody_v6(const V6Bytes& b) {
  if (holds_v4(b)) return names_nobody_v4(b.data() + 12);
  return is_unspecified_or_loopback(b) || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

bool is_internal_v6(const V6Bytes& b) {
  if (holds_v4(b)) return is_internal_v4(b.data() + 12);
  return is_unspecified_or_loopback(b) || (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0x80) == 0x80) ||
         b[0] == 0xff;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  Address address{false, false, {}};
  const std::size_t slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  address.is_v4 = parse_v4(host, address.bytes.data());
  if (!address.is_v4) {
    address.bytes = {};
    if (!parse_v6(host, address.bytes.data())) return std::nullopt;
  }
  if (slash == std::string_view::npos) return address;
  address.is_network = true;
  std::string_view prefix = text.substr(slash + 1);
  unsigned length = 0;
  if (!take_number(prefix, address.is_v4 ? 32 : 128, length) || !prefix.empty()) return std::nullopt;
  return address;
}

bool names_nobody(const Address& address) {
  return address.is_v4 ? names_nobody_v4(address.bytes.data()) : names_nobody_v6(address.bytes);
}

bool is_internal(const Address& address) {
  return address.is_v4 ? is_internal_v4(address.bytes.data()) : is_internal_v6(address.bytes);
}

}  // namespace map_stix
