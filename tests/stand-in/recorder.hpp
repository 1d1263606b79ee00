// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "tests/stand-in/instant.hpp"
#include "tests/stand-in/message.hpp"

namespace stand_in {

/// Writes down what the stand-in was asked and counts it. Files are flushed line by line, so that a test can
/// read them while the stand-in runs. Tokens, secrets and passwords are never written.
class Recorder {
 public:
  /// Records into the folder (made where it is missing); an empty one means: count only.
  explicit Recorder(const std::string& folder, const Clock& clock);

  /// `requests.ndjson`: one answered request; status 0 where the connection was dropped without an
  /// answer. What a test asks of the control service is left out.
  void request(const Request& request, const Reply& reply);
  /// `operations.ndjson`: one GraphQL request, its bundle shortened (a string stays a string).
  void operation(std::string_view query, const Json& variables, std::string_view schema);
  /// `bundles.ndjson`: a bundle that the platform accepted, as one line.
  void bundle(std::string_view bundle);
  /// `state.json`: the platform as it is.
  void state(const Json& state);

  /// Requests by service and label.
  Json counts() const;
  bool recording() const { return !folder_.empty(); }

 private:
  void write_line(std::ofstream& file, std::string_view line);

  std::string folder_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::ofstream requests_;
  std::ofstream operations_;
  std::ofstream bundles_;
  std::map<std::string, std::map<std::string, std::int64_t>> counts_;
  std::int64_t requests_seen_ = 0;
};

}  // namespace stand_in
