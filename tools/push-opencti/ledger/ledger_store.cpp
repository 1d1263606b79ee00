// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/ledger/ledger_store.hpp"

#include "common/uuid.hpp"

namespace push_opencti {

namespace {

// One row an object, none changed when a work is settled: what a row says follows from its works. The key of 10 million
// objects is most of the file, so it is kept small (see packed()).
constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS objects(id BLOB PRIMARY KEY, content INTEGER NOT NULL, refs INTEGER NOT NULL,
  work INTEGER NOT NULL, refs_work INTEGER NOT NULL, delivery INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS works(number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0,
  objects INTEGER NOT NULL DEFAULT 0, own INTEGER NOT NULL DEFAULT 0, doubtful INTEGER NOT NULL DEFAULT 0, seen_expected INTEGER NOT NULL DEFAULT 0,
  seen_processed INTEGER NOT NULL DEFAULT 0, seen_at INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS deliveries(number INTEGER PRIMARY KEY AUTOINCREMENT, work INTEGER NOT NULL, incident TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS large(work INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY(work, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusals(id BLOB PRIMARY KEY, incident TEXT NOT NULL, reason TEXT NOT NULL,
  whole INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS repeats(incident TEXT PRIMARY KEY, times INTEGER NOT NULL, listed INTEGER NOT NULL)
  WITHOUT ROWID;
)";

Database opened(const std::string& path, Database::Access access) {
  Database database(path, access);
  if (access == Database::Access::write) {
    // 32 MB of log before its pages go into the file, for which the disk is waited for.
    database.run(
        "PRAGMA cache_size=-6000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA "
        "temp_store=MEMORY; PRAGMA "
        "wal_autocheckpoint=8192;");
    database.run(schema);
  }
  return database;
}

constexpr char packed_mark = 1;
constexpr char plain_mark = 0;
constexpr std::string_view separator = "--";

int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

// An id "type--uuid" with the UUID as its 16 bytes, before the type: half the size. Any other text as it is.
std::string packed(std::string_view id) {
  const std::size_t type_end = id.size() >= common::uuid_text_size ? id.size() - common::uuid_text_size : 0;
  const std::string_view uuid = id.substr(type_end);
  std::string out;
  const bool fits = type_end > separator.size() && id.substr(0, type_end).ends_with(separator) &&
                    common::is_uuid(uuid) && uuid.find_first_of("ABCDEF") == std::string_view::npos;
  if (!fits) return out.append(1, plain_mark).append(id);
  out += packed_mark;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (uuid[i] == '-') continue;
    out += static_cast<char>(digit(uuid[i]) << 4 | digit(uuid[i + 1]));
    ++i;
  }
  return out.append(id.substr(0, type_end - separator.size()));
}

std::string unpacked(std::string_view key) {
  common::Uuid uuid{};
  if (key.empty() || key[0] == plain_mark || key.size() <= 1 + uuid.size()) {
    return std::string(key.empty() ? key : key.substr(1));
  }
  for (std::size_t i = 0; i < uuid.size(); ++i) uuid[i] = static_cast<std::uint8_t>(key[1 + i]);
  return std::string(key.substr(1 + uuid.size())).append(separator).append(common::to_text(uuid));
}

}  // namespace

LedgerStore::LedgerStore(const std::string& path, Database::Access access)
    : database_(opened(path, access)),
      find_(database_.prepare("SELECT content, refs, work, refs_work, delivery FROM objects WHERE id = ?")),
      put_(database_.prepare("REPLACE INTO objects(id, content, refs, work, refs_work, delivery) VALUES(?,?,?,?,?,?)")),
      erase_(database_.prepare("DELETE FROM objects WHERE id = ?")),
      add_delivery_(database_.prepare("INSERT INTO deliveries(work, incident) VALUES(?,?) RETURNING number")) {}

void LedgerStore::clear() {
  database_.run(
      "DELETE FROM objects; DELETE FROM works; DELETE FROM deliveries; DELETE FROM large; DELETE FROM refusals; DELETE "
      "FROM repeats;");
}

std::string LedgerStore::setting(std::string_view name) {
  Statement get = database_.prepare("SELECT value FROM settings WHERE name = ?");
  get.bind(1, name);
  return get.step() ? std::string(get.text(0)) : std::string();
}

void LedgerStore::set(std::string_view name, std::string_view value) {
  database_.prepare("REPLACE INTO settings(name, value) VALUES(?,?)").bind(1, name).bind(2, value).run();
}

std::optional<HeldObject> LedgerStore::find(std::string_view object) {
  find_.bind_blob(1, packed(object));
  if (!find_.step()) return {};
  const HeldObject held{static_cast<std::uint64_t>(find_.integer(0)), static_cast<RefSet>(find_.integer(1)),
                        find_.integer(2), find_.integer(3), find_.integer(4)};
  find_.step();
  return held;
}

void LedgerStore::put(std::string_view object, const HeldObject& held) {
  put_.bind_blob(1, packed(object)).bind(2, static_cast<std::int64_t>(held.content)).bind(3, std::int64_t{held.refs});
  put_.bind(4, held.work).bind(5, held.refs_work).bind(6, held.delivery).run();
}

bool LedgerStore::erase(std::string_view object) {
  erase_.bind_blob(1, packed(object)).run();
  return database_.changes() > 0;
}

std::int64_t LedgerStore::work_number(std::string_view id, std::int64_t own) {
  Statement find = database_.prepare("SELECT number FROM works WHERE id = ? AND state = 0");
  find.bind(1, id);
  if (find.step()) return find.integer(0);
  Statement add = database_.prepare("INSERT INTO works(id, own) VALUES(?,?) RETURNING number");
  add.bind(1, id).bind(2, own);
  add.step();
  const std::int64_t number = add.integer(0);
  add.step();
  return number;
}

void LedgerStore::add_objects(std::int64_t work, std::int64_t count, std::int64_t doubtful) {
  database_.prepare("UPDATE works SET objects = objects + ?, doubtful = doubtful + ? WHERE number = ?")
      .bind(1, count)
      .bind(2, doubtful)
      .bind(3, work)
      .run();
}

void LedgerStore::settle(std::int64_t work) {
  database_.prepare("DELETE FROM works WHERE number = ?").bind(1, work).run();
  forget_deliveries(work);
}

void LedgerStore::lose(std::int64_t work) {
  database_.prepare("UPDATE works SET state = ? WHERE number = ?")
      .bind(1, static_cast<std::int64_t>(WorkState::lost))
      .bind(2, work)
      .run();
  forget_deliveries(work);
}

void LedgerStore::set_seen(const LedgerWork& work) {
  database_.prepare("UPDATE works SET seen_expected = ?, seen_processed = ?, seen_at = ? WHERE number = ?")
      .bind(1, work.seen_expected)
      .bind(2, work.seen_processed)
      .bind(3, work.seen_at)
      .bind(4, work.number)
      .run();
}

std::vector<LedgerWork> LedgerStore::works() {
  std::vector<LedgerWork> found;
  Statement all = database_.prepare(
      "SELECT number, id, state, objects, own, doubtful, seen_expected, seen_processed, seen_at FROM works ORDER BY "
      "number");
  while (all.step()) {
    found.push_back({all.integer(0), std::string(all.text(1)), static_cast<WorkState>(all.integer(2)), all.integer(3),
                     all.integer(4), all.integer(5), all.integer(6), all.integer(7), all.integer(8)});
  }
  return found;
}

std::int64_t LedgerStore::add_delivery(std::int64_t work, std::string_view incident) {
  add_delivery_.bind(1, work).bind(2, incident);
  add_delivery_.step();
  const std::int64_t number = add_delivery_.integer(0);
  add_delivery_.step();
  return number;
}

std::string LedgerStore::incident_of(std::int64_t delivery) {
  Statement find = database_.prepare("SELECT incident FROM deliveries WHERE number = ?");
  find.bind(1, delivery);
  return find.step() ? std::string(find.text(0)) : std::string();
}

std::vector<std::string> LedgerStore::incidents_of(std::int64_t work) {
  std::vector<std::string> incidents;
  Statement all = database_.prepare("SELECT DISTINCT incident FROM deliveries WHERE work = ? AND incident <> ''");
  all.bind(1, work);
  while (all.step()) incidents.emplace_back(all.text(0));
  return incidents;
}

void LedgerStore::forget_deliveries(std::int64_t work) {
  database_.prepare("DELETE FROM deliveries WHERE work = ?").bind(1, work).run();
  database_.prepare("DELETE FROM large WHERE work = ?").bind(1, work).run();
}

void LedgerStore::add_large(std::int64_t work, std::string_view object) {
  database_.prepare("REPLACE INTO large(work, id) VALUES(?,?)").bind(1, work).bind_blob(2, packed(object)).run();
}

std::vector<std::string> LedgerStore::large_of(std::int64_t work) {
  std::vector<std::string> objects;
  Statement all = database_.prepare("SELECT id FROM large WHERE work = ?");
  all.bind(1, work);
  while (all.step()) objects.push_back(unpacked(all.text(0)));
  return objects;
}

void LedgerStore::add_refusal(const Refusal& refusal) {
  database_.prepare("REPLACE INTO refusals(id, incident, reason, whole) VALUES(?,?,?,?)")
      .bind_blob(1, packed(refusal.object))
      .bind(2, std::string_view(refusal.incident))
      .bind(3, std::string_view(refusal.reason))
      .bind(4, std::int64_t{refusal.whole})
      .run();
}

void LedgerStore::forget_refusal(std::string_view object) {
  database_.prepare("DELETE FROM refusals WHERE id = ?").bind_blob(1, packed(object)).run();
}

std::vector<Refusal> LedgerStore::refusals() {
  std::vector<Refusal> found;
  Statement all = database_.prepare("SELECT id, incident, reason, whole FROM refusals");
  while (all.step()) {
    found.push_back({unpacked(all.text(0)), std::string(all.text(1)), std::string(all.text(2)), all.integer(3) != 0});
  }
  return found;
}

void LedgerStore::ask_again(std::string_view incident) {
  database_
      .prepare(
          "INSERT INTO repeats(incident, times, listed) VALUES(?,1,0) ON CONFLICT(incident) DO UPDATE SET times = "
          "times + 1, listed = 0")
      .bind(1, incident)
      .run();
}

std::vector<std::pair<std::string, std::int64_t>> LedgerStore::to_ask_again() {
  std::vector<std::pair<std::string, std::int64_t>> incidents;
  Statement all = database_.prepare("SELECT incident, times FROM repeats WHERE listed = 0");
  while (all.step()) incidents.emplace_back(all.text(0), all.integer(1));
  return incidents;
}

void LedgerStore::note_listed() { database_.run("UPDATE repeats SET listed = 1 WHERE listed = 0"); }

void LedgerStore::forget_repeats(std::string_view incident) {
  database_.prepare("DELETE FROM repeats WHERE incident = ?").bind(1, incident).run();
}

void LedgerStore::each_object(const std::function<void(const std::string& object, const HeldObject& held)>& take) {
  Statement all = database_.prepare("SELECT id, content, refs, work, refs_work, delivery FROM objects");
  while (all.step()) {
    take(unpacked(all.text(0)), {static_cast<std::uint64_t>(all.integer(1)), static_cast<RefSet>(all.integer(2)),
                                 all.integer(3), all.integer(4), all.integer(5)});
  }
}

}  // namespace push_opencti
