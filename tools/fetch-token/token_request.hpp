// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "common/console/log.hpp"
#include "common/http/http.hpp"
#include "common/time.hpp"

namespace fetch_token {

/// What a token is asked with. `login_url` has no slash at its end.
struct Credentials {
  std::string tenant;
  std::string client_id;
  std::string client_secret;
  std::string login_url;
  std::string api_origin;  ///< the API that the token is for: scope `{api_origin}/.default`
};

/// A token as the login service gave it.
struct Token {
  std::string type;
  std::string value;
  std::chrono::seconds lifetime{0};
  common::Instant expires_at;  ///< counted from before the request, so it errs on the early side
};

/// The OAuth 2.0 client credentials request for these credentials; `form` receives the body, which the request refers
/// to.
common::HttpRequest token_request(const Credentials& credentials, std::string& form);

/// Waits; false when the tool is to end instead.
using Pause = std::function<bool(std::chrono::milliseconds)>;

/// Asks the login service for a token, again while it fails for a transient reason and `budget` lasts. Throws
/// Failure(refused) with the service's own words when it says no, Failure(unavailable) when it does not answer,
/// Failure(stopped_early) when it asks for more time than the budget has. Failure(done) without a message: the request
/// was given up or `pause` said so.
Token take_token(const Credentials& credentials, const common::HttpSend& send, common::Clock& clock,
                 std::chrono::seconds budget, const Pause& pause, common::Log& log);

/// The token's record, without LF.
std::string record_text(const Token& token);

}  // namespace fetch_token
