// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "common/http/http.hpp"

namespace fetch_token {

/// What the login service said.
struct TokenAnswer {
  std::string type;
  std::string value;          ///< "" when there is no token
  long lifetime_seconds = 0;  ///< 0 when the answer does not say
  std::string refusal = {};   ///< why there is no token: what to do, where that is known, else the service's words
  std::string details = {};   ///< the service's words and ids, where `refusal` does not hold them
  bool transient = false;     ///< the refusal is worth another try
  bool from_service = false;  ///< the refusal is the login service's own, not a proxy's or a wrong address's
};

/// Reads an answer of the login service, successful or not. Never throws: hostile text ends up as a refusal.
TokenAnswer read_token_answer(const common::HttpResponse& response);

/// What to do about an AADSTS code that the text names; "" for codes without a hint.
std::string_view hint_for(std::string_view text);

}  // namespace fetch_token
