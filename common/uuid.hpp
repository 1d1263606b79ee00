// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace common {

/// The namespace of every deterministic STIX id, 00abedb4-aa42-466c-9c01-fed23315a9b7 (STIX 2.1 section 2.9).
using Uuid = std::array<std::uint8_t, 16>;
extern const Uuid stix_namespace;

/// A name-based UUID (RFC 4122 version 5).
Uuid uuid5(std::string_view name, const Uuid& name_space = stix_namespace);

/// The beginning that many names share: hashed once, it is work that none of them repeats.
class NameBeginning {
 public:
  explicit NameBeginning(std::string_view beginning, const Uuid& name_space = stix_namespace);
  /// uuid5() of the beginning and this rest.
  Uuid uuid5_with(std::string_view rest) const;

 private:
  alignas(std::uint64_t) std::array<std::uint8_t, 96> state_;  // an SHA_CTX
};

/// Lower-case text, 36 characters.
std::string to_text(const Uuid& uuid);
inline constexpr std::size_t uuid_text_size = 36;
/// Writes the same to where there is room for it; returns its end.
char* put_text(char* to, const Uuid& uuid);
/// True for 8-4-4-4-12 hex digits in any case.
bool is_uuid(std::string_view text);
/// A random UUID (version 4), for request ids; never for STIX ids.
std::string random_uuid();

}  // namespace common
