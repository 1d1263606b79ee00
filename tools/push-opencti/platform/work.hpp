// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/time.hpp"
#include "tools/push-opencti/platform/connector.hpp"

namespace push_opencti {

/// Why a run gives up its claim on the state when its work is gone: workers drop messages that are queued for it.
inline constexpr const char* work_is_gone =
    "the run's work was deleted or closed at the platform, and with it perhaps what was pushed before";

/// How the run's work is kept at the platform.
struct WorkPolicy {
  PlatformVersion version;
  bool own_work = true;   ///< false: the platform makes a work of its own for each push
  bool hold = false;      ///< keep the work alive by an expectation of our own until it is closed
  bool validate = false;  ///< what is pushed goes into a draft
};

/// The policy for a protocol ("api" or "amqp") at a version, and why.
WorkPolicy work_policy(const PlatformVersion& version, std::string_view protocol, bool validate);

/// The run's one work: opened at the first bundle, closed once, after the last push. Safe to use from several threads,
/// each with a client of its own. ConnectorRun owns it.
class Work {
 public:
  Work(WorkPolicy policy, Identity identity, common::Instant start, common::Log& log);

  /// Opens the work if it is not open yet. Throws Failure when the platform refuses. `disturbances`: the count of
  /// StateClaim so far.
  void open(GraphqlClient& client, std::uint64_t disturbances);
  /// Opens another work when the platform says that this one is gone, since a worker drops messages of a work that is
  /// not alive. Where the platform does not tell, the work is kept unless there were disturbances since it was opened:
  /// then it is closed and replaced. `gone` is called before it is replaced: what went into it may be dropped.
  void replace_if_gone(GraphqlClient& client, std::uint64_t disturbances, const std::function<void()>& gone);
  /// Opens one more work, for a push that has to be repeated since its answer was lost, and returns its id; close()
  /// closes it as well. The platform may have counted the first try without ever queueing it: repeated under the same
  /// work, it would be counted twice. Where opening a work makes the platform close the run's (WorkPolicy::hold), the
  /// id of that one. Throws Failure.
  std::string open_for_repeat(GraphqlClient& client);
  const WorkPolicy& policy() const { return policy_; }
  /// Whether the work is still there.
  enum class WorkState {
    kept,      ///< there, or the platform does not tell
    gone,      ///< the platform says that it is not
    changing,  ///< another thread opens, replaces or closes it just now, which may take as long as the platform does
  };
  /// One try, which waits for no other thread.
  WorkState state(GraphqlClient& client) const;
  /// Announces `count` objects that are about to be published as messages of their own.
  Answer expect(GraphqlClient& client, std::size_t count);
  /// Reports that an announced object will never arrive, and why. Otherwise the work would wait for it for ever.
  void report_refused(GraphqlClient& client, const std::string& object, const std::string& reason);
  /// Closes it with a message. A refusal is reported, not thrown: what was pushed is pushed.
  void close(GraphqlClient& client, const std::string& message, bool in_error);

  /// "" while there is none.
  std::string id() const;
  /// The draft that what is pushed goes into, "" for none.
  std::string draft_id() const;

 private:
  void open_locked(GraphqlClient& client);
  std::string add_work(GraphqlClient& client) const;
  void close_locked(GraphqlClient& client, const std::string& message, bool in_error);
  void put_into_draft(GraphqlClient& client);
  std::optional<std::string> id_unless_changing() const;
  Answer change_expectations(GraphqlClient& client, const std::string& id, std::size_t count);

  const WorkPolicy policy_;
  const Identity identity_;
  const common::Instant start_;
  common::Log& log_;
  mutable std::mutex mutex_;
  std::string id_;
  std::string draft_id_;
  std::vector<std::string> for_repeats_;  // works of repeated pushes
  std::uint64_t disturbances_ = 0;        // when it was opened
};

}  // namespace push_opencti
