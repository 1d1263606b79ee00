// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"

namespace map_stix {

namespace {

struct Mail {
  Json from;    // the sender that people see
  Json sender;  // the sender of the envelope
  Json recipient;
  Json subject;
  Json date;
  Json message_id;
};

// The message with its addresses, which are reached through it alone. None without sender and subject.
ObjectRef make_message(const Evidence& evidence, const Mail& mail) {
  Bundle& bundle = evidence.bundle();
  ObjectRef from = make_email(evidence, mail.from);
  const ObjectRef sender = make_email(evidence, mail.sender);
  if (!from) from = sender;
  evidence.work().verdicts.add_own_address(usable_text(mail.recipient));
  const std::string_view subject = usable_text(mail.subject);
  if (!from && subject.empty()) return {};

  const std::string from_id = from ? bundle.id(from) : std::string();
  const ObjectRef message =
      evidence.add(ObjectType::email_message, evidence.ids().of({{"from_ref", from_id}, {"subject", subject}}));
  bundle.set_boolean(message, Property::is_multipart, false);
  put_time(bundle, message, Property::date, mail.date);
  put_text(bundle, message, Property::subject, mail.subject);
  put_text(bundle, message, Property::message_id, mail.message_id);
  if (from) bundle.set_ref(message, Property::from_ref, from);
  if (sender != from) put_ref(bundle, message, Property::sender_ref, sender, mail.sender);
  evidence.judge(from, ScoreKind::sender, true);
  if (sender != from) evidence.judge(sender, ScoreKind::sender, true);
  if (const ObjectRef recipient = make_email(evidence, mail.recipient))
    bundle.add_ref(message, Property::to_refs, recipient);
  return message;
}

}  // namespace

// The verdict is the message's: its links and its relay may be anybody's, so they get no score.
ObjectRef map_analyzed_message(Evidence& evidence) {
  const ObjectRef message = make_message(evidence, {.from = evidence["p2Sender"]["emailAddress"],
                                                    .sender = evidence["p1Sender"]["emailAddress"],
                                                    .recipient = evidence["recipientEmailAddress"],
                                                    .subject = evidence["subject"],
                                                    .date = evidence["receivedDateTime"],
                                                    .message_id = evidence["internetMessageId"]});
  if (!message) return {};
  evidence.also(make_address(evidence, evidence["senderIp"]));
  for (const Json url : evidence["urls"]) evidence.also(make_url(evidence, url));
  return message;
}

ObjectRef map_submission_mail(Evidence& evidence) {
  const ObjectRef message = make_message(evidence, {.from = evidence["sender"],
                                                    .sender = {},
                                                    .recipient = evidence["recipient"],
                                                    .subject = evidence["subject"],
                                                    .date = evidence["submissionDateTime"],
                                                    .message_id = {}});
  evidence.work().verdicts.add_own_address(usable_text(evidence["submitter"]));
  if (message) evidence.also(make_address(evidence, evidence["senderIp"]));
  return message;
}

ObjectRef map_mailbox(Evidence& evidence) {
  Verdicts& verdicts = evidence.work().verdicts;
  verdicts.add_own_address(usable_text(evidence["primaryAddress"]));
  verdicts.add_own_address(usable_text(evidence["upn"]));
  Json owner = evidence["userAccount"];
  ObjectRef account = make_user_account(evidence, owner);
  if (!account) {
    owner = evidence["upn"];
    account = make_login(evidence, owner);
  }
  const ObjectRef address = make_email(evidence, evidence["primaryAddress"]);
  if (!address) return account;
  put_ref(evidence.bundle(), address, Property::belongs_to_ref, account, owner);
  return address;
}

ObjectRef map_mailbox_configuration(Evidence& evidence) {
  Verdicts& verdicts = evidence.work().verdicts;
  verdicts.add_own_address(usable_text(evidence["mailboxPrimaryAddress"]));
  verdicts.add_own_address(usable_text(evidence["upn"]));
  const Json owner = evidence["upn"];
  const ObjectRef account = make_login(evidence, owner);
  const ObjectRef address = make_email(evidence, evidence["mailboxPrimaryAddress"]);
  if (!address) return account;
  put_ref(evidence.bundle(), address, Property::belongs_to_ref, account, owner);
  return address;
}

ObjectRef map_mail_cluster(Evidence&) { return {}; }

// A chat message is a note; what it came from and brought along stands beside it.
ObjectRef map_teams_message(Evidence& evidence) {
  const ObjectRef sender = evidence.also(make_email(evidence, evidence["senderFromAddress"]));
  evidence.judge(sender, ScoreKind::sender, false);
  evidence.also(make_address(evidence, evidence["senderIP"]));
  const auto also = [&evidence](ObjectRef object) { evidence.also(object); };
  evidence.each_nested("urls", "urlEvidence", also);
  evidence.each_nested("files", "fileEvidence", also);
  for (const Json recipient : evidence["recipients"]) evidence.work().verdicts.add_own_address(usable_text(recipient));
  return {};
}

}  // namespace map_stix
