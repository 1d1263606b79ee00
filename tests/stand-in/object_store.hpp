// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/stand-in/json.hpp"

namespace stand_in {

/// The platform's knowledge, as far as imported objects make it: each object with all that was ever sent of it. An
/// object that comes again is united with what is there: lists grow, other members are overwritten.
class ObjectStore {
 public:
  /// `refuses_endpoints`: as the importer of 6.8 does, which gives the ends of a network-traffic when it creates it and
  /// then makes the same references again.
  explicit ObjectStore(bool refuses_endpoints) : refuses_endpoints_(refuses_endpoints) {}

  enum class Fate { taken, failed, missing_reference };
  struct Result {
    Fate fate = Fate::taken;
    Json error = {};  ///< as a worker reports it, {"error","source"}; null for none
  };
  /// Imports one object, its JSON text, as a worker does. A reference of an observable that may be there once and is
  /// there already gives an error; the object itself is updated all the same.
  Result import(const std::string& text);

  /// Orders errors: an object whose text holds `match` fails `times` times with that message.
  void order_error(const std::string& match, std::int64_t times, const std::string& name, const std::string& message);
  /// A person deletes it. References to it stay.
  void remove(const std::string& id) { objects_.erase(id); }
  /// All objects, sorted by id, the members of each by name, lists sorted where their order means nothing.
  Json all() const;
  std::size_t size() const { return objects_.size(); }
  bool has(const std::string& id) const { return objects_.count(id) > 0; }
  /// The ids of indicators that are revoked and have a score of 0.
  std::vector<std::string> taken_back() const;

 private:
  struct Ordered {
    std::string match;
    std::int64_t times;
    std::string name;
    std::string message;
  };
  std::optional<std::string> missing_in(const Json& object) const;
  static void decide_validity(Json& stored, const Json& update, bool was_revoked);

  bool refuses_endpoints_;
  std::map<std::string, Json> objects_;
  std::vector<Ordered> ordered_;
};

}  // namespace stand_in
