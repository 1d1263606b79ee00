// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/stand-in/faults.hpp"
#include "tests/stand-in/graph.hpp"
#include "tests/stand-in/login.hpp"
#include "tests/stand-in/message.hpp"
#include "tests/stand-in/platform.hpp"
#include "tests/stand-in/recorder.hpp"
#include "tests/stand-in/tokens.hpp"

namespace stand_in {

/// How tests steer the other services while they run, and ask what they saw. JSON in, JSON out; README.md
/// lists the requests.
class Control {
 public:
  struct Parts {
    Clock& clock;
    Faults& faults;
    Recorder& recorder;
    Tokens& tokens;
    LoginSettings& login;
    Graph& graph;
    Platform& platform;
  };
  explicit Control(Parts parts) : parts_(parts) {}

  Reply answer(const Request& request);
  /// Applies a scenario: `{"faults":[],"mutations":[],"graph":{}}`. Throws std::runtime_error where it is
  /// wrong.
  void apply_scenario(const Json& scenario);

 private:
  Json ledger() const;

  Parts parts_;
};

}  // namespace stand_in
