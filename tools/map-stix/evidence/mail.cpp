// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"

namespace map_stix {

namespace {

struct Mail {
  Json from;    // P2: the sender that people see
  Json sender;  // P1: the sender of the envelope
  Json recipient;
  Json subject;
  Json date;
  Json message_id;
};

// The message, related to the addresses of its senders and recipient. None without sender and subject.
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
  if (sender && sender != from) bundle.set_ref(message, Property::sender_ref, sender);
  evidence.judge(from, ScoreKind::sender, true);
  if (sender != from) evidence.judge(sender, ScoreKind::sender, true);
  const ObjectRef recipient = make_email(evidence, mail.recipient);
  if (recipient) bundle.add_ref(message, Property::to_refs, recipient);
  for (const ObjectRef address : {from, sender, recipient}) evidence.relate(message, address);
  return message;
}

// Ties an object that the message came from or leads to.
void add_to_message(const Evidence& evidence, ObjectRef message, ObjectRef object) {
  evidence.attach(message, object);
  evidence.relate(message, object);
}

}  // namespace

// The verdict is about the message. Its links and its relay may be anybody's, so they get no score.
ObjectRef map_analyzed_message(Evidence& evidence) {
  const ObjectRef message = make_message(evidence, {.from = evidence["p2Sender"]["emailAddress"],
                                                    .sender = evidence["p1Sender"]["emailAddress"],
                                                    .recipient = evidence["recipientEmailAddress"],
                                                    .subject = evidence["subject"],
                                                    .date = evidence["receivedDateTime"],
                                                    .message_id = evidence["internetMessageId"]});
  if (!message) return {};
  add_to_message(evidence, message, make_address(evidence, evidence["senderIp"]));
  for (const Json url : evidence["urls"]) add_to_message(evidence, message, make_url(evidence, url));
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
  if (message) add_to_message(evidence, message, make_address(evidence, evidence["senderIp"]));
  return message;
}

ObjectRef map_mailbox(Evidence& evidence) {
  Verdicts& verdicts = evidence.work().verdicts;
  verdicts.add_own_address(usable_text(evidence["primaryAddress"]));
  verdicts.add_own_address(usable_text(evidence["upn"]));
  ObjectRef account = make_user_account(evidence, evidence["userAccount"]);
  if (!account) account = make_login(evidence, evidence["upn"]);
  const ObjectRef address = make_email(evidence, evidence["primaryAddress"]);
  if (!address) return account;
  evidence.relate(address, account);
  return address;
}

ObjectRef map_mailbox_configuration(Evidence& evidence) {
  Verdicts& verdicts = evidence.work().verdicts;
  verdicts.add_own_address(usable_text(evidence["mailboxPrimaryAddress"]));
  verdicts.add_own_address(usable_text(evidence["upn"]));
  const ObjectRef account = make_login(evidence, evidence["upn"]);
  const ObjectRef address = make_email(evidence, evidence["mailboxPrimaryAddress"]);
  if (!address) return account;
  evidence.relate(address, account);
  return address;
}

ObjectRef map_mail_cluster(Evidence&) { return {}; }

// A chat message is a note; its sender, links and files are objects beside it.
ObjectRef map_teams_message(Evidence& evidence) {
  const ObjectRef sender = make_email(evidence, evidence["senderFromAddress"]);
  evidence.judge(sender, ScoreKind::sender, false);
  const auto tie = [&evidence](ObjectRef object, ObjectRef = {}) { evidence.attach({}, object); };
  tie(sender);
  tie(make_address(evidence, evidence["senderIP"]));
  evidence.each_nested("urls", "urlEvidence", tie);
  evidence.each_nested("files", "fileEvidence", tie);
  for (const Json recipient : evidence["recipients"]) evidence.work().verdicts.add_own_address(usable_text(recipient));
  return {};
}

}  // namespace map_stix
