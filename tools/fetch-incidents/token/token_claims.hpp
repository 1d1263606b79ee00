// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fetch_incidents {

/// What an access token says about itself. The signature is not verified and Microsoft calls its tokens opaque, so this
/// is only shown to people and decides nothing.
struct TokenClaims {
  std::vector<std::string> roles;   ///< application permissions
  std::vector<std::string> scopes;  ///< permissions on behalf of a user
  std::string application;          ///< its name, or its id
};

/// Reads the claims of a JWT. Returns nothing for a token of another form.
std::optional<TokenClaims> read_claims(std::string_view token);

/// Whether a permission to read incidents is among them.
bool may_read_incidents(const TokenClaims& claims);

}  // namespace fetch_incidents
