#include "common/uuid.hpp"

#include <openssl/evp.h>
#include <sys/random.h>

#include <cstring>

#include "common/failure.hpp"

namespace common {

const Uuid stix_namespace = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
                             0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};

// Fetching the algorithm once and reusing the context is several times faster than SHA1() a call in OpenSSL 3.
struct Uuid5::Context {
  EVP_MD* sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
  ~Context() {
    EVP_MD_CTX_free(digest);
    EVP_MD_free(sha1);
  }
};

Uuid5::Uuid5() : context_(new Context) {
  if (context_->sha1 == nullptr || context_->digest == nullptr) {
    delete context_;
    throw Failure(ExitStatus::internal, "libcrypto offers no SHA-1, which the ids of STIX need");
  }
}

Uuid5::~Uuid5() { delete context_; }

Uuid Uuid5::operator()(std::string_view name, const Uuid& name_space) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
  if (EVP_DigestInit_ex2(context_->digest, context_->sha1, nullptr) != 1 ||
      EVP_DigestUpdate(context_->digest, name_space.data(), name_space.size()) != 1 ||
      EVP_DigestUpdate(context_->digest, name.data(), name.size()) != 1 ||
      EVP_DigestFinal_ex(context_->digest, hash.data(), nullptr) != 1) {
    throw Failure(ExitStatus::internal, "libcrypto could not compute a SHA-1");
  }
  Uuid uuid;
  for (std::size_t i = 0; i < uuid.size(); ++i) uuid[i] = hash[i];
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x50);
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);
  return uuid;
}

namespace {

using HexPair = std::array<char, 2>;

constexpr std::array<HexPair, 256> make_hex_pairs() {
  constexpr std::string_view hex = "0123456789abcdef";
  std::array<HexPair, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte) pairs[byte] = {hex[byte >> 4], hex[byte & 15]};
  return pairs;
}
// Ids are written several times for each object of a bundle, so a byte costs one look-up.
constexpr std::array<HexPair, 256> hex_pairs = make_hex_pairs();

}  // namespace

void append_text(std::string& out, const Uuid& uuid) {
  static constexpr std::size_t places[16] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
  char text[37] = "00000000-0000-0000-0000-000000000000";
  for (std::size_t i = 0; i < uuid.size(); ++i) std::memcpy(text + places[i], hex_pairs[uuid[i]].data(), 2);
  out.append(text, 36);
}

std::string to_text(const Uuid& uuid) {
  std::string out;
  append_text(out, uuid);
  return out;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
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
  if (getrandom(uuid.data(), uuid.size(), 0) != static_cast<ssize_t>(uuid.size())) {
    throw Failure(ExitStatus::internal, "the system gives no random bytes");
  }
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x40);
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);
  return to_text(uuid);
}

}  // namespace common
