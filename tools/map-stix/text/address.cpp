// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/text/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <iterator>
#include <span>

namespace map_stix {

namespace {

using V6Bytes = std::array<std::uint8_t, 16>;

// An address as inet_pton() reads it: IPv4 as four decimal numbers without leading zeros, IPv6 in any of its forms.
bool parse_with(int family, std::string_view text, std::uint8_t* bytes) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return false;
  std::copy(text.begin(), text.end(), terminated.begin());
  return ::inet_pton(family, terminated.data(), bytes) == 1;
}

// Of IPv6 addresses that end in an IPv4 one the platform takes "::a.b.c.d", "::ffff:a.b.c.d", "::ffff:0:a.b.c.d" with
// one to four zeros, and one to four groups before "::a.b.c.d".
bool platform_takes_mixed(std::string_view text) {
  const std::string_view front = text.substr(0, text.rfind(':') + 1);
  if (front == "::" || front == "::ffff:") return true;
  if (front.starts_with("::ffff:")) {
    const std::string_view zeros = front.substr(7);
    return zeros.size() >= 2 && zeros.size() <= 5 && zeros.find_first_not_of('0') == zeros.size() - 1;
  }
  if (!front.ends_with("::") || front.starts_with(':')) return false;
  return std::count(front.begin(), front.end() - 2, ':') < 4;
}

// A prefix length: a decimal number without leading zeros.
bool is_prefix_length(std::string_view text, unsigned most) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool plain = !text.empty() && (text.size() == 1 || text.front() != '0');
  return plain && error == std::errc{} && end == text.data() + text.size() && number <= most;
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

bool begins_with(const V6Bytes& b, std::initializer_list<std::uint8_t> beginning) {
  return std::equal(beginning.begin(), beginning.end(), b.begin());
}

bool is_unspecified_or_loopback(const V6Bytes& b) { return all_zero(b.data(), 15) && b[15] <= 1; }

// The IPv4 address that an IPv6 address leads to: mapped, translated and compatible ones, NAT64 (RFC 6052) and 6to4
// (RFC 3056); null for any other.
const std::uint8_t* inner_v4(const V6Bytes& b) {
  if (begins_with(b, {0x20, 0x02})) return b.data() + 2;
  const bool nat64 = begins_with(b, {0x00, 0x64, 0xff, 0x9b}) && all_zero(b.data() + 4, 8);
  const bool mapped = all_zero(b.data(), 10) && b[10] == 0xff && b[11] == 0xff;
  const bool translated = all_zero(b.data(), 8) && b[8] == 0xff && b[9] == 0xff && b[10] == 0 && b[11] == 0;
  const bool compatible = all_zero(b.data(), 12) && !is_unspecified_or_loopback(b);
  return nat64 || mapped || translated || compatible ? b.data() + 12 : nullptr;
}

bool names_nobody_v6(const V6Bytes& b) {
  if (const std::uint8_t* const v4 = inner_v4(b)) return names_nobody_v4(v4);
  return is_unspecified_or_loopback(b) || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

bool is_internal_v6(const V6Bytes& b) {
  if (const std::uint8_t* const v4 = inner_v4(b)) return is_internal_v4(v4);
  const bool local_nat64 = begins_with(b, {0x00, 0x64, 0xff, 0x9b, 0x00, 0x01});  // RFC 8215
  const bool unique_local = (b[0] & 0xfe) == 0xfc;
  const bool link_or_site_local = b[0] == 0xfe && (b[1] & 0x80) == 0x80;
  const bool multicast = b[0] == 0xff;
  return is_unspecified_or_loopback(b) || local_nat64 || unique_local || link_or_site_local || multicast;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  Address address{false, false, {}};
  const std::size_t slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  address.is_v4 = parse_with(AF_INET, host, address.bytes.data());
  if (!address.is_v4) {
    const bool mixed = host.find('.') != std::string_view::npos;
    if (!parse_with(AF_INET6, host, address.bytes.data()) || (mixed && !platform_takes_mixed(host)))
      return std::nullopt;
  }
  if (slash == std::string_view::npos) return address;
  address.is_network = true;
  if (!is_prefix_length(text.substr(slash + 1), address.is_v4 ? 32 : 128)) return std::nullopt;
  return address;
}

std::string canonical_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address.is_v4 ? AF_INET : AF_INET6, address.bytes.data(), text.data(), text.size());
  return text.data();
}

bool names_nobody(const Address& address) {
  return address.is_v4 ? names_nobody_v4(address.bytes.data()) : names_nobody_v6(address.bytes);
}

bool is_internal(const Address& address) {
  return address.is_v4 ? is_internal_v4(address.bytes.data()) : is_internal_v6(address.bytes);
}

}  // namespace map_stix
