// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/held_objects.hpp"

namespace push_opencti {

namespace {

constexpr std::int64_t page_size = 500;
constexpr int most_pages = 20;  // 10,000 indicators; those changed last come first

void write_filter(common::JsonWriter& json, std::string_view key, std::string_view value) {
  json.begin_object().key("key").begin_array().text(key).end_array();
  json.key("values").begin_array().text(value).end_array().end_object();
}

void write_variables(common::JsonWriter& json, const std::string& after) {
  json.key("filters").begin_object().member("mode", "and").key("filters").begin_array();
  write_filter(json, "revoked", "true");
  write_filter(json, "x_opencti_score", "0");
  json.end_array().key("filterGroups").begin_array().end_array().end_object();
  json.member("first", page_size).member("orderBy", "modified").member("orderMode", "desc");
  if (!after.empty()) json.member("after", after);
}

}  // namespace

bool HeldObjects::holds_case(const std::string& id) {
  const Answer answer = client_.ask(operations::read_case, [&id](common::JsonWriter& json) { json.member("id", id); });
  if (!answer.ok()) {
    log_.debug("the platform does not tell whether it holds " + id + ": " + reason_of(answer));
    return true;
  }
  return has_field(answer, "caseIncident");
}

bool HeldObjects::is_taken_back(std::string_view indicator) {
  if (!taken_back_) read_taken_back();
  return taken_back_->contains(std::string(indicator));
}

void HeldObjects::note_taken_back(std::string_view indicator) {
  if (!taken_back_) read_taken_back();
  taken_back_->emplace(indicator);
}

void HeldObjects::note_brought_back(std::string_view indicator) {
  if (taken_back_) taken_back_->erase(std::string(indicator));
}

void HeldObjects::read_taken_back() {
  taken_back_.emplace();
  std::string after;
  for (int page = 0; page < most_pages; ++page) {
    const Answer answer = client_.ask(operations::revoked_indicators,
                                      [&after](common::JsonWriter& json) { write_variables(json, after); });
    if (!answer.ok()) {
      log_.debug("the platform does not tell which indicators are revoked: " + reason_of(answer));
      return;
    }
    for (std::string& id : node_ids(answer, "indicators")) taken_back_->insert(std::move(id));
    if (!is_true(answer, "indicators.pageInfo.hasNextPage")) return;
    after = field(answer, "indicators.pageInfo.endCursor");
  }
}

}  // namespace push_opencti
