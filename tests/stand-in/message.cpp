// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/message.hpp"

#include <algorithm>
#include <cctype>

namespace stand_in {

std::string_view find_field(const Fields& fields, std::string_view name) {
  const auto same = [](char left, char right) {
    return std::tolower(static_cast<unsigned char>(left)) == std::tolower(static_cast<unsigned char>(right));
  };
  for (const auto& [key, value] : fields) {
    if (std::equal(key.begin(), key.end(), name.begin(), name.end(), same)) return value;
  }
  return {};
}

Reply json_reply(const Json& body, int status) {
  Reply reply;
  reply.status = status;
  reply.body = body.dump() + "\n";
  return reply;
}

}  // namespace stand_in
