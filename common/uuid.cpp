// SPDX-License-Identifier: Apache-2.0
#include "common/uuid.hpp"

// The digest functions behind EVP: of version 3, EVP's own work costs a quarter of the hash of a short name, and all of
// libcrypto would have to be loaded for it (see Makefile).
#define OPENSSL_API_COMPAT 10101
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "common/bytes/byte_blocks.hpp"
#include "common/bytes/random_bytes.hpp"

namespace common {

const Uuid stix_namespace = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
                             0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};

namespace {

SHA_CTX begin_hash(std::string_view beginning, const Uuid& name_space) {
  SHA_CTX context;
  SHA1_Init(&context);
  SHA1_Update(&context, name_space.data(), name_space.size());
  SHA1_Update(&context, beginning.data(), beginning.size());
  return context;
}

Uuid end_hash(SHA_CTX& context) {
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> hash;
  SHA1_Final(hash.data(), &context);
  hash[6] = static_cast<std::uint8_t>((hash[6] & 0x0f) | 0x50);
  hash[8] = static_cast<std::uint8_t>((hash[8] & 0x3f) | 0x80);
  Uuid uuid;
  std::copy_n(hash.begin(), uuid.size(), uuid.begin());
  return uuid;
}

}  // namespace

Uuid uuid5(std::string_view name, const Uuid& name_space) {
  SHA_CTX context = begin_hash(name, name_space);
  return end_hash(context);
}

NameBeginning::NameBeginning(std::string_view beginning, const Uuid& name_space) {
  static_assert(sizeof(SHA_CTX) == sizeof state_ && std::is_trivially_copyable_v<SHA_CTX>);
  const SHA_CTX context = begin_hash(beginning, name_space);
  std::memcpy(state_.data(), &context, sizeof context);
}

Uuid NameBeginning::uuid5_with(std::string_view rest) const {
  SHA_CTX context;
  std::memcpy(&context, state_.data(), sizeof context);
  SHA1_Update(&context, rest.data(), rest.size());
  return end_hash(context);
}

namespace {

// Four bits each to a hex digit.
ByteBlock hex_digits(ByteBlock halves) {
  const ByteBlock beyond_nine = reinterpret_cast<ByteBlock>(halves > 9);
  return halves + '0' + (beyond_nine & static_cast<std::uint8_t>('a' - '0' - 10));
}

}  // namespace

// Ids are written several times for each object of a bundle, so all digits are made at once.
char* put_text(char* to, const Uuid& uuid) {
  ByteBlock bytes;
  std::memcpy(&bytes, uuid.data(), sizeof bytes);
  const ByteBlock high = hex_digits(bytes >> 4);
  const ByteBlock low = hex_digits(bytes & 15);
  const ByteBlock digits[2] = {
      __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
      __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)};
  char hex[sizeof digits];
  std::memcpy(hex, digits, sizeof digits);
  std::memcpy(to, hex, 8);
  std::memcpy(to + 9, hex + 8, 4);
  std::memcpy(to + 14, hex + 12, 4);
  std::memcpy(to + 19, hex + 16, 4);
  std::memcpy(to + 24, hex + 20, 12);
  to[8] = to[13] = to[18] = to[23] = '-';
  return to + uuid_text_size;
}

std::string to_text(const Uuid& uuid) {
  char text[uuid_text_size];
  put_text(text, uuid);
  return {text, sizeof text};
}

bool is_uuid(std::string_view text) {
  if (text.size() != uuid_text_size) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
    } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
      return false;
    }
  }
  return true;
}

std::string random_uuid() {
  Uuid uuid;
  fill_with_random_bytes(uuid.data(), uuid.size());
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x40);
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);
  return to_text(uuid);
}

}  // namespace common
