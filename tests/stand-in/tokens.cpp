// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/tokens.hpp"

#include <algorithm>
#include <random>

#include "tests/stand-in/base64.hpp"
#include "tests/stand-in/json.hpp"

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

void Tokens::set_roles(std::vector<std::string> roles) {
  const std::lock_guard lock(mutex_);
  roles_ = std::move(roles);
}

std::string Tokens::issue(std::int64_t seconds) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const Ticks expiry = clock_.now() + seconds * ticks_per_second;
  const std::lock_guard lock(mutex_);
  Json roles = Json::Array{};
  for (const std::string& role : roles_) roles.push(role);
  Json claims;
  claims.set("aud", "https://graph.microsoft.com")
      .set("app_displayname", "sentinel-incidents")
      .set("roles", std::move(roles))
      .set("tid", "11111111-1111-4111-8111-111111111111")
      .set("uti", random_guid());
  const std::string token = base64url(R"({"typ":"JWT","alg":"RS256","kid":"stand-in"})") + "." +
                            base64url(claims.dump()) + "." + random_text(86, letters);
  issued_[token] = {expiry, roles_};
  return token;
}

bool Tokens::valid(std::string_view token) const {
  const std::lock_guard lock(mutex_);
  const auto found = issued_.find(token);
  return found != issued_.end() && clock_.now() < found->second.expiry;
}

bool Tokens::grants(std::string_view token, std::string_view role) const {
  const std::lock_guard lock(mutex_);
  const auto found = issued_.find(token);
  if (found == issued_.end()) return false;
  const std::vector<std::string>& roles = found->second.roles;
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

void Tokens::revoke_all() {
  const std::lock_guard lock(mutex_);
  issued_.clear();
}

}  // namespace stand_in
