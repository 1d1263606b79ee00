// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fetch_incidents {

/// Finds access tokens in a stream of text: token records one a line, a JSON object over several lines with
/// access_token or accessToken (as `az account get-access-token` prints), a JSON string, or a bare token.
class TokenReader {
 public:
  /// Takes the next bytes; a token counts once its end is seen.
  void feed(std::string_view bytes);
  /// Nothing follows: an unfinished last line counts.
  void finish();

  /// The last token that was read; "" while there is none.
  const std::string& newest() const { return newest_; }
  /// What was wrong with the last thing that was no token; "" when all were.
  const std::string& fault() const { return fault_; }

 private:
  void take(bool at_end);
  bool take_one(bool at_end);
  bool skip_byte_order_mark(bool at_end);
  void accept(std::optional<std::string> token, std::string_view what);

  std::string pending_;
  bool started_ = false;
  bool overlong_ = false;  ///< the rest of a line that was given up is still to come
  std::string newest_;
  std::string fault_;
};

}  // namespace fetch_incidents
