#include "tests/stand-in/base64.hpp"

#include <openssl/evp.h>

namespace stand_in {

std::string base64_decoded(std::string_view text) {
  std::string out(text.size(), '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return {};
  out.resize(static_cast<std::size_t>(size));
  // EVP_DecodeBlock counts the padding as bytes.
  for (std::size_t at = text.size(); at > 0 && text[at - 1] == '=' && !out.empty(); --at) out.pop_back();
  return out;
}

}  // namespace stand_in
