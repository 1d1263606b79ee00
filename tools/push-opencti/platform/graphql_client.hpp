// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/console/log.hpp"
#include "common/http/http.hpp"
#include "common/json/json_writer.hpp"
#include "common/program/stop_signal.hpp"
#include "common/time.hpp"
#include "tools/push-opencti/platform/answer.hpp"
#include "tools/push-opencti/platform/operations.hpp"

namespace push_opencti {

/// Carries one request body to the platform and its answer back, once. Tests put a platform of their own behind it.
class Transport {
 public:
  virtual ~Transport() = default;
  /// `once`: as HttpRequest has it.
  virtual common::HttpResponse post(std::string_view body, bool once) = 0;
};

/// Where the platform is and how it is spoken to.
struct Endpoint {
  std::string url;  ///< as in OPENCTI_URL
  std::string token;
  common::HttpHeaders extra_headers = {};
  bool verify_tls = true;
  std::string ca = {};
};

/// Makes a connection of its own. `limit` ends each request, whatever it is doing; a stop signal gives it up at once
/// where `stop` is not null.
using Connect = std::function<std::unique_ptr<Transport>(std::chrono::milliseconds limit, common::StopSignal* stop)>;

/// Connections over HTTP to `endpoint`.
Connect connect_over_http(Endpoint endpoint, common::Log& log);

/// The pairs of OPENCTI_CUSTOM_HEADERS ("name:value;name2:value2"). What is no pair, or could break the request apart,
/// is left out with a warning.
common::HttpHeaders parse_custom_headers(std::string_view text, common::Log& log);

/// How long and how often a failed request is tried again.
struct Patience {
  std::chrono::seconds budget{900};
  std::uint64_t seed = 0;
};

/// Sends operations over one connection. Use it from one thread at a time.
class GraphqlClient {
 public:
  GraphqlClient(std::unique_ptr<Transport> transport, common::Clock& clock, common::Log& log, Patience patience);

  using Variables = std::function<void(common::JsonWriter&)>;
  /// The whole request body: `variables` writes the members of the variables object.
  static std::string body(const Operation& operation, const Variables& variables);

  /// Sends until there is an answer that another try would not change, or the patience ends.
  Answer ask(const Operation& operation, std::string_view body);
  Answer ask(const Operation& operation, const Variables& variables) {
    return ask(operation, body(operation, variables));
  }
  /// As ask(), with a body made anew for each try, for what must not be sent again as it was. It is told how many of
  /// the earlier tries had no answer: the platform may have carried them out.
  Answer ask_anew(const Operation& operation, const std::function<std::string(int unanswered)>& make_body);
  /// Sends once.
  Answer ask_once(const Operation& operation, std::string_view body);
  Answer ask_once(const Operation& operation, const Variables& variables) {
    return ask_once(operation, body(operation, variables));
  }

 private:
  common::HttpResponse send(const Operation& operation, std::string_view body);
  Answer ask_until_final(const Operation& operation, const std::function<common::HttpResponse(int unanswered)>& send);

  std::unique_ptr<Transport> transport_;
  common::Clock& clock_;
  common::Log& log_;
  Patience patience_;
};

/// Throws the Failure that a bad answer to `operation` amounts to.
[[noreturn]] void fail(const Operation& operation, const Answer& answer);

}  // namespace push_opencti
