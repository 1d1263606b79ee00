// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/base64.hpp"

#include <openssl/evp.h>

namespace stand_in {

std::string base64_decoded(std::string_view text) {
  std::string out(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return {};
  out.resize(static_cast<std::size_t>(size));
  // EVP_DecodeBlock counts the padding as bytes.
  for (std::size_t at = text.size(); at > 0 && text[at - 1] == '=' && !out.empty(); --at) out.pop_back();
  return out;
}

std::string base64url(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  while (!out.empty() && out.back() == '=') out.pop_back();
  for (char& letter : out) letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
  return out;
}

}  // namespace stand_in
