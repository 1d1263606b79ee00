// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <initializer_list>
#include <optional>
#include <string_view>

#include "tools/map-stix/evidence/evidence.hpp"

namespace map_stix {

// Makers of objects that several mappers share. Each takes the value where Graph holds it, marks it as used when the
// object says it word for word, and returns none when the value fits no type.

/// ipv4-addr or ipv6-addr; a port is left out. None for addresses that name nobody: unspecified, broadcast, loopback
/// and link-local ones.
ObjectRef make_address(const Evidence& evidence, Json value);
ObjectRef make_any_address(const Evidence& evidence, Json value);  ///< these as well
/// Whether --python-ids-before asks that this incident has the objects and ids that the Python connectors gave it.
bool keeps_python_ids(const Evidence& evidence);
/// Whether the value is an address that names nobody.
bool is_placeholder(Json value);
/// email-addr.
ObjectRef make_email(const Evidence& evidence, Json value);
/// mac-addr, normalised.
ObjectRef make_mac_address(const Evidence& evidence, Json value);
/// domain-name (without the dot of the root), else hostname, else text; an address is mapped as by make_address().
ObjectRef make_domain(const Evidence& evidence, Json value);
ObjectRef make_domain(const Evidence& evidence, Json value, std::string_view name);
/// hostname, else text.
ObjectRef make_hostname(const Evidence& evidence, Json value);
/// url; a bare host is mapped as by make_domain(); anything else becomes text.
ObjectRef make_url(const Evidence& evidence, Json value);
/// The address or domain-name that is the host of a URL without a scheme ("evil.example/x"); none for other texts.
ObjectRef make_host(const Evidence& evidence, Json value);
/// An object that has nothing but a value.
ObjectRef make_valued(const Evidence& evidence, ObjectType type, std::string_view value, Json source);

/// identity of class "system". `parts` are what the name was put together from: they are marked, unless the bundle
/// holds the system under the name in another case.
ObjectRef make_system(const Evidence& evidence, std::string_view name, std::initializer_list<Json> parts);
/// software; vendor and version may be "".
ObjectRef make_software(const Evidence& evidence, std::string_view name, std::string_view vendor,
                        std::string_view version);

/// user-account of a Graph userAccount. Where the principal name is an e-mail address, that becomes an email-addr,
/// which is related to the account; `email` receives it.
ObjectRef make_user_account(const Evidence& evidence, Json account, ObjectRef* email = nullptr);
/// user-account that has a login and nothing else.
ObjectRef make_login(const Evidence& evidence, Json login);

struct FileObjects {
  ObjectRef file;
  ObjectRef directory;  ///< the caller ties it to the case
};
/// file and directory of a Graph fileDetails; neither without a valid hash.
FileObjects make_file(const Evidence& evidence, Json details);
/// The file alone.
ObjectRef make_file_alone(const Evidence& evidence, Json details);
/// How a verdict counts for an object made by make_url() or make_domain(); nothing for hostname and text.
std::optional<ScoreKind> judged_as(ObjectType type);

}  // namespace map_stix
