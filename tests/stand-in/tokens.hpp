// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/stand-in/instant.hpp"

namespace stand_in {

/// Random text in the form of a GUID.
std::string random_guid();

/// The access tokens that login has issued and Graph accepts.
class Tokens {
 public:
  explicit Tokens(const Clock& clock) : clock_(clock) {}

  /// The application roles of tokens issued from now on.
  void set_roles(std::vector<std::string> roles);
  /// A fresh token in the form of a JWT that nobody signed, good for that many seconds of the stand-in's clock.
  std::string issue(std::int64_t seconds);
  /// Whether the token was issued here, has not expired and was not revoked.
  bool valid(std::string_view token) const;
  /// Whether the token was issued with that role.
  bool grants(std::string_view token, std::string_view role) const;
  /// Makes every token issued so far worthless.
  void revoke_all();

 private:
  const Clock& clock_;
  struct Issued {
    Ticks expiry;
    std::vector<std::string> roles;
  };

  mutable std::mutex mutex_;
  std::vector<std::string> roles_;
  std::map<std::string, Issued, std::less<>> issued_;
};

}  // namespace stand_in
