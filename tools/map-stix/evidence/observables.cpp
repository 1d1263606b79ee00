// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/observables.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "tools/map-stix/evidence/file_path.hpp"
#include "tools/map-stix/text/address.hpp"
#include "tools/map-stix/text/defanged.hpp"
#include "tools/map-stix/text/stix_values.hpp"
#include "tools/map-stix/text/unicode.hpp"
#include "tools/map-stix/text/url.hpp"

namespace map_stix {

namespace {

// The address as an object, where the text is one and names somebody.
ObjectRef make_ip(const Evidence& evidence, std::string_view text, Json source) {
  const auto address = parse_address(text);
  if (!address || names_nobody(*address)) return {};
  return make_valued(evidence, address->is_v4 ? ObjectType::ipv4_addr : ObjectType::ipv6_addr, text, source);
}

// An address as it stands before a port: "203.0.113.7:443" or "[2001:db8::7]:443".
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, std::min(text.find(']'), text.size()) - 1);
  const std::size_t colon = text.find(':');
  const bool one_colon = colon != std::string_view::npos && colon == text.rfind(':');
  return one_colon ? text.substr(0, colon) : text;
}

}  // namespace

ObjectRef make_valued(const Evidence& evidence, ObjectType type, std::string_view value, Json source) {
  const ObjectRef object = evidence.add(type, evidence.ids().by_value(value));
  evidence.bundle().set_text(object, Property::value, value);
  if (source.text() == value) source.mark_used();
  return object;
}

ObjectRef make_address(const Evidence& evidence, Json value) {
  return is_placeholder(value) ? ObjectRef{} : make_any_address(evidence, value);
}

ObjectRef make_any_address(const Evidence& evidence, Json value) {
  const std::string_view text = strip(usable_text(value));
  if (text.empty()) return {};
  const std::string_view host = without_port(evidence.arena().copy(refanged(text)));
  const auto address = parse_address(host);
  if (!address) {
    evidence.warn("no address", value.key(), "not an IP address; kept as text");
    return {};
  }
  return make_valued(evidence, address->is_v4 ? ObjectType::ipv4_addr : ObjectType::ipv6_addr, host, value);
}

bool is_placeholder(Json value) {
  const std::string text = refanged(strip(usable_text(value)));
  std::string_view host = without_port(text);
  host = host.substr(0, host.find('%'));  // the zone of a link-local address
  const auto address = parse_address(host);
  return address && names_nobody(*address);
}

bool keeps_python_ids(const Evidence& evidence) {
  const auto& before = evidence.work().options.python_ids_before;
  return before && evidence.alert().incident.created < *before;
}

ObjectRef make_email(const Evidence& evidence, Json value) {
  std::string_view text = strip(usable_text(value));
  if (text.empty()) return {};
  if (const std::string plain = refanged(text); plain != text && is_email_address(plain))
    text = evidence.arena().copy(plain);
  if (!is_email_address(text)) {
    evidence.warn("no e-mail address", value.key(), "not an e-mail address; kept as text");
    return {};
  }
  return make_valued(evidence, ObjectType::email_addr, text, value);
}

ObjectRef make_mac_address(const Evidence& evidence, Json value) {
  const std::string_view text = usable_text(value);
  if (text.empty()) return {};
  const auto address = normal_mac_address(text);
  if (!address) {
    evidence.warn("no MAC address", value.key(), "not a MAC address; kept as text");
    return {};
  }
  return make_valued(evidence, ObjectType::mac_addr, evidence.arena().copy(*address), value);
}

ObjectRef make_domain(const Evidence& evidence, Json value) {
  return make_domain(evidence, value, strip(usable_text(value)));
}

ObjectRef make_domain(const Evidence& evidence, Json value, std::string_view name) {
  if (const std::string plain = refanged(name); plain != name && is_domain_name(plain))
    name = evidence.arena().copy(plain);
  if (name.ends_with('.') && is_domain_name(name.substr(0, name.size() - 1))) name.remove_suffix(1);
  if (name.empty()) return {};
  if (parse_address(name)) return make_ip(evidence, name, value);
  const ObjectType type = is_domain_name(name) ? ObjectType::domain_name
                          : is_host_name(name) ? ObjectType::hostname
                                               : ObjectType::text;
  return make_valued(evidence, type, name, value);
}

ObjectRef make_hostname(const Evidence& evidence, Json value) {
  const std::string_view text = usable_text(value);
  if (text.empty()) return {};
  return make_valued(evidence, is_host_name(text) ? ObjectType::hostname : ObjectType::text, text, value);
}

ObjectRef make_url(const Evidence& evidence, Json value) {
  const std::string_view text = strip(usable_text(value));
  if (text.empty() || is_placeholder(value)) return {};
  const Url url = read_url(text);
  if (url.kind == UrlKind::text) return make_valued(evidence, ObjectType::text, text, value);
  if (url.kind == UrlKind::host) {
    const std::string_view host = evidence.arena().copy(url.value);
    const auto address = parse_address(host);
    return address && names_nobody(*address) ? ObjectRef{} : make_domain(evidence, value, host);
  }
  return make_valued(evidence, ObjectType::url, url.value == text ? text : evidence.arena().copy(url.value), value);
}

ObjectRef make_host(const Evidence& evidence, Json value) {
  std::string_view text = strip(usable_text(value));
  if (text.find("://") != std::string_view::npos) return {};
  if (text.starts_with("//")) text.remove_prefix(2);
  std::string_view host = text.substr(0, text.find_first_of("/?#"));
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  host = without_port(host);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (const ObjectRef address = make_ip(evidence, host, {})) return address;
  return is_domain_name(host) ? make_valued(evidence, ObjectType::domain_name, host, {}) : ObjectRef{};
}

ObjectRef make_system(const Evidence& evidence, std::string_view name, std::initializer_list<Json> parts) {
  if (strip(name).empty()) return {};
  const ObjectRef system =
      evidence.bundle().add(ObjectType::identity, evidence.ids().identity("system", name), shared_date, shared_date);
  if (evidence.bundle().set_text(system, Property::name, name)) {
    for (const Json part : parts) mark_text(part);
  }
  evidence.bundle().set_text(system, Property::identity_class, "system");
  evidence.bundle().set_number(system, Property::confidence, shared_confidence);
  return system;
}

ObjectRef make_software(const Evidence& evidence, std::string_view name, std::string_view vendor,
                        std::string_view version) {
  if (name.empty()) return {};
  const ObjectRef software =
      evidence.add(ObjectType::software, evidence.ids().of({{"name", name}, {"vendor", vendor}, {"version", version}}));
  evidence.bundle().set_text(software, Property::name, name);
  if (!vendor.empty()) evidence.bundle().set_text(software, Property::vendor, vendor);
  if (!version.empty()) evidence.bundle().set_text(software, Property::version, version);
  return software;
}

ObjectRef make_login(const Evidence& evidence, Json login) {
  const std::string_view text = usable_text(login);
  if (text.empty()) return {};
  const ObjectRef account = evidence.add(ObjectType::user_account, evidence.ids().of({{"account_login", text}}));
  put_text(evidence.bundle(), account, Property::account_login, login);
  return account;
}

namespace {

// The domains in an account's names are the organisation's own. A domainName without a dot is a NetBIOS name, which no
// mail address ends in.
void add_own_domains(const Evidence& evidence, Json account) {
  Verdicts& verdicts = evidence.work().verdicts;
  for (const std::string_view member : {"userPrincipalName", "accountName"}) {
    const std::string_view name = usable_text(account[member]);
    if (name.find('@') != std::string_view::npos) verdicts.add_own_address(name);
  }
  const std::string_view domain = usable_text(account["domainName"]);
  if (domain.find('.') != std::string_view::npos) verdicts.add_own_address(domain);
}

}  // namespace

ObjectRef make_user_account(const Evidence& evidence, Json account, ObjectRef* email) {
  Bundle& bundle = evidence.bundle();
  const Json principal = account["userPrincipalName"];
  add_own_domains(evidence, account);
  ObjectRef object = make_login(evidence, account["accountName"]);
  if (!object) object = make_login(evidence, principal);
  for (const std::string_view member : {"userSid", "azureAdUserId"}) {
    const std::string_view id = usable_text(account[member]);
    if (object || id.empty()) continue;
    object = evidence.add(ObjectType::user_account, evidence.ids().of({{"user_id", id}}));
    put_text(bundle, object, Property::user_id, account[member]);
  }
  if (!object) return {};
  put_text(bundle, object, Property::display_name, account["displayName"]);
  if (is_email_address(usable_text(principal))) {
    const ObjectRef address = make_email(evidence, principal);
    evidence.relate(address, object);
    if (email != nullptr) *email = address;
  }
  return object;
}

namespace {

struct HashMember {
  std::string_view member;
  HashKind kind;
  Property property;
};
// The first of these that a file has becomes part of its id.
constexpr HashMember hash_members[] = {{"md5", HashKind::md5, Property::md5},
                                       {"sha1", HashKind::sha1, Property::sha1},
                                       {"sha256", HashKind::sha256, Property::sha256}};

// The id of the file's folder, for files that keep the Python connectors' ids; "" for others.
std::string_view id_of_folder(const Evidence& evidence, Json details) {
  const std::string_view path = usable_text(details["filePath"]);
  if (path.empty() || !keeps_python_ids(evidence)) return {};
  return evidence.arena().join({"directory--", common::to_text(evidence.ids().of({{"path", path}}))});
}

}  // namespace

FileObjects make_file(const Evidence& evidence, Json details) {
  FileObjects made;
  made.file = make_file_alone(evidence, details);
  const std::string_view folder = folder_of(evidence.text(details, "filePath"), evidence.text(details, "fileName"));
  if (!made.file || folder.empty()) return made;
  made.directory = evidence.add(ObjectType::directory, evidence.ids().of({{"path", folder}}));
  evidence.bundle().set_text(made.directory, Property::path, folder);
  return made;
}

ObjectRef make_file_alone(const Evidence& evidence, Json details) {
  Bundle& bundle = evidence.bundle();
  std::array<Json, std::size(hash_members)> hashes;  // the valid ones
  std::size_t chosen = hashes.size();
  for (std::size_t i = hashes.size(); i-- > 0;) {
    const HashMember& hash = hash_members[i];
    const Json value = details[hash.member];
    if (is_wrong_type(value)) evidence.warn("wrong type", hash.member, "neither text nor number; kept as text");
    const std::string_view text = usable_text(value);
    if (text.empty()) continue;
    if (!is_hash(hash.kind, text)) {
      evidence.warn("bad hash", hash.member, "not a hash of that kind; kept as text");
      continue;
    }
    hashes[i] = value;
    chosen = i;
  }
  if (chosen == hashes.size()) return {};

  const std::string_view name = evidence.text(details, "fileName");
  const ObjectRef file =
      evidence.add(ObjectType::file, evidence.ids().file(row_of(hash_members[chosen].property).name,
                                                         hashes[chosen].text(), name, id_of_folder(evidence, details)));
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (!hashes[i]) continue;
    put_text(bundle, file, hash_members[i].property, hashes[i]);
    evidence.alert().hashes.push_back({hashes[i].text(), file});
  }
  put_text(bundle, file, Property::name, details["fileName"]);
  const Json size = details["fileSize"];
  const bool has_size = put_number(bundle, file, Property::size, size, 0, largest_exact_integer);
  if (!has_size && !size.is(JsonKind::null) && size) evidence.warn("bad size", "fileSize", "not a size; kept as text");
  return file;
}

std::optional<ScoreKind> judged_as(ObjectType type) {
  switch (type) {
    case ObjectType::ipv4_addr:
    case ObjectType::ipv6_addr: return ScoreKind::address;
    case ObjectType::url: return ScoreKind::url;
    case ObjectType::domain_name: return ScoreKind::domain;
    default: return std::nullopt;
  }
}

}  // namespace map_stix
