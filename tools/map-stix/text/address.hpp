// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace map_stix {

/// An IP address, or a network where a prefix length follows.
struct Address {
  bool is_v4 = false;
  bool is_network = false;             ///< written with a prefix length
  std::array<std::uint8_t, 16> bytes;  ///< the first 4 for IPv4
};

/// Reads an address in a form that the platform takes: four decimal numbers without leading zeros, or IPv6;
/// with or without prefix length. Nothing for anything else.
std::optional<Address> parse_address(std::string_view text);

/// The address, without a prefix length, in its one spelling: four decimal numbers, or RFC 5952.
std::string canonical_text(const Address& address);

/// Private, loopback, link-local, carrier-grade NAT, unique-local, multicast or unspecified: an address that
/// says nothing about anybody outside. So does an IPv6 address that leads to such an IPv4 address.
bool is_internal(const Address& address);

/// Unspecified, broadcast, loopback or link-local: an address that every machine has, or none.
bool names_nobody(const Address& address);

}  // namespace map_stix
