// SPDX-License-Identifier: Apache-2.0
#include <simdjson.h>
#include <algorithm>
#include <iterator>
#include <limits>
#include <stdexcept>

#include "tests/stand-in/base64.hpp"
#include "tests/stand-in/platform.hpp"

namespace stand_in {

namespace {

/// The bundle's objects as JSON texts, by the checks of stixBundlePush; nothing where one of them fails.
std::optional<std::vector<std::string>> objects_of(const std::string& bundle) {
  static thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(bundle).get(root)) return std::nullopt;
  std::string_view type;
  simdjson::dom::array list;
  if (root["type"].get(type) || type != "bundle" || root["objects"].get(list)) return std::nullopt;
  std::vector<std::string> objects;
  for (const simdjson::dom::element object : list) objects.push_back(simdjson::minify(object));
  if (objects.empty()) return std::nullopt;
  return objects;
}

/// The incident that a case-incident stands for, and its last update in Graph's text; empty texts where it
/// says neither.
std::pair<std::string, std::string> incident_of(const std::string& object) {
  // Most objects are no cases, and the text is minified: look before parsing.
  if (object.find("\"type\":\"case-incident\"") == std::string::npos) return {};
  const Json parsed = Json::parse(object);
  const Json* references = parsed.find("external_references");
  if (references == nullptr || !references->is_array()) return {};
  for (const Json& reference : references->array()) {
    if (const std::string id = reference.text("external_id"); !id.empty()) {
      return {id, parsed.text("x_graph_last_update")};
    }
  }
  return {};
}

std::string id_of(const std::string& object) {
  static thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view id;
  if (parser.parse(object).get(root) || root["id"].get(id)) return {};
  return std::string(id);
}

}  // namespace

void Platform::note_incidents(const Message& message, std::map<std::string, std::string>& into) {
  for (std::size_t at = message.first; at < message.first + message.count; ++at) {
    const auto [id, update] = incident_of((*message.objects)[at]);
    if (!id.empty()) into[id] = update;
  }
}

void Platform::enqueue(Connector& connector, Message message) {
  connector.queue_bytes += message.bytes;
  connector.queue.push_back(std::move(message));
}

void Platform::push_bundle(const std::string& connector_id, const std::string& bundle, const std::string& work_id) {
  if (null_) return;
  auto objects = objects_of(bundle);
  const std::lock_guard lock(mutex_);
  const auto found = connectors_.find(connector_id);
  if (!objects || found == connectors_.end()) throw PlatformError("UNSUPPORTED_ERROR", "Invalid bundle");
  Connector& connector = found->second;
  const bool own_work = rules_.own_work_always || work_id.empty();

  Message message;
  message.work_id =
      own_work ? open_work(connector, connector.name + " run @ " + format_instant(clock_.now(), 0), false) : work_id;
  message.objects = std::make_shared<const std::vector<std::string>>(std::move(*objects));
  message.count = message.objects->size();
  // The queue holds the bundle as base64.
  message.bytes = (bundle.size() + 2) / 3 * 4;
  ++bundles_;
  note_incidents(message, acknowledged_);

  Work* work = find_work(message.work_id);
  const bool single = message.count == 1;
  if (work != nullptr && single && (own_work || rules_.push_splits)) work->expected += 1;
  if (single || !rules_.push_splits) {
    enqueue(connector, std::move(message));
  } else {
    if (work != nullptr) work->expected += static_cast<std::int64_t>(message.count);
    for (std::size_t at = 0; at < message.objects->size(); ++at) {
      Message part = message;
      part.first = at;
      part.count = 1;
      part.bytes = ((*message.objects)[at].size() + 2) / 3 * 4;
      part.no_split = true;
      enqueue(connector, std::move(part));
    }
  }
  if (automatic_worker_) run_worker_locked(std::numeric_limits<std::int64_t>::max());
}

void Platform::deliver_message(const std::string& connector_id, const Json& body) {
  const std::string bundle = base64_decoded(body.text("content"));
  auto objects = objects_of(bundle);
  const std::lock_guard lock(mutex_);
  if (!objects) throw std::runtime_error("the message's content is no bundle in base64");
  Message message;
  message.work_id = body.text("work_id");
  message.count = objects->size();
  message.objects = std::make_shared<const std::vector<std::string>>(std::move(*objects));
  message.bytes = body.text("content").size();
  message.no_split = body.flag("no_split");
  ++bundles_;
  note_incidents(message, acknowledged_);
  enqueue(existing(connector_id), std::move(message));
  if (automatic_worker_) run_worker_locked(std::numeric_limits<std::int64_t>::max());
}

/// What a worker does with one message: drop it where its work is dead, split it into one message an object,
/// or import.
void Platform::consume(Connector& connector, Message message) {
  Work* work = find_work(message.work_id);
  if (rules_.dead_works_lose_messages && !message.work_id.empty() && (work == nullptr || !work->alive)) {
    ++lost_messages_;
    lost_objects_ += static_cast<std::int64_t>(message.count);
    return;
  }
  if (message.count > 1 && !message.no_split) {
    if (work != nullptr) work->expected += static_cast<std::int64_t>(message.count);
    for (std::size_t at = 0; at < message.count; ++at) {
      Message part = message;
      part.first = message.first + at;
      part.count = 1;
      part.bytes = ((*message.objects)[part.first].size() + 2) / 3 * 4;
      enqueue(connector, std::move(part));
    }
    return;
  }
  if (!ingest(connector, message, work)) return;
  if (work != nullptr && message.count > 0) last_reported_work_ = work->id;
}

bool Platform::ingest(Connector& connector, Message& message, Work* work) {
  static constexpr int most_tries = 4;
  for (std::size_t at = message.first; at < message.first + message.count; ++at) {
    const std::string& text = (*message.objects)[at];
    ObjectStore::Result result;
    if (objects_) result = objects_->import(text);
    if (result.fate == ObjectStore::Fate::missing_reference && message.count == 1 && message.tries < most_tries) {
      ++message.tries;
      enqueue(connector, std::move(message));
      return false;
    }
    ++ingested_objects_[id_of(text)];
    if (work != nullptr) work->report(result.error, rules_, clock_.now());
  }
  note_incidents(message, ingested_);
  return true;
}

void Platform::keep_objects() {
  const std::lock_guard lock(mutex_);
  objects_.emplace(version_ < Version::parse("7.0.0"));
}

Json Platform::kept_objects() const {
  const std::lock_guard lock(mutex_);
  return objects_ ? objects_->all() : Json(Json::Array{});
}

void Platform::order_import_error(const Json& order) {
  const std::lock_guard lock(mutex_);
  if (!objects_) throw std::runtime_error("imports fail only with --keep-objects");
  objects_->order_error(order.text("match"), order.number("times", 1), order.text("name", "FUNCTIONAL_ERROR"),
                        order.text("message", "Ordered by a test"));
}

void Platform::remove_object(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (objects_) objects_->remove(id);
}

void Platform::take_backup() {
  const std::lock_guard lock(mutex_);
  backup_ = Backup{connectors_, works_, objects_, ingested_};
  for (auto& [id, connector] : backup_->connectors) {
    connector.queue.clear();
    connector.queue_bytes = 0;
  }
}

void Platform::restore_backup() {
  const std::lock_guard lock(mutex_);
  if (!backup_) throw std::runtime_error("there is no backup");
  connectors_ = backup_->connectors;
  works_ = backup_->works;
  objects_ = backup_->objects;
  ingested_ = backup_->ingested;
}

std::int64_t Platform::run_worker_locked(std::int64_t messages) {
  std::int64_t taken = 0;
  for (auto& [id, connector] : connectors_) {
    while (taken < messages && !connector.queue.empty()) {
      Message message = std::move(connector.queue.front());
      connector.queue.pop_front();
      connector.queue_bytes -= message.bytes;
      consume(connector, std::move(message));
      ++taken;
    }
  }
  return taken;
}

std::int64_t Platform::run_worker(std::int64_t messages) {
  const std::lock_guard lock(mutex_);
  return run_worker_locked(messages);
}

void Platform::set_automatic_worker(bool automatic) {
  const std::lock_guard lock(mutex_);
  automatic_worker_ = automatic;
}

Json Platform::ledger() const {
  const std::lock_guard lock(mutex_);
  const auto as_json = [](const std::map<std::string, std::string>& incidents) {
    Json::Object object;
    for (const auto& [id, update] : incidents) object.emplace_back(id, update);
    return object;
  };
  std::map<std::string, std::int64_t> by_type;
  for (const auto& [id, times] : ingested_objects_) ++by_type[id.substr(0, id.find("--"))];
  Json types = Json::Object{};
  for (const auto& [type, count] : by_type) types.set(type, count);
  std::int64_t queued = 0;
  for (const auto& [id, connector] : connectors_) queued += static_cast<std::int64_t>(connector.queue.size());
  Json ledger;
  ledger.set("bundles", bundles_)
      .set("acknowledged", as_json(acknowledged_))
      .set("ingested", as_json(ingested_))
      .set("ingested_objects", ingested_objects_.size())
      .set("ingested_types", std::move(types))
      .set("queued_messages", queued)
      .set("lost_messages", lost_messages_)
      .set("lost_objects", lost_objects_);
  return ledger;
}

Json Platform::kept_case(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  if (!objects_ || !objects_->has(id)) return {};
  return Json().set("id", id).set("standard_id", id);
}

Json Platform::revoked_indicators() const {
  const std::lock_guard lock(mutex_);
  Json edges = Json::Array{};
  for (const std::string& id : objects_ ? objects_->taken_back() : std::vector<std::string>{}) {
    edges.push(Json().set("node", Json().set("standard_id", id).set("x_opencti_stix_ids", Json::Array{})));
  }
  return Json().set("edges", std::move(edges)).set("pageInfo", Json().set("hasNextPage", false).set("endCursor", ""));
}

}  // namespace stand_in
