// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"
#include "tools/map-stix/incident/notes.hpp"
#include "tools/map-stix/text/markdown.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

Json first_usable(const Evidence& evidence, std::string_view member, std::string_view other) {
  return usable_text(evidence[member]).empty() ? evidence[other] : evidence[member];
}

ObjectRef make_github_account(const Evidence& evidence, Json login, Json id) {
  const std::string_view login_text = usable_text(login);
  const std::string_view id_text = usable_text(id);
  if (login_text.empty() && id_text.empty()) return {};
  Bundle& bundle = evidence.bundle();
  const ObjectRef account = evidence.add(
      ObjectType::user_account,
      evidence.ids().of({{"account_login", login_text}, {"account_type", "github"}, {"user_id", id_text}}));
  put_text(bundle, account, Property::user_id, id);
  put_text(bundle, account, Property::account_login, login);
  bundle.set_text(account, Property::account_type, "github");
  return account;
}

// The agent's instructions become a note of their own: they are too long for a line of a description.
void add_instructions(const Evidence& evidence) {
  const std::string_view text = evidence.text("instructions");
  if (text.empty()) return;
  Workspace& work = evidence.work();
  work.scratch.clear();
  work.scratch += std::string_view("Instructions of the agent\n\n");
  append_code(work.scratch, text);
  const AlertScope& alert = evidence.alert();
  add_note(work, {.content = work.arena.copy(strip(work.scratch.view())),
                  .date = usable_instant(evidence["createdDateTime"]).value_or(alert.note_date),
                  .about = alert.object,
                  .kind = "aiAgentEvidence",
                  .key = usable_text(first_usable(evidence, "agentId", "agentName")),
                  .parent = alert.id,
                  .tenant = alert.tenant});
  evidence["instructions"].mark_used();
}

}  // namespace

ObjectRef map_oauth_application(Evidence& evidence) {
  const std::string_view name = evidence.text("displayName");
  if (name.empty()) return {};
  const ObjectRef software = make_software(evidence, name, evidence.text("publisher"), {});
  evidence["displayName"].mark_used();
  mark_text(evidence["publisher"]);
  return software;
}

ObjectRef map_cloud_application(Evidence& evidence) {
  const Json name = first_usable(evidence, "displayName", "instanceName");
  const ObjectRef software = make_software(evidence, usable_text(name), {}, {});
  if (software) name.mark_used();
  return software;
}

ObjectRef map_ai_agent(Evidence& evidence) {
  const Json name = first_usable(evidence, "agentName", "agentId");
  const std::string_view platform = evidence.text("hostingPlatformType");
  const bool known = platform != "unknown" && platform != "unknownFutureValue";
  const ObjectRef software = make_software(evidence, usable_text(name), known ? platform : std::string_view{}, {});
  if (!software) return {};
  name.mark_used();
  if (known) mark_text(evidence["hostingPlatformType"]);
  add_instructions(evidence);
  return software;
}

ObjectRef map_github_organization(Evidence& evidence) {
  const Json login = first_usable(evidence, "login", "displayName");
  const std::string_view text = usable_text(login);
  if (text.empty()) return {};
  Bundle& bundle = evidence.bundle();
  const std::string_view name = evidence.arena().join({"GitHub: ", text});
  const ObjectRef organization =
      bundle.add(ObjectType::identity, evidence.ids().identity("organization", name), shared_date, shared_date);
  if (bundle.set_text(organization, Property::name, name)) login.mark_used();
  bundle.set_text(organization, Property::identity_class, "organization");
  bundle.set_number(organization, Property::confidence, shared_confidence);
  evidence.refer(organization, "GitHub", {}, evidence["webUrl"]);
  evidence.relate(organization, make_email(evidence, evidence["email"]));
  return organization;
}

ObjectRef map_github_repo(Evidence& evidence) {
  const ObjectRef url = make_url(evidence, evidence["baseUrl"]);
  if (!url) return {};
  if (const auto kind = judged_as(evidence.bundle().type(url))) evidence.judge(url, *kind, false);
  if (equals_ignoring_case(evidence.text("ownerType"), "User")) {
    evidence.relate(url, make_github_account(evidence, evidence["owner"], {}));
  }
  return url;
}

ObjectRef map_github_user(Evidence& evidence) {
  const ObjectRef account = make_github_account(evidence, evidence["login"], evidence["userId"]);
  if (!account) return {};
  put_text(evidence.bundle(), account, Property::display_name, evidence["name"]);
  evidence.refer(account, "GitHub", {}, evidence["webUrl"]);
  evidence.relate(account, make_email(evidence, evidence["email"]));
  return account;
}

}  // namespace map_stix
