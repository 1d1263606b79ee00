// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/push-opencti/ledger/content_hash.hpp"
#include "tools/push-opencti/ledger/database.hpp"

namespace push_opencti {

/// In place of a work: whatever was sent, nothing of it counts as held.
inline constexpr std::int64_t no_work = -1;

/// One object as the ledger has it. `work` and `refs_work` are numbers of rows of the works, or `no_work`.
struct HeldObject {
  std::uint64_t content = 0;   ///< as ObjectMark
  RefSet refs = 0;             ///< members of single_ref() that were sent so far
  std::int64_t work = 0;       ///< what the content was sent under
  std::int64_t refs_work = 0;  ///< what the refs were sent under, 0 without refs
  std::int64_t delivery = 0;   ///< which bundle it was sent in
};

/// What is known of a work, and with it of all objects that were sent under it. A work that the store does not have is
/// settled: the platform has ingested all of it but the objects that it named as errors.
enum class WorkState : std::int64_t {
  pending = 0,  ///< it is not known yet what the platform ingested
  lost = 1,     ///< it will never be known
};

/// One work as the ledger has it.
struct LedgerWork {
  std::int64_t number = 0;
  std::string id;  ///< at the platform
  WorkState state = WorkState::pending;
  std::int64_t objects = 0;        ///< sent under it, each as often as it was sent
  std::int64_t own = 0;            ///< expectations that this tool has added for itself
  std::int64_t doubtful = 0;       ///< of pushes without an answer: the platform may have counted and never queued them
  std::int64_t seen_expected = 0;  ///< the numbers at the last look
  std::int64_t seen_processed = 0;
  std::int64_t seen_at = 0;  ///< when they were first seen so; seconds, 0: never
};

/// An object that the platform refused.
struct Refusal {
  std::string object;
  std::string incident;  ///< "" when not known
  std::string reason;
  bool whole = false;  ///< a reference was missing: next time it goes with all that it refers to
};

/// The tables of a ledger: nothing but rows. Every fault is a DatabaseFault.
class LedgerStore {
 public:
  /// Opens the file, making it and its tables where they are missing.
  LedgerStore(const std::string& path, Database::Access access);

  Database& database() { return database_; }
  /// Throws away all but the settings.
  void clear();

  std::string setting(std::string_view name);
  void set(std::string_view name, std::string_view value);

  std::optional<HeldObject> find(std::string_view object);
  void put(std::string_view object, const HeldObject& held);
  /// False where it was not there.
  bool erase(std::string_view object);

  /// The number of the pending work of that id, made where there is none.
  std::int64_t work_number(std::string_view id, std::int64_t own);
  void add_objects(std::int64_t work, std::int64_t count, std::int64_t doubtful);
  void settle(std::int64_t work);
  void lose(std::int64_t work);
  void set_seen(const LedgerWork& work);
  /// Those that are not settled, the oldest first.
  std::vector<LedgerWork> works();

  /// Notes that a bundle of the incident was sent under a work; the number of the delivery.
  std::int64_t add_delivery(std::int64_t work, std::string_view incident);
  std::string incident_of(std::int64_t delivery);
  std::vector<std::string> incidents_of(std::int64_t work);
  void forget_deliveries(std::int64_t work);

  /// Objects of which an error of the work may keep the text to itself, since it is too long.
  void add_large(std::int64_t work, std::string_view object);
  std::vector<std::string> large_of(std::int64_t work);

  void add_refusal(const Refusal& refusal);
  void forget_refusal(std::string_view object);
  std::vector<Refusal> refusals();

  /// The incident has to be fetched again.
  void ask_again(std::string_view incident);
  /// Those for which note_listed() has not been called since, and how often each was asked for in a row.
  std::vector<std::pair<std::string, std::int64_t>> to_ask_again();
  void note_listed();
  void forget_repeats(std::string_view incident);

  /// Calls for each object, in no order that means something.
  void each_object(const std::function<void(const std::string& object, const HeldObject& held)>& take);

 private:
  Database database_;
  Statement find_;
  Statement put_;
  Statement erase_;
  Statement add_delivery_;
};

}  // namespace push_opencti
