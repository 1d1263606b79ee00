// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/state/pending_works.hpp"

#include <algorithm>
#include <charconv>

#include "common/json/json_tree.hpp"
#include "common/json/json_writer.hpp"

namespace push_opencti {

namespace {

constexpr std::string_view member_name = "\"pending_works\"";  // as JSON text

std::int64_t whole_number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::max<std::int64_t>(number, 0);
}

}  // namespace

PendingWorks PendingWorks::of(const common::State& state) {
  PendingWorks pending;
  common::JsonTree tree;
  for (const auto& [name, value] : state.others) {
    if (name != member_name || !tree.parse_copy(value).empty()) continue;
    const common::Json root = tree.root();
    pending.from = root["from"].text();
    pending.resent = root["resent"].text() == "true";
    for (const common::Json work : root["works"]) {
      pending.works.push_back({std::string(work["id"].text()), whole_number(work["objects"].text())});
    }
  }
  return pending;
}

void PendingWorks::put_into(common::State& state) const {
  std::erase_if(state.others, [](const auto& member) { return member.first == member_name; });
  if (works.empty() && !resent) return;
  std::string text;
  common::JsonWriter json(text);
  json.begin_object().member("from", from).key("works").begin_array();
  const std::size_t first = works.size() - std::min(works.size(), most);
  for (std::size_t i = first; i < works.size(); ++i) {
    json.begin_object().member("id", works[i].id).member("objects", works[i].objects).end_object();
  }
  json.end_array().member("resent", resent).end_object();
  state.others.emplace_back(member_name, std::move(text));
}

common::State moved_back(const common::State& state, const std::string& from) {
  common::State back;
  back.others = state.others;
  if (const auto at = common::parse_instant(from)) back.advance(from, *at);
  return back;
}

}  // namespace push_opencti
