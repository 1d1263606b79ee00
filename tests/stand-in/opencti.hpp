// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/stand-in/graphql_schema.hpp"
#include "tests/stand-in/message.hpp"
#include "tests/stand-in/platform.hpp"
#include "tests/stand-in/recorder.hpp"

namespace stand_in {

/// OpenCTI's /graphql: authentication, validation by the version's schema, and the connector's operations.
class OpenCti {
 public:
  OpenCti(Platform& platform, Recorder& recorder, std::string token)
      : platform_(platform), recorder_(recorder), token_(std::move(token)) {}

  /// A proxy in front that answers 413 to bodies over this; 0: none.
  void set_proxy_limit(std::size_t bytes) { proxy_limit_ = bytes; }
  /// The platform's own limit (app:max_payload_body_size).
  void set_body_limit(std::size_t bytes) { body_limit_ = bytes; }
  /// Refuses every bundle that contains the text, as the platform refuses an invalid one; empty: none.
  void set_refused_marker(std::string text) { refused_marker_ = std::move(text); }
  /// What the token's user may do; BYPASS is everything.
  void set_capabilities(std::vector<std::string> names) { capabilities_ = std::move(names); }
  /// A program to run at each register and ping; see run_broker_hook. Empty: none.
  void set_broker_hook(std::string program) { broker_hook_ = std::move(program); }

  Reply answer(const Request& request);
  /// The field that a request asks for, `workEdit.toProcessed`, without answering it.
  static std::string label(const Request& request);
  /// Writes the operation down, also where a fault keeps it from being answered.
  void record(const Request& request);

 private:
  Reply execute(const Request& request);
  Reply resolve_all(const Operation& operation, const Json& variables, const Json& fault);
  bool names_dead_work(const Request& request) const;
  void demand_right(const std::string& field) const;
  Json user() const;
  Json resolve(const Field& field, const Json& variables);
  Json register_connector(const Field& field, const Json& variables);
  Json ping_connector(const Field& field, const Json& variables);
  Json edit_work(const Field& field, const Json& variables);
  Json push_bundle(const Field& field, const Json& variables);

  Platform& platform_;
  Recorder& recorder_;
  std::string token_;
  std::size_t proxy_limit_ = 0;
  std::size_t body_limit_ = 52'428'800;
  std::string refused_marker_;
  std::string broker_hook_;
  std::vector<std::string> capabilities_;
};

}  // namespace stand_in
