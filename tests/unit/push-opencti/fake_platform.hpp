// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/time.hpp"
#include "tools/push-opencti/bundle/bundle.hpp"
#include "tools/push-opencti/platform/graphql_client.hpp"

namespace push_opencti::testing {

/// A clock that moves only when somebody sleeps.
class FakeClock : public common::Clock {
 public:
  common::Instant now() const override;
  std::chrono::steady_clock::time_point steady() const override;
  bool sleep(std::chrono::milliseconds span) override;
  void advance(std::chrono::milliseconds span);
  std::chrono::milliseconds slept() const;

 private:
  mutable std::mutex mutex_;
  std::chrono::milliseconds passed_{0};
};

/// An OpenCTI in memory, as far as a connector notices: state with its reset flag, works, pushes. What the platform's
/// own source says at the places named in the comments; the stand-in service is the fuller one.
class FakePlatform {
 public:
  explicit FakePlatform(std::string version) : version_(std::move(version)) {}
  Connect connect();

  /// The next request for this field is answered so, without being carried out.
  void answer_next(const std::string& field, common::HttpResponse response);
  /// The next request for this field is carried out, but its answer is lost.
  void lose_next_answer(const std::string& field);
  /// Called before each request, for what happens at the same time.
  void before_each(std::function<void(const std::string& field)> hook) { hook_ = std::move(hook); }

  void press_refresh();
  void delete_connector();
  void set_state(std::optional<std::string> state);
  std::optional<std::string> state() const;

  /// The fields asked for, in order.
  std::vector<std::string> asked() const;
  std::size_t count(const std::string& field) const;
  std::string last_variable(const std::string& field, const std::string& name) const;

  struct Push {
    std::string bundle;
    std::string work_id;
  };
  std::vector<Push> pushes() const;
  struct WorkRecord {
    int expected = 0;
    int reported = 0;
    bool closed = false;
    bool in_error = false;
    bool multi_part = false;
    std::string message;
  };
  std::map<std::string, WorkRecord> works() const;

  std::size_t most_body = 52'428'800;  ///< over it: the platform's own HTTP 500
  std::string poison;                  ///< a bundle that holds this text is refused
  bool tells_queue = true;
  double queue_bytes = 0;
  double queue_messages = 0;

 private:
  friend class FakeTransport;
  common::HttpResponse answer(std::string_view body);
  std::string carry_out(const std::string& field, const std::map<std::string, std::string>& variables);
  std::string push(const std::map<std::string, std::string>& variables);

  std::string version_;
  mutable std::mutex mutex_;
  std::function<void(const std::string&)> hook_;
  std::map<std::string, std::deque<common::HttpResponse>> scripted_;
  std::map<std::string, int> lost_;
  bool exists_ = false;
  bool reset_ = false;
  std::optional<std::string> state_;
  std::vector<std::string> asked_;
  std::map<std::string, std::map<std::string, std::string>> last_;
  std::vector<Push> pushes_;
  std::map<std::string, WorkRecord> works_;
  int next_work_ = 1;
};

/// A GraphQL error as the platform answers it: with HTTP status 200.
common::HttpResponse graphql_error(const std::string& code, const std::string& message);
common::HttpResponse http_status(long status, const std::string& body = "", common::HttpHeaders headers = {});

/// A bundle as map-stix writes one: author, marking, one observable, the case.
std::string bundle_line(int incident, const std::string& last_update, const std::string& extra = "");

/// That line, read as the tool reads it; throws when it is no bundle.
std::shared_ptr<const Bundle> bundle_of(const std::string& line, std::uint64_t number);

}  // namespace push_opencti::testing
