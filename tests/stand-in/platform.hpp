// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/stand-in/instant.hpp"
#include "tests/stand-in/json.hpp"
#include "tests/stand-in/object_store.hpp"
#include "tests/stand-in/version.hpp"
#include "tests/stand-in/work.hpp"

namespace stand_in {

/// A refusal of the platform: extensions.code and message of the GraphQL error.
class PlatformError : public std::runtime_error {
 public:
  PlatformError(std::string code, const std::string& message) : std::runtime_error(message), code_(std::move(code)) {}
  const std::string& code() const { return code_; }

 private:
  std::string code_;
};

/// Where RabbitMQ is, as registerConnector tells it.
struct Broker {
  std::string host = "rabbitmq";
  std::string vhost = "/";
  std::string user = "guest";
  std::string pass = "guest";
  std::string queue_prefix;
  int port = 5672;
  bool use_ssl = false;
};

/// A bundle that waits in a connector's push queue. Parts of a split bundle share its objects.
struct Message {
  std::string work_id;
  std::shared_ptr<const std::vector<std::string>> objects;
  /// The objects of the list that this message carries.
  std::size_t first = 0;
  std::size_t count = 0;
  std::size_t bytes = 0;
  bool no_split = false;
  /// How often it was put back, since something that its object refers to was not there.
  int tries = 0;
};

struct Connector {
  std::string id;
  std::string name;
  std::string type;
  Json scope;
  Json settings;
  Json info;
  /// Nothing before the first ping that stores one.
  std::optional<std::string> state;
  bool state_reset = false;
  Ticks created_at = 0;
  Ticks updated_at = 0;
  std::deque<Message> queue;
  std::size_t queue_bytes = 0;
  /// What connector_queue_details says where a test sets it, in place of the queue's own figures.
  std::optional<std::pair<std::int64_t, std::int64_t>> queue_figures;
};

/// The part of OpenCTI behind /graphql: connectors with their states and queues, and works, by the rules of
/// one version. Every function is one request: safe to call from several threads. Refusals are PlatformError.
class Platform {
 public:
  Platform(Version version, std::string version_text, Broker broker, const Clock& clock);

  const Version& version() const { return version_; }
  const std::string& version_text() const { return version_text_; }
  /// Accepts bundles and forgets them at once, for benchmarks.
  void set_null(bool null) { null_ = null; }

  Json register_connector(const Json& input);
  /// Stores state and time; but the first ping after a reset only takes the reset's mark away.
  Json ping_connector(const std::string& id, const std::optional<std::string>& state, const Json& info);
  /// The connector, or null where there is none.
  Json connector(const std::string& id) const;
  /// The refresh button: the state becomes '' and marked as reset, the queue is emptied.
  Json reset_state(const std::string& id);
  /// Forgets the connector, its queue and its works.
  void delete_connector(const std::string& id);
  void set_queue_figures(const std::string& id, std::int64_t messages, std::int64_t bytes);

  Json add_work(const std::string& connector_id, const std::string& name, bool multipart);
  Json work(const std::string& id) const;
  bool is_work_alive(const std::string& id) const;
  void delete_work(const std::string& id);
  void set_draft_context(const std::string& id, const std::string& draft);
  void receive_work(const std::string& id, const std::string& message);
  void process_work(const std::string& id, const std::string& message, bool in_error);
  void add_expectations(const std::string& id, std::int64_t count);
  void report_expectation(const std::string& id, const Json& error);
  /// What the platform's connector manager does every 60 s: completes each open work older than the one last
  /// reported.
  void close_old_works();
  Json add_draft(const std::string& name);

  /// stixBundlePush: queues the bundle (its text as pushed), adding expectations where the version does.
  void push_bundle(const std::string& connector_id, const std::string& bundle, const std::string& work_id);
  /// Takes a message as a worker finds it in RabbitMQ: an object whose content is the bundle in base64, with
  /// work_id and no_split. Throws std::runtime_error where a worker would discard it unread.
  void deliver_message(const std::string& connector_id, const Json& body);
  /// Lets a worker take up to that many messages off the queues; returns how many it took.
  std::int64_t run_worker(std::int64_t messages);
  /// A worker that empties the queues right after each push.
  void set_automatic_worker(bool automatic);

  /// Keeps what workers import, and lets imports fail as the real platform's do; else objects are only counted.
  void keep_objects();
  /// What is kept; none where keep_objects() was not called.
  Json kept_objects() const;
  /// Of those: the case with this id, or null; a page of all revoked indicators with a score of 0.
  Json kept_case(const std::string& id) const;
  Json revoked_indicators() const;
  void order_import_error(const Json& order);
  void remove_object(const std::string& id);
  /// A backup of everything but the queues, and going back to it, when the queues are lost.
  void take_backup();
  void restore_backup();

  /// What arrived: incidents acknowledged and ingested with their last update, objects, lost messages.
  Json ledger() const;
  /// Everything, for tests and people; one connector only where an id is given.
  Json state(const std::string& connector_id) const;

 private:
  Connector& existing(const std::string& id);
  Work* find_work(const std::string& id);
  std::string open_work(Connector& connector, const std::string& name, bool multipart);
  Json describe(const Connector& connector) const;
  Json describe_config(const Connector& connector) const;
  void enqueue(Connector& connector, Message message);
  void consume(Connector& connector, Message message);
  /// False where the message was put back, since a reference was missing.
  bool ingest(Connector& connector, Message& message, Work* work);
  std::int64_t run_worker_locked(std::int64_t messages);
  void note_incidents(const Message& message, std::map<std::string, std::string>& into);

  const Version version_;
  const std::string version_text_;
  const WorkRules rules_;
  const Broker broker_;
  const Clock& clock_;
  bool null_ = false;
  bool automatic_worker_ = false;

  mutable std::mutex mutex_;
  std::map<std::string, Connector> connectors_;
  std::map<std::string, Work> works_;
  std::string last_reported_work_;
  std::uint64_t drafts_ = 0;
  Ticks last_work_moment_ = 0;

  /// Incident id → x_graph_last_update, of bundles acknowledged and of objects ingested.
  std::map<std::string, std::string> acknowledged_;
  std::map<std::string, std::string> ingested_;
  std::map<std::string, std::int64_t> ingested_objects_;
  std::optional<ObjectStore> objects_;
  struct Backup {
    std::map<std::string, Connector> connectors;
    std::map<std::string, Work> works;
    std::optional<ObjectStore> objects;
    std::map<std::string, std::string> ingested;
  };
  std::optional<Backup> backup_;
  std::int64_t bundles_ = 0;
  std::int64_t lost_messages_ = 0;
  std::int64_t lost_objects_ = 0;
};

}  // namespace stand_in
