// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace map_stix {

/// What every supported version of the platform and the STIX schemas accept as a value of these types.
bool is_domain_name(std::string_view text);
bool is_host_name(std::string_view text);
bool is_email_address(std::string_view text);

/// "aa:bb:cc:dd:ee:ff" from a MAC address with colons, dashes, dots or nothing between its twelve hex digits.
std::optional<std::string> normal_mac_address(std::string_view text);

/// The domain of an e-mail address, in lower case; "" when there is none.
std::string domain_of_address(std::string_view address);

/// The ids of ATT&CK techniques that a text names, in upper case, each once: "T1059.001" in "PowerShell (t1059.001)",
/// in "T1059/001" and in "T1059.001,T1105".
std::vector<std::string> technique_ids(std::string_view text);

/// The word of the platform's vocabulary for malware types that a category of Defender stands for, "trojan" for
/// "Trojan" and "downloader" for "TrojanDownloader"; "" where there is none.
std::string_view malware_type_of(std::string_view category);

enum class HashKind { md5, sha1, sha256 };
/// Whether `text` is a hash of that kind: hex digits in any case, of the right number.
bool is_hash(HashKind kind, std::string_view text);
/// The kind that a word names: "md5", "SHA-1", "Sha256" …; nothing for others.
std::optional<HashKind> hash_kind(std::string_view word);
/// Whether it is the hash of no bytes at all, which every empty file shares.
bool is_hash_of_nothing(std::string_view text);

}  // namespace map_stix
