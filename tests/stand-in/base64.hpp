// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace stand_in {

/// The bytes that the text encodes; nothing where it is no base64.
std::string base64_decoded(std::string_view text);
/// The bytes as tokens hold them: with - and _, and without padding (RFC 4648, section 5).
std::string base64url(std::string_view bytes);

}  // namespace stand_in
