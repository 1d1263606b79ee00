// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/ledger/ledger.hpp"

#include <algorithm>
#include <charconv>

#include "common/bytes/random_bytes.hpp"
#include "common/program/failure.hpp"
#include "common/uuid.hpp"
#include "tools/push-opencti/ledger/ledger_file.hpp"

namespace push_opencti {

namespace {

// Another number: another layout of the tables, or another way to hash.
constexpr std::string_view format = "1";
// OpenCTI's worker leaves the text of an object of 50,000 characters out of an error.
constexpr std::size_t large_object = 25'000;

std::string mark_text(std::string_view token, std::int64_t count) {
  return std::string(token).append(":").append(std::to_string(count));
}

std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string random_key() {
  ContentHash::Key key{};
  common::fill_with_random_bytes(key.data(), sizeof key);
  return std::to_string(key[0]) + " " + std::to_string(key[1]);
}

ContentHash::Key parse_key(std::string_view text) {
  ContentHash::Key key{};
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, key[0]);
  if (first.ptr != end) std::from_chars(first.ptr + 1, end, key[1]);
  return key;
}

[[noreturn]] void throw_io(const std::string& path, const DatabaseFault& fault) {
  throw common::Failure(common::ExitStatus::io, "cannot use the ledger " + path + ": " + fault.what());
}

}  // namespace

Ledger::Ledger(Options options, common::Log& log) : options_(std::move(options)), log_(log) {
  lock_ = std::make_unique<LedgerLock>(options_.path);
  try {
    open_store();
  } catch (const DatabaseFault& fault) {
    if (!fault.damaged()) throw_io(options_.path, fault);
    log_.warning("the ledger " + options_.path + " is damaged (" + fault.what() +
                 ") and made anew: everything is sent");
    store_.reset();
    remove_ledger_files(options_.path);
    lock_ = std::make_unique<LedgerLock>(options_.path);
    try {
      open_store();
    } catch (const DatabaseFault& again) {
      throw_io(options_.path, again);
    }
  }
}

Ledger::~Ledger() {
  if (!in_use_ || trust_ == Trust::unknown) return;
  try {
    store_->set("running", "");
  } catch (const DatabaseFault&) {
    // The mark of an unfinished run stays, which matters only if the machine is restarted before the next one.
  }
}

// "" where nothing speaks against the ledger as it lies there.
std::string Ledger::reason_to_empty() {
  if (store_->setting("format") != format) return "its format is that of another version";
  if (store_->setting("connector") != options_.connector) return "it belongs to another CONNECTOR_ID";
  if (const std::string version = store_->setting("version"); version != options_.version) {
    return "it was written by version " + version;
  }
  // Commits reach the disk from time to time only: a crash of the machine may have taken the last ones.
  const std::string boot = store_->setting("running");
  return boot.empty() || boot == boot_id() ? "" : "the machine was restarted while a run used it";
}

void Ledger::open_store() {
  store_ = std::make_unique<LedgerStore>(options_.path, Database::Access::write);
  if (store_->setting("key").empty()) {
    empty("");
  } else if (const std::string reason = reason_to_empty(); !reason.empty()) {
    empty(reason);
  }
  hash_ = std::make_unique<ContentHash>(parse_key(store_->setting("key")));
  lost_.insert(no_work);
  for (const LedgerWork& work : store_->works()) {
    (work.state == WorkState::lost ? lost_ : pending_).insert(work.number);
  }
  for (const Refusal& refusal : store_->refusals()) {
    if (refusal.whole) whole_.insert(refusal.object);
  }
}

// Draws another token, so that no mark of before fits any more.
void Ledger::empty(const std::string& reason) {
  if (!reason.empty()) {
    log_.warning("the ledger " + options_.path + " is emptied, since " + reason + ": everything is sent");
  }
  Transaction transaction(store_->database());
  store_->clear();
  store_->set("format", format);
  store_->set("connector", options_.connector);
  store_->set("version", options_.version);
  if (store_->setting("key").empty()) store_->set("key", random_key());
  store_->set("token", common::random_uuid().substr(0, 8));
  store_->set("proposed", "0");
  store_->set("confirmed", "0");
  store_->set("running", "");
  transaction.commit();
  lost_ = {no_work};
  pending_.clear();
  whole_.clear();
  in_flight_.clear();
}

void Ledger::guarded(const std::function<void()>& action) {
  if (!in_use_) return;
  try {
    action();
  } catch (const DatabaseFault& fault) {
    // Removed, since what it says may be wrong by now. Where even that fails, the platform's mark is ahead of it.
    in_use_ = false;
    log_.warning("the ledger " + options_.path + " cannot be used any more (" + fault.what() +
                 "): everything else is sent, and the next run makes it anew");
    store_.reset();
    remove_ledger_files(options_.path);
  }
}

void Ledger::abandon(const std::string& reason) {
  guarded([&] {
    empty(reason);
    in_use_ = false;
  });
}

void Ledger::note_open_incidents() {
  for (const LedgerWork& work : store_->works()) {
    for (const std::string& incident : store_->incidents_of(work.number)) to_repeat_.insert(incident);
  }
}

std::string Ledger::propose(std::string_view found) {
  std::string mark;
  guarded([&] {
    const std::int64_t confirmed = number_of(store_->setting("confirmed"));
    const std::int64_t latest = number_of(store_->setting("proposed"));
    const bool fresh = confirmed == 0;
    bool fits = false;
    // A proposal may have reached the platform without an answer.
    for (std::int64_t count = std::max<std::int64_t>(confirmed, 1); count <= latest; ++count) {
      fits = fits || found == mark_text(store_->setting("token"), count);
    }
    if (!fits && !fresh) {
      // A reset brings everything again by itself. Otherwise what was on its way may have gone with a queue.
      if (!found.empty()) note_open_incidents();
      empty(found.empty() ? "the connector was reset, or something was pushed without it"
                          : "another process pushed since, or OpenCTI or the ledger was restored from a backup");
      lessons_.clear();
    }
    trust_ = fits || fresh ? Trust::trusted : Trust::dropped;
    proposed_ = number_of(store_->setting("proposed")) + 1;
    store_->database().run("PRAGMA synchronous=FULL");
    Transaction transaction(store_->database());
    store_->set("running", boot_id());
    store_->set("proposed", std::to_string(proposed_));
    transaction.commit();
    store_->database().run("PRAGMA synchronous=NORMAL");
    mark = mark_text(store_->setting("token"), proposed_);
  });
  return mark;
}

bool Ledger::confirm() {
  guarded([&] {
    Transaction transaction(store_->database());
    store_->set("confirmed", std::to_string(proposed_));
    for (const Lesson& lesson : lessons_) apply(lesson);
    for (const std::string& incident : to_repeat_) store_->ask_again(incident);
    transaction.commit();
    lessons_.clear();
    to_repeat_.clear();
  });
  return in_use_ && trust_ == Trust::trusted;
}

std::vector<LedgerWork> Ledger::pending_works() const {
  std::vector<LedgerWork> pending;
  if (!in_use_) return pending;
  for (LedgerWork& work : store_->works()) {
    if (work.state == WorkState::pending) pending.push_back(std::move(work));
  }
  return pending;
}

RefSet Ledger::refs_held(const std::optional<HeldObject>& held) const {
  return held && !is_lost(held->refs_work) ? held->refs : 0;
}

bool Ledger::is_held(const std::optional<HeldObject>& held, const ObjectMark& mark) const {
  return held && !is_lost(held->work) && held->content == mark.content && (mark.refs & ~refs_held(held)) == 0;
}

// Which objects go with all their members: those of `whole_`, what they refer to, and what that refers to.
std::vector<bool> Ledger::to_send_whole(const Bundle& bundle) const {
  std::vector<bool> whole(bundle.objects.size());
  if (whole_.empty()) return whole;
  std::vector<std::size_t> open;
  std::unordered_map<std::string_view, std::size_t> by_id;
  for (std::size_t i = 0; i < bundle.objects.size(); ++i) {
    if (whole_.contains(bundle.objects[i].id)) open.push_back(i);
    by_id.emplace(bundle.objects[i].id, i);
  }
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    if (whole[at]) continue;
    whole[at] = true;
    for (const std::string& id : ids_referred_to(bundle.objects[at].text)) {
      if (const auto found = by_id.find(id); found != by_id.end()) open.push_back(found->second);
    }
  }
  return whole;
}

std::vector<ToSend> Ledger::select(const Bundle& bundle) {
  std::vector<ToSend> selected;
  guarded([&] {
    const std::vector<bool> whole = to_send_whole(bundle);
    std::optional<Transaction> transaction;
    for (std::size_t i = 0; i < bundle.objects.size(); ++i) {
      const ObjectText& object = bundle.objects[i];
      ToSend one{i, hash_->of(object.text), 0};
      std::optional<HeldObject> held = store_->find(object.id);
      const bool all_of_it = options_.send_all || whole[i];
      if (!all_of_it && is_held(held, one.mark)) continue;
      if (!all_of_it) one.omitted = one.mark.refs & refs_held(held);
      if (held && held->work != no_work) {
        if (!transaction) transaction.emplace(store_->database());
        held->work = no_work;
        store_->put(object.id, *held);
      }
      InFlight& flight = in_flight_[std::string(object.id)];
      flight.mixed = flight.mixed || (flight.bundles > 0 && flight.content != one.mark.content);
      flight.content = one.mark.content;
      ++flight.bundles;
      selected.push_back(one);
    }
    if (transaction) transaction->commit();
  });
  if (in_use_) return selected;
  selected.clear();
  for (std::size_t i = 0; i < bundle.objects.size(); ++i) selected.push_back({i, {}, 0});
  return selected;
}

// What the ledger knows of an object once it was sent.
HeldObject Ledger::recorded(const ToSend& one, const std::optional<HeldObject>& before, std::int64_t work) const {
  HeldObject now{one.mark.content, refs_held(before), work, before ? before->refs_work : 0, 0};
  const RefSet included = one.mark.refs & ~one.omitted;
  if (included == 0) return now;
  // Of refs that went under two works which are both not done, one set only can be told by its work.
  const bool two_works = (now.refs & ~included) != 0 && pending_.contains(now.refs_work) && now.refs_work != work;
  now.refs = two_works ? included : now.refs | included;
  now.refs_work = work;
  return now;
}

// One bundle with the object is no longer on its way. True when several contents of it were at once.
bool Ledger::land(std::string_view object) {
  const auto found = in_flight_.find(std::string(object));
  if (found == in_flight_.end()) return false;
  const bool mixed = found->second.mixed;
  if (--found->second.bundles == 0) in_flight_.erase(found);
  return mixed;
}

void Ledger::record(std::span<const Acknowledged> bundles, std::int64_t own) {
  guarded([&] {
    Transaction transaction(store_->database());
    for (const Acknowledged& one : bundles) record(one, own);
    transaction.commit();
  });
}

void Ledger::record(const Acknowledged& one, std::int64_t own) {
  const std::int64_t work = store_->work_number(one.work, own);
  pending_.insert(work);
  store_->add_objects(work, one.messages, 0);
  const std::int64_t delivery = one.sent->empty() ? 0 : store_->add_delivery(work, one.bundle->incident);
  for (const ToSend& sent : *one.sent) {
    const ObjectText& object = one.bundle->objects[sent.index];
    HeldObject held = recorded(sent, store_->find(object.id), work);
    held.delivery = delivery;
    if (land(object.id)) held.work = no_work;
    store_->put(object.id, held);
    if (object.text.size() >= large_object) store_->add_large(work, object.id);
  }
  if (one.unanswered == 0) return;
  const std::int64_t doubtful = store_->work_number(one.unanswered_work, own);
  pending_.insert(doubtful);
  store_->add_objects(doubtful, 0, one.unanswered);
}

void Ledger::give_up(const Bundle& bundle, const std::vector<ToSend>& sent) {
  for (const ToSend& one : sent) land(bundle.objects[one.index].id);
}

}  // namespace push_opencti
