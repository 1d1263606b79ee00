// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fetch_incidents {

/// What an access token says about itself. Nobody has verified its signature, and Microsoft calls its tokens opaque:
/// this is for people to read, and decides nothing.
struct TokenClaims {
  std::vector<std::string> roles;   ///< application permissions
  std::vector<std::string> scopes;  ///< permissions on behalf of a user
  std::string application;          ///< its name, or its id
};

/// Reads the claims of a token in the form of a JWT; nothing when it has another form.
std::optional<TokenClaims> read_claims(std::string_view token);

/// Whether a permission to read incidents is among them.
bool may_read_incidents(const TokenClaims& claims);

}  // namespace fetch_incidents
