// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace common {

/// What to do about a transfer that libcurl ended with this code (a CURLcode), to follow its message; "" where nothing
/// is known. `proxy_status` is the proxy's answer to CONNECT, 0 for none; `text` is libcurl's message.
std::string_view advice_for_transfer(int code, long proxy_status, std::string_view text);

}  // namespace common
