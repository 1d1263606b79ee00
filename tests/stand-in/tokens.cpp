#include "tests/stand-in/tokens.hpp"

#include <random>

namespace stand_in {

namespace {

std::string random_text(std::size_t length, std::string_view alphabet) {
  static thread_local std::random_device source;
  std::uniform_int_distribution<std::size_t> pick(0, alphabet.size() - 1);
  std::string text(length, '\0');
  for (char& letter : text) letter = alphabet[pick(source)];
  return text;
}

}  // namespace

std::string random_guid() {
  std::string guid = random_text(36, "0123456789abcdef");
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) guid[dash] = '-';
  guid[14] = '4';
  guid[19] = 'a';
  return guid;
}

std::string Tokens::issue(std::int64_t seconds) {
  static constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::string token =
      "eyJ" + random_text(61, letters) + "." + random_text(200, letters) + "." + random_text(86, letters);
  const std::lock_guard lock(mutex_);
  expiry_[token] = clock_.now() + seconds * ticks_per_second;
  return token;
}

bool Tokens::valid(std::string_view token) const {
  const std::lock_guard lock(mutex_);
  const auto found = expiry_.find(token);
  return found != expiry_.end() && clock_.now() < found->second;
}

void Tokens::revoke_all() {
  const std::lock_guard lock(mutex_);
  expiry_.clear();
}

}  // namespace stand_in
