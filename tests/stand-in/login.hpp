// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/stand-in/message.hpp"
#include "tests/stand-in/tokens.hpp"

namespace stand_in {

/// Who may log in, and for what.
struct LoginSettings {
  std::string tenant;
  std::string client_id;
  std::string client_secret;
  /// `<graph url>/.default`; empty until the Graph service has its port.
  std::string scope;
  /// Seconds; tests may change it while the service runs.
  std::atomic<std::int64_t> expires_in{3599};
};

/// Microsoft's token endpoint for client credentials: `POST /{tenant}/oauth2/v2.0/token`. It refuses in the
/// form in which the real one does, with AADSTS codes.
class Login {
 public:
  Login(const LoginSettings& settings, Tokens& tokens, const Clock& clock)
      : settings_(settings), tokens_(tokens), clock_(clock) {}

  Reply answer(const Request& request) const;

 private:
  struct Refusal;
  Reply refused(const Refusal& refusal) const;

  const LoginSettings& settings_;
  Tokens& tokens_;
  const Clock& clock_;
};

}  // namespace stand_in
