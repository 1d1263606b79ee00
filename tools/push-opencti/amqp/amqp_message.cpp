// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/amqp/amqp_message.hpp"

#include <openssl/evp.h>

#include "common/json/json_writer.hpp"
#include "tools/push-opencti/sink.hpp"

namespace push_opencti {

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

BundleMessages::BundleMessages(const Bundle& bundle) : bundle_(bundle), order_(bundle, SizeLimits{}.bundle) {}

std::string BundleMessages::body(std::size_t index, const MessageFrame& frame) const {
  const DependencyOrder::Step& step = order_.steps()[index];
  std::string part;
  part.reserve(step.object.text.size() + 256);
  common::JsonWriter bundle(part);
  bundle.begin_object().member("type", "bundle").member("id", bundle_.id).member("spec_version", "2.1");
  bundle.member("x_opencti_seq", static_cast<std::int64_t>(step.needs)).key("objects").begin_array();
  // The splitter's own mark on the object, as its last member; an object has a type and an id, so it is never empty.
  std::string_view object = step.object.text;
  while (object.back() != '}') object.remove_suffix(1);
  object.remove_suffix(1);
  bundle.raw(std::string(object) + ",\"nb_deps\":" + std::to_string(step.needs) + "}");
  bundle.end_array().end_object();

  std::string out;
  out.reserve(part.size() * 4 / 3 + 512);
  common::JsonWriter json(out);
  json.begin_object().member("bundle_type", "QUEUE_BUNDLE").member("applicant_id", frame.applicant_id);
  json.member("action_sequence", static_cast<std::int64_t>(index + 1)).key("entities_types").begin_array().end_array();
  json.member("content", base64(part)).member("update", false).key("draft_id");
  if (frame.draft_id.empty()) {
    json.null();
  } else {
    json.text(frame.draft_id);
  }
  if (has_feature(frame.version, Feature::worker_checks_work)) json.member("no_split", false);
  if (!frame.work_id.empty()) json.member("work_id", frame.work_id);
  json.end_object();
  return out;
}

}  // namespace push_opencti
