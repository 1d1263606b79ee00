// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/console/log.hpp"
#include "tools/push-opencti/bundle/bundle.hpp"
#include "tools/push-opencti/ledger/ledger_file.hpp"
#include "tools/push-opencti/ledger/ledger_store.hpp"
#include "tools/push-opencti/ledger/work_report.hpp"

namespace push_opencti {

/// An object of a bundle that is to be sent.
struct ToSend {
  std::size_t index = 0;  ///< in the bundle
  ObjectMark mark;
  RefSet omitted = 0;  ///< members to leave out: the platform has them and refuses them a second time
};

/// What came of settling, for messages and figures.
struct SettleCounts {
  std::uint64_t refused = 0;   ///< objects that the platform reported as errors
  std::uint64_t unknown = 0;   ///< works of which nobody can say what was ingested
  std::uint64_t repeated = 0;  ///< incidents that are asked for again
};

/// What the platform holds of what this connector sent, in a file: it decides what of a bundle has to be sent. An
/// object is held when the work that it was sent under is done without an error for it. Losing the file costs time,
/// never data.
///
/// The file and the platform must belong together: the connector's state in OpenCTI carries a mark, the ledger's token
/// and a count, which is moved before the ledger comes to hold more. A mark that is not the ledger's tells that
/// somebody else pushed since, that the connector was reset, or that one of the two was restored from a backup. Then
/// the ledger is emptied, and everything is sent.
///
/// Use it from one thread. A fault of the file while it is used empties it likewise, and it stays out of use.
class Ledger {
 public:
  struct Options {
    std::string path;
    std::string connector;
    std::string version;    ///< of this tool: another one may read the same content otherwise
    bool send_all = false;  ///< select everything, and still learn what the platform refuses
  };
  /// Opens the file or makes it. Throws Failure(stopped_early) when another process uses it, Failure(io) when it cannot
  /// be made.
  Ledger(Options options, common::Log& log);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// The mark that the platform shall hold from now on, given the one that it holds ("" for none). Decides whether the
  /// ledger is trusted.
  std::string propose(std::string_view found);
  /// The platform holds the proposed mark: what settle() found counts from now on. False where the ledger was not
  /// trusted and is empty.
  bool confirm();

  /// Works whose fate is not known, the oldest first, to be asked for before propose().
  std::vector<LedgerWork> pending_works() const;
  /// Takes what the platform says of one of them. Nothing is held for it before confirm().
  void learn(LedgerWork work, WorkReport report, WorkFate fate);
  /// Incidents that have to be fetched again, since something of them is not at the platform; each at most
  /// `most_repeats` times in a row. To be called after confirm(). The same ones come again until they are noted as
  /// listed.
  std::vector<std::string> incidents_to_repeat();
  void note_repeats_listed();
  const SettleCounts& counts() const { return counts_; }
  static constexpr std::int64_t most_repeats = 3;

  /// What of the bundle has to be sent. It is not held from now on, whatever becomes of it.
  std::vector<ToSend> select(const Bundle& bundle);
  /// A bundle of which the platform has acknowledged what select() had chosen.
  struct Acknowledged {
    const Bundle* bundle = nullptr;
    const std::vector<ToSend>* sent = nullptr;
    std::string_view work;
    std::int64_t messages = 0;           ///< by which the platform's count of the work grew
    std::int64_t unanswered = 0;         ///< the same for pushes without an answer: the work may wait for them for ever
    std::string_view unanswered_work{};  ///< the work of those
  };
  /// `own`: expectations of each work that this tool adds for itself.
  void record(std::span<const Acknowledged> bundles, std::int64_t own);
  /// They were not taken, or nothing is known of them.
  void give_up(const Bundle& bundle, const std::vector<ToSend>& sent);

  /// Empties the ledger for a reason that is told, and lets it be for the rest of the run.
  void abandon(const std::string& reason);
  bool in_use() const { return in_use_; }

 private:
  struct Lesson {
    LedgerWork work;
    WorkReport report;
    WorkFate fate;
  };
  struct InFlight {
    std::size_t bundles = 0;
    std::uint64_t content = 0;
    bool mixed = false;  // different contents are on their way at once: nobody knows which comes last
  };
  enum class Trust { unknown, trusted, dropped };

  void open_store();
  std::string reason_to_empty();
  void empty(const std::string& reason);
  void note_open_incidents();
  bool is_lost(std::int64_t work) const { return lost_.contains(work); }
  RefSet refs_held(const std::optional<HeldObject>& held) const;
  bool is_held(const std::optional<HeldObject>& held, const ObjectMark& mark) const;
  std::vector<bool> to_send_whole(const Bundle& bundle) const;
  void record(const Acknowledged& one, std::int64_t own);
  HeldObject recorded(const ToSend& one, const std::optional<HeldObject>& before, std::int64_t work) const;
  bool land(std::string_view object);
  void apply(const Lesson& lesson);
  void refuse(const WorkError& error, bool whole);
  bool refuse_large(const Lesson& lesson);
  void settle(const LedgerWork& work, const std::set<std::string>& refused);
  void lose(const Lesson& lesson, bool repeat);
  void guarded(const std::function<void()>& action);

  Options options_;
  common::Log& log_;
  std::unique_ptr<LedgerLock> lock_;  // before the store, since it has to outlive it
  std::unique_ptr<LedgerStore> store_;
  std::unique_ptr<ContentHash> hash_;
  bool in_use_ = true;
  Trust trust_ = Trust::unknown;
  std::int64_t proposed_ = 0;
  std::set<std::int64_t> lost_;
  std::set<std::int64_t> pending_;
  std::set<std::string, std::less<>> whole_;  // objects that go with all that they refer to
  std::unordered_map<std::string, InFlight> in_flight_;
  std::vector<Lesson> lessons_;
  std::set<std::string> to_repeat_;
  SettleCounts counts_;
};

}  // namespace push_opencti
