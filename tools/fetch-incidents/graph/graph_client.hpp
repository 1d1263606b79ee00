// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/console/log.hpp"
#include "common/http/http.hpp"
#include "common/http/http_retry.hpp"
#include "common/http/http_url.hpp"
#include "tools/fetch-incidents/graph/page_memory.hpp"
#include "tools/fetch-incidents/graph/rate_limit.hpp"
#include "tools/fetch-incidents/token/token_source.hpp"

namespace fetch_incidents {

/// How a request to Graph ended.
struct Answer {
  enum class Kind {
    good,
    client_error,  ///< 4xx that no repetition changes
    server_error,  ///< repeated 5xx or incomplete answers, or one beyond the size limit: a smaller question may help
  };
  Kind kind = Kind::good;
  long status = 0;
  std::string text = {};  ///< what is wrong, for messages
  std::string request_id = {};
};

/// How patient a request is with failures.
struct Patience {
  /// How many server errors or incomplete answers are accepted before the caller gets the last one, if the retry budget
  /// lasts that long. 0: the request is retried until the budget is used up, and then the run ends.
  int server_errors = 0;
  /// The request is for one incident. Whatever comes of it is handed to the caller as that incident's failure, unless
  /// Graph does not list incidents either; then it is the run's.
  bool one_incident = false;
};

/// Sends requests to Graph, one at a time and within the rate limit. Takes a newer token after a 401 and retries
/// transient failures (common::RetrySchedule). The token never goes to another origin.
class GraphClient {
 public:
  struct Options {
    common::Url origin;
    std::string listing = {};  ///< a URL that lists few incidents, to tell whether Graph does so at all
    std::chrono::seconds retry_budget{900};
    const common::StopSignal* stop = nullptr;
    std::function<void()> before_request = {};  ///< called before each request; may wait, to bound memory
  };
  GraphClient(Options options, common::HttpSend send, TokenSource& tokens, RateLimit& rate, common::Clock& clock,
              common::Log& log);

  /// Receives the body of an answer. If it throws AnswerFault, the answer counts as incomplete and the request is
  /// retried.
  using Reader = std::function<void(const SharedText& body)>;

  /// Throws Failure: unavailable when the budget is used up or the answer leads to another server, stopped_early when
  /// Graph asks for a longer wait or keeps sending partial answers, refused or stopped_early from the tokens, 128 + n
  /// after a signal, broken_pipe when nobody reads our output.
  Answer get(const std::string& url, Patience patience, const Reader& reader);

  /// Whether the URL belongs to Graph's origin.
  bool is_own(std::string_view url) const;

  /// When Graph received the first question that it answered: its own clock's time (the answer's Date) or this
  /// machine's, whichever is earlier. Nothing before that, or where the answer has no Date.
  std::optional<common::Instant> first_asked_at() const { return first_asked_at_; }

  /// Ends the run over an answer that nothing can be done about. Before any good answer a 400 is a fault of the
  /// settings.
  [[noreturn]] void fail(const Answer& answer) const;

 private:
  struct Attempt;
  void await_turn();
  common::HttpResponse send_once(const std::string& url, const std::string& token);
  void note_moment(const common::HttpResponse& response, common::Instant asked_at,
                   std::chrono::steady_clock::duration spent);
  bool read(common::HttpResponse& response, const Reader& reader, std::string& fault);
  bool wait_for_retry(Attempt& attempt, const common::HttpResponse& response, const std::string& text, bool final);
  Answer ask(const std::string& url, Patience patience, const Reader& reader);
  bool lists_incidents(const std::string& token);
  [[noreturn]] void give_up() const;

  Options options_;
  common::HttpSend send_;
  TokenSource& tokens_;
  RateLimit& rate_;
  common::Clock& clock_;
  common::Log& log_;
  std::shared_ptr<PageMemory> memory_ = std::make_shared<PageMemory>();
  bool token_worked_ = false;
  std::optional<common::Instant> first_asked_at_;
};

}  // namespace fetch_incidents
