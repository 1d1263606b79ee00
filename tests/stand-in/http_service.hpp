// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tests/stand-in/faults.hpp"
#include "tests/stand-in/message.hpp"
#include "tests/stand-in/recorder.hpp"

namespace stand_in {

/// Certificate and key files of a service that speaks TLS; empty for plain HTTP.
struct TlsFiles {
  std::string certificate;
  std::string key;
};

/// One HTTP/1.1 service on loopback, on a port that the kernel picks. Every request passes through the faults
/// first and is recorded last; what is between is the handler's.
class HttpService {
 public:
  struct Handlers {
    std::function<Reply(const Request&)> answer;
    /// Names what a request asks for in /counts; called only where the answer did not say so.
    std::function<std::string(const Request&)> label;
    /// Sees every request, also those that a fault keeps from the handler; may be empty.
    std::function<void(const Request&)> note;
  };

  /// Binds at once, so that url() is known before anything is served. Throws std::runtime_error where it
  /// cannot.
  HttpService(std::string name, Handlers handlers, Faults& faults, Recorder& recorder, std::size_t threads,
              const TlsFiles& tls);
  ~HttpService();
  HttpService(const HttpService&) = delete;
  HttpService& operator=(const HttpService&) = delete;

  const std::string& url() const;
  /// Waits that long before each answer; to be set before start().
  void set_latency(std::int64_t milliseconds);
  /// Answers are never compressed, whatever the client takes; to be called before start().
  void leave_uncompressed();
  /// Serves in threads of its own; a request's connection stays open as long as the client likes.
  void start();

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace stand_in
