// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/stand-in/control.hpp"
#include "tests/stand-in/http_service.hpp"
#include "tests/stand-in/opencti.hpp"
#include "tests/stand-in/options.hpp"

namespace stand_in {

/// All services, wired together and bound to their ports.
class Services {
 public:
  /// Loads incidents and scenario. Throws std::runtime_error with what is wrong.
  explicit Services(const Options& options);
  /// Begins to answer.
  void start();
  /// The addresses as shell assignments, a line each.
  std::string addresses() const;

 private:
  Clock clock_;
  Faults faults_;
  Recorder recorder_;
  Tokens tokens_;
  LoginSettings login_settings_;
  Login login_;
  Graph graph_;
  Platform platform_;
  OpenCti opencti_;
  Control control_;
  HttpService login_service_;
  HttpService graph_service_;
  HttpService opencti_service_;
  HttpService control_service_;
};

}  // namespace stand_in
