#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "tests/stand-in/instant.hpp"

namespace stand_in {

/// Random text in the form of a GUID.
std::string random_guid();

/// The access tokens that login has issued and Graph accepts.
class Tokens {
public:
  explicit Tokens(const Clock& clock) : clock_(clock) {}

  /// A fresh random token, good for that many seconds of the stand-in's clock.
  std::string issue(std::int64_t seconds);
  /// Whether the token was issued here, has not expired and was not revoked.
  bool valid(std::string_view token) const;
  /// Makes every token issued so far worthless.
  void revoke_all();

private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Ticks, std::less<>> expiry_;
};

}  // namespace stand_in
