// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace push_opencti {

/// SQLite refused something. `damaged` tells a file that is no database, or a broken one, from a full disk and the
/// like.
class DatabaseFault : public std::runtime_error {
 public:
  DatabaseFault(int code, const std::string& message);
  bool damaged() const { return damaged_; }

 private:
  bool damaged_;
};

/// A prepared statement. Values are bound from 1 on, columns are read from 0 on, as SQLite counts them.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);

  Statement& bind(int at, std::int64_t value);
  Statement& bind(int at, std::string_view text);
  Statement& bind_blob(int at, std::string_view bytes);
  /// Runs up to the next row; false after the last one, when the statement can be bound and run again.
  bool step();
  /// Runs a statement without rows, or gives up the rows that are left.
  void run();
  std::int64_t integer(int column) const;
  /// Valid until the next step().
  std::string_view text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  void check(int code) const;
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A connection to one database file. Every fault is a DatabaseFault.
class Database {
 public:
  enum class Access { write, read };
  Database(const std::string& path, Access access);

  void run(const char* sql);
  Statement prepare(std::string_view sql) { return {handle_.get(), sql}; }
  /// Rows that the last statement changed.
  std::int64_t changes() const { return sqlite3_changes64(handle_.get()); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

/// All or nothing: what was changed since is undone where commit() is not reached.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace push_opencti
