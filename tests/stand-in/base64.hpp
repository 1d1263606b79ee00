#pragma once

#include <string>
#include <string_view>

namespace stand_in {

/// The bytes that the text encodes; nothing where it is no base64.
std::string base64_decoded(std::string_view text);

}  // namespace stand_in
