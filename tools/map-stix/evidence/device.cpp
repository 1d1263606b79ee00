// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

// The device's DNS name, else its host name with what makes that unique. `part` receives the member that was added.
std::string_view device_name(const Evidence& evidence, Json& part) {
  const std::string_view dns_name = evidence.text("deviceDnsName");
  const std::string_view host = evidence.text("hostName");
  if (!dns_name.empty()) return dns_name;
  if (host.empty()) return {};
  const auto with = [&](std::string_view member, auto join) {
    const std::string_view text = evidence.text(member);
    if (text.empty()) return std::string_view{};
    part = evidence[member];
    return join(text);
  };
  TextArena& arena = evidence.arena();
  std::string_view name = with("dnsDomain", [&](std::string_view domain) { return arena.join({host, ".", domain}); });
  if (name.empty()) name = with("ntDomain", [&](std::string_view domain) { return arena.join({domain, "\\", host}); });
  if (name.empty()) name = with("mdeDeviceId", [&](std::string_view id) { return arena.join({host, " (", id, ")"}); });
  return name.empty() ? host : name;
}

// Addresses of devices change, so they become objects only with --device-addresses. They count as the organisation's
// own in any case: none of them becomes an indicator.
void add_addresses(const Evidence& evidence, ObjectRef system) {
  const auto add = [&](Json value) {
    const std::string_view text = strip(usable_text(value));
    if (text.empty()) return;
    evidence.work().verdicts.add_device_host(text);
    if (system && evidence.work().options.device_addresses) evidence.relate(system, make_address(evidence, value));
  };
  add(evidence["lastIpAddress"]);
  add(evidence["lastExternalIpAddress"]);
  for (const Json address : evidence["ipInterfaces"]) add(address);
}

}  // namespace

ObjectRef map_device(Evidence& evidence) {
  Json part;
  const std::string_view name = device_name(evidence, part);
  if (name.empty()) {
    add_addresses(evidence, {});
    return {};
  }
  const ObjectRef system = make_system(evidence, name, {part});
  Verdicts& verdicts = evidence.work().verdicts;
  verdicts.add_device_host(name);
  verdicts.add_device_host(usable_text(evidence["hostName"]));
  const Json host = usable_text(evidence["deviceDnsName"]).empty() ? evidence["hostName"] : evidence["deviceDnsName"];
  const ObjectRef hostname = evidence.also(make_hostname(evidence, host));
  evidence.relate(hostname, system);
  add_addresses(evidence, system);
  if (const std::string_view id = usable_text(evidence["mdeDeviceId"]); !id.empty()) {
    IncidentScope& incident = evidence.alert().incident;
    const std::uint32_t number = incident.work.device_ids.number_of(id);
    if (number >= incident.devices.size()) incident.devices.resize(number + 1);
    if (!incident.devices[number]) incident.devices[number] = system;
  }
  return system;
}

ObjectRef map_nic(Evidence& evidence) {
  const ObjectRef mac = make_mac_address(evidence, evidence["macAddress"]);
  if (mac) evidence.nested("ipAddress", "ipEvidence", mac);
  return mac;
}

ObjectRef map_iot_device(Evidence& evidence) {
  const std::string_view name = evidence.text("deviceName");
  const std::string_view id = evidence.text("deviceId");
  Verdicts& verdicts = evidence.work().verdicts;
  verdicts.add_device_host(name);
  verdicts.add_device_host(strip(usable_text(evidence["ipAddress"]["ipAddress"])));
  for (const Json nic : evidence["nics"]) verdicts.add_device_host(strip(usable_text(nic["ipAddress"]["ipAddress"])));
  if (name.empty() && id.empty()) return {};
  const ObjectRef system = make_system(evidence,
                                       name.empty() ? id
                                       : id.empty() ? name
                                                    : evidence.arena().join({name, " (", id, ")"}),
                                       {evidence["deviceName"], evidence["deviceId"]});
  evidence.refer(system, "Microsoft Defender for IoT", {}, evidence["devicePageLink"]);
  evidence.relate(system, make_mac_address(evidence, evidence["macAddress"]));
  evidence.nested("nics", "nicEvidence", system);
  evidence.nested("ipAddress", "ipEvidence", system);
  evidence.nested("sourceRef", "urlEvidence", system);
  evidence.nested("ioTHub", "azureResourceEvidence", system);
  return system;
}

}  // namespace map_stix
