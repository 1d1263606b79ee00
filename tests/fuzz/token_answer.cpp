// SPDX-License-Identifier: Apache-2.0
// Any bytes as the login service's answer, and as fetch-incidents' token input, in pieces of any size: a token that may
// stand in a header, or none.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tools/fetch-incidents/token/token_reader.hpp"
#include "tools/fetch-token/token_answer.hpp"

namespace {

void check_token(std::string_view token) {
  const bool visible = std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!visible) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  common::HttpResponse response;
  response.body = text;
  for (const long status : {200L, 400L, 503L}) {
    response.status = status;
    const auto answer = fetch_token::read_token_answer(response);
    check_token(answer.value);
    if (status != 200 && !answer.value.empty()) std::abort();
    if (answer.value.empty() && answer.refusal.empty()) std::abort();
  }

  fetch_incidents::TokenReader whole;
  whole.feed(text);
  whole.finish();
  check_token(whole.newest());
  fetch_incidents::TokenReader pieces;
  const std::size_t step = size > 0 ? bytes[0] % 7u + 1u : 1u;
  for (std::size_t at = 0; at < size; at += step) pieces.feed(text.substr(at, step));
  pieces.finish();
  if (pieces.newest() != whole.newest()) std::abort();
  return 0;
}
