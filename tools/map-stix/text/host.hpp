// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace map_stix {

/// A host as browsers read it: percent-encoding and full-width characters resolved, in lower case, without brackets and
/// the dot of the root; an IPv4 address in decimal, octal, hexadecimal or short form as four decimal numbers, an IPv6
/// address as RFC 5952 writes it.
std::string read_host(std::string_view host);

/// Whether a host that read_host() gave is the machine itself or an internal address, see is_internal().
bool is_internal_host(std::string_view host);

}  // namespace map_stix
