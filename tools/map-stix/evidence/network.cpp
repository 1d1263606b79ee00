// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "common/json/json_writer.hpp"
#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

// A port as JSON text for the id; "" where there is none.
std::string_view port_text(const Evidence& evidence, std::string_view member) {
  const auto port = usable_integer(evidence[member]);
  if (!port || *port < 0 || *port > 65535) return {};
  return evidence.arena().copy(std::to_string(*port));
}

std::string_view id_of(const Evidence& evidence, ObjectRef object) {
  if (!object) return {};
  return evidence.arena().copy(evidence.bundle().id(object));
}

// The object if it is an address: nested evidence may say that it is of another type, which is no end of traffic and no
// answer to a question for a name.
ObjectRef if_address(const Evidence& evidence, ObjectRef object) {
  if (!object) return {};
  const ObjectType type = evidence.bundle().type(object);
  return type == ObjectType::ipv4_addr || type == ObjectType::ipv6_addr ? object : ObjectRef{};
}

// STIX requires a protocol. Where Graph names none, the address family stands for it.
std::string_view protocol_of(const Evidence& evidence, ObjectRef first_address) {
  const std::string protocol = ascii_lower(evidence.text("protocol"));
  if (!protocol.empty() && protocol != "unknown" && protocol != "unknownfuturevalue") {
    if (evidence["protocol"].text() == protocol) evidence["protocol"].mark_used();
    return evidence.arena().copy(protocol);
  }
  return evidence.bundle().type(first_address) == ObjectType::ipv6_addr ? "ipv6" : "ipv4";
}

}  // namespace

ObjectRef map_ip(Evidence& evidence) {
  const Json value = evidence["ipAddress"];
  const bool python = !evidence.is_nested() && keeps_python_ids(evidence);
  const ObjectRef address = python ? make_any_address(evidence, value) : make_address(evidence, value);
  if (!address && is_placeholder(value)) evidence.set_text_only();
  evidence.judge(address, ScoreKind::address, true);
  return address;
}

ObjectRef map_url(Evidence& evidence) {
  const ObjectRef object = make_url(evidence, evidence["url"]);
  if (!object) {
    if (is_placeholder(evidence["url"])) evidence.set_text_only();
    return {};
  }
  const ObjectType type = evidence.bundle().type(object);
  if (const auto kind = judged_as(type)) evidence.judge(object, *kind, true);
  // The verdict is about the whole URL, so the host gets none.
  if (type == ObjectType::text || type == ObjectType::url)
    evidence.attach(object, make_host(evidence, evidence["url"]));
  return object;
}

ObjectRef map_dns(Evidence& evidence) {
  Bundle& bundle = evidence.bundle();
  const ObjectRef name = make_domain(evidence, evidence["domainName"]);
  if (!name) {
    if (is_placeholder(evidence["domainName"])) evidence.set_text_only();
    return {};
  }
  const ObjectType type = bundle.type(name);
  if (type == ObjectType::domain_name) evidence.judge(name, ScoreKind::domain, true);
  const bool resolves = type == ObjectType::domain_name || type == ObjectType::hostname;
  evidence.each_nested("ipAddresses", "ipEvidence", [&](ObjectRef address, ObjectRef) {
    const bool answers = resolves && if_address(evidence, address);
    evidence.relate(name, answers ? RelationshipType::resolves_to : RelationshipType::related_to, address);
  });
  evidence.nested("dnsServerIp", "ipEvidence", name);
  evidence.nested("hostIpAddress", "ipEvidence", name);
  return name;
}

ObjectRef map_network_connection(Evidence& evidence) {
  Bundle& bundle = evidence.bundle();
  const ObjectRef source = evidence.map_nested("sourceAddress", "ipEvidence");
  const ObjectRef destination = evidence.map_nested("destinationAddress", "ipEvidence");
  if (!source && !destination) {
    const bool local = is_placeholder(evidence["sourceAddress"]["ipAddress"]) ||
                       is_placeholder(evidence["destinationAddress"]["ipAddress"]);
    if (local) evidence.set_text_only();
    return {};
  }
  const ObjectRef from = if_address(evidence, source);
  const ObjectRef to = if_address(evidence, destination);
  if (!from && !to) {
    evidence.attach(source, destination);
    return source ? source : destination;
  }
  const std::string_view protocol = protocol_of(evidence, from ? from : to);
  std::string protocols = "[";
  common::append_json_string(protocols, protocol);
  protocols += ']';
  const ObjectRef traffic = evidence.add(ObjectType::network_traffic,
                                         evidence.ids().of({{"dst_port", port_text(evidence, "destinationPort"), true},
                                                            {"dst_ref", id_of(evidence, to)},
                                                            {"protocols", protocols, true},
                                                            {"src_port", port_text(evidence, "sourcePort"), true},
                                                            {"src_ref", id_of(evidence, from)}}));
  put_number(bundle, traffic, Property::src_port, evidence["sourcePort"], 0, 65535);
  put_number(bundle, traffic, Property::dst_port, evidence["destinationPort"], 0, 65535);
  bundle.add_text(traffic, Property::protocols, protocol);
  if (from) bundle.set_ref(traffic, Property::src_ref, from);
  if (to) bundle.set_ref(traffic, Property::dst_ref, to);
  for (const ObjectRef end : {source, destination}) {
    evidence.relate(traffic, end);
    evidence.also(end);
  }
  return traffic;
}

// Such a domain is the organisation's own directory, so it gets no score.
ObjectRef map_active_directory_domain(Evidence& evidence) {
  const ObjectRef domain = make_domain(evidence, evidence["activeDirectoryDomainName"]);
  if (domain) evidence.nested("trustedDomains", "activeDirectoryDomainEvidence", domain);
  return domain;
}

}  // namespace map_stix
