// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"

namespace map_stix {

ObjectRef map_user(Evidence& evidence) {
  ObjectRef email;
  const ObjectRef account = make_user_account(evidence, evidence["userAccount"], &email);
  if (email) evidence.also(email);
  return account;
}

ObjectRef map_security_group(Evidence& evidence) {
  const std::string_view distinguished = evidence.text("distinguishedName");
  if (!distinguished.empty()) return make_system(evidence, distinguished, {evidence["distinguishedName"]});
  const Json name = usable_text(evidence["displayName"]).empty() ? evidence["friendlyName"] : evidence["displayName"];
  const Json id = usable_text(evidence["sid"]).empty() ? evidence["securityGroupId"] : evidence["sid"];
  const std::string_view name_text = usable_text(name);
  const std::string_view id_text = usable_text(id);
  if (id_text.empty() || name_text.empty())
    return make_system(evidence, name_text.empty() ? id_text : name_text, {name, id});
  return make_system(evidence, evidence.arena().join({name_text, " (", id_text, ")"}), {name, id});
}

ObjectRef map_service_principal(Evidence& evidence) {
  Bundle& bundle = evidence.bundle();
  const Json app = evidence["appId"];
  const Json name = usable_text(evidence["servicePrincipalName"]).empty() ? app : evidence["servicePrincipalName"];
  const std::string_view login = usable_text(name);
  if (login.empty()) return {};
  const ObjectRef account = evidence.add(ObjectType::user_account,
                                         evidence.ids().of({{"account_login", login}, {"user_id", usable_text(app)}}));
  put_text(bundle, account, Property::account_login, name);
  put_text(bundle, account, Property::user_id, app);
  bundle.set_boolean(account, Property::is_service_account, true);
  return account;
}

// A sign-in has no STIX type of its own: a reference on the incident leads to it, and a note of its own holds what is
// known of it.
ObjectRef map_cloud_logon_request(Evidence& evidence) {
  evidence.refer(evidence.alert().object, "Microsoft Entra sign-in request", evidence["requestId"]);
  return {};
}

ObjectRef map_cloud_logon_session(Evidence& evidence) {
  const ObjectRef account = evidence.map_nested("account", "userEvidence");
  const Json agent = evidence["userAgent"];
  const auto tie = [&](ObjectRef object) {
    evidence.attach(account, object);
    evidence.relate(account, object);
  };
  if (!evidence.text("userAgent").empty())
    tie(make_valued(evidence, ObjectType::user_agent, usable_text(agent), agent));
  tie(make_hostname(evidence, evidence["deviceName"]));
  evidence.refer(evidence.alert().object, "Microsoft Entra sign-in session", evidence["sessionId"]);
  return account;
}

ObjectRef map_host_logon_session(Evidence& evidence) {
  const ObjectRef account = evidence.map_nested("account", "userEvidence");
  const ObjectRef host = evidence.map_nested("host", "deviceEvidence");
  if (!account) return host;
  evidence.relate(account, host);
  evidence.also(host);
  return account;
}

}  // namespace map_stix
